import type { LinkInput } from '@castellan/policy';
import { leniencies, type ModeSetting, type Rate, type UndocumentedSetting } from '@castellan/contract';
import { bytes, milliseconds, rateOrOff, seconds } from './configuration/quantities.ts';
import {
  anyObject,
  badOption,
  boolean,
  either,
  integer,
  isObject,
  list,
  madeBy,
  object,
  oneOf,
  onlyInCode,
  reader,
  record,
  secretOrReference,
  text,
  type Members,
  type Reader,
} from './configuration/reader.ts';
import { auditReader, type ReadAudit } from './audit/options.ts';
import { filtersReader } from './authorize/read-filters.ts';
import type { BanOptions } from './bans/index.ts';
import type { FactSink } from './facts/facts.ts';
import type { RegistryConnection, RegistryOptions } from './report/options.ts';
import type { CorsOptions, GuardOptions } from './options.ts';
import { forwardReader } from './forward/options.ts';
import { decodersReader } from './decoders.ts';
import { outsideReader } from './outside.ts';
import { problemsReader } from './problem-form/options.ts';
import { RevocationList, type RevocationOptions } from './revocation/index.ts';
import { telemetryReader, type ReadTelemetry } from './telemetry/options.ts';
import type { StateOptions } from './state/index.ts';
import { sourceReader, type SourceOptions } from './source/options.ts';
import type { Snapshot } from './source/source.ts';

const isText = (value: unknown): boolean => typeof value === 'string';

/** Taken as it is; what it must be is decided elsewhere. */
const asItIs = <T>(): Reader<T> => reader(onlyInCode, (value) => value as T);

/** A document: its name, or itself. */
const document = either<string | URL, string | URL | Readonly<Record<string, unknown>>>(
  (value) => value instanceof URL,
  asItIs<URL>(),
  either(isText, text, anyObject("'./openapi.yaml'")),
);

/** A list without the short form: one name is one document of several. */
const documents: Reader<readonly (string | URL | Readonly<Record<string, unknown>>)[]> = reader(
  { type: 'array', items: document.schema },
  (value, where) => {
    if (Array.isArray(value)) return list(document)(value, where);
    throw badOption(where, 'is no list', "write a list of documents, such as ['./overlay.yaml']");
  },
);

/** One name or several; a name may hold spaces. */
const names: Reader<string | readonly string[]> = either(isText, text, list(text));

type Entities = NonNullable<GuardOptions['entities']>;
const entities = either<Entities, Entities>(
  (value) => typeof value === 'function',
  asItIs(),
  either<Entities, Entities>(
    isText,
    text,
    reader({ type: 'array' }, (value, where) => {
      if (Array.isArray(value)) return value as Entities;
      throw badOption(where, 'is no directory', 'give a file, a list of entities, or a function');
    }),
  ),
);

/** Links of templates; what each must be is said where they are read. */
function linksOf(value: unknown, where: string): readonly LinkInput[] {
  if (!Array.isArray(value))
    throw badOption(where, 'is no list', "give a file, or [{ template: 'viewer', principal: 'User::\"ada\"' }]");
  return value as readonly LinkInput[];
}

const prefix = reader({ type: 'string' }, (value, where) => (value === '' ? '' : text(value, where)));

const made = <T>(): Reader<T> => madeBy<T>('a function');

const factSink = made<FactSink>();
// What is written can name no function: an empty list is all that it can say.
const factSinks: Reader<readonly FactSink[]> = reader({ type: 'array', maxItems: 0 }, (value, where) => {
  if (Array.isArray(value)) return value.map((sink, index) => factSink(sink, `${where}[${index}]`));
  throw badOption(where, 'is no list of functions', 'write [(facts) => …]');
});

const revocation = object<RevocationOptions>({
  file: text,
  redis: made(),
  redisKey: text,
  interval: milliseconds(10, 1000),
  clock: made(),
});

const bans = object<BanOptions>({
  file: text,
  redis: made(),
  redisKey: text,
  interval: milliseconds(10, 1000),
  clock: made(),
});

const writtenState: Members<Omit<StateOptions, 'redis'>> = {
  url: text,
  username: text,
  password: text,
  ca: text,
  certificate: text,
  key: text,
  cluster: boolean,
  sentinel: text,
  file: text,
  prefix: text,
  strict: boolean,
  timeout: milliseconds(10, 10_000),
  required: boolean,
};

/** What a file can say of the state. */
export const stateReader = object<Omit<StateOptions, 'redis'>>(writtenState);
const state = object<StateOptions>({ ...writtenState, redis: made() });
const oneMode = oneOf(['enforce', 'observe', 'off']);

const eachMode = object<Exclude<ModeSetting, string>>({ requests: oneMode, responses: oneMode });
const directions = reader({ ...eachMode.schema, minProperties: 1 }, (value, where) => {
  const read = eachMode(value, where);
  if (Object.keys(read).length > 0) return read;
  throw badOption(where, 'names no direction', 'write enforce, observe or off, or { requests: …, responses: … }');
});

/** A mode for both directions, or for each. */
const modeReader: Reader<ModeSetting> = either<ModeSetting, ModeSetting>(
  (value) => !isObject(value),
  oneMode,
  directions,
);

const undocumenting = oneOf(['refuse', 'remove', 'pass']);

/** The limits, each parsed. */
interface Limits {
  readonly perAddress?: Rate | 'off' | undefined;
  readonly perPrincipal?: Rate | 'off' | undefined;
  readonly byMeaning?: boolean | undefined;
  readonly overload?: boolean | undefined;
  readonly patience?: number | undefined;
  readonly maxBody?: number | undefined;
  readonly maxResponse?: number | undefined;
  readonly maxNodes?: number | undefined;
  readonly levels?: number | undefined;
}

const limits = object<Limits>({
  perAddress: rateOrOff,
  perPrincipal: rateOrOff,
  byMeaning: boolean,
  overload: boolean,
  patience: milliseconds(1, 60_000),
  maxBody: bytes,
  maxResponse: bytes,
  maxNodes: integer(1000, 1_000_000),
  levels: integer(1, 1000),
});

/** The options, read: nothing in them can be of a wrong kind. */
export type ReadOptions = Omit<GuardOptions, 'limits' | 'learn' | 'audit' | 'telemetry'> & {
  readonly telemetry?: ReadTelemetry | undefined;
  readonly audit?: ReadAudit | undefined;
  readonly limits?: Limits | undefined;
  readonly learn?: Learn | undefined;
  readonly source?: SourceOptions | undefined;
  /** The state of the source that the paths are in; nobody writes it. */
  readonly snapshot?: Snapshot | undefined;
};

/** What somebody may write of them. */
export type WrittenOptions = Omit<ReadOptions, 'snapshot'>;

interface Learn {
  readonly directory: string;
  readonly maxBytes?: number | undefined;
}

/** Where exchanges are recorded; the directory alone says it too. */
const learnReader: Reader<Learn> = either<Learn, Learn>(
  isText,
  reader(text.schema, (value, where) => ({ directory: text(value, where) })),
  object<Learn>({ directory: text, maxBytes: bytes }, ['directory']),
);

/** Only over TLS, or on this machine: whoever reads the key could report in the guard's name. */
const registryUrl: Reader<string> = reader({ type: 'string', pattern: '^https?://' }, (value, where) => {
  const given = text(value, where);
  const { protocol, hostname } = URL.canParse(given) ? new URL(given) : { protocol: '', hostname: '' };
  if (protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)))
    return given;
  throw badOption(where, 'is no https URL', 'write https://registry.example.com; http only on this machine');
});

/** Who reports shows a key, or a client certificate. */
const registryReader = withCredential(
  object<RegistryOptions>(
    {
      url: registryUrl,
      key: secretOrReference(16),
      connection: object<RegistryConnection>({ ca: text, certificate: text, key: text }),
      name: text,
      directory: text,
      events: boolean,
      lifecycle: oneOf(['apply', 'ignore']),
    },
    ['url'],
  ),
);

function withCredential(each: Reader<RegistryOptions>): Reader<RegistryOptions> {
  const byCertificate = { properties: { connection: { required: ['certificate'] } }, required: ['connection'] };
  return reader({ ...each.schema, if: byCertificate, else: { required: ['url', 'key'] } }, (value, where) => {
    const read = each(value, where);
    const { certificate, key } = read.connection ?? {};
    if ((certificate === undefined) !== (key === undefined))
      throw badOption(`${where}.connection`, 'has one of certificate and key', 'give both files, or none');
    if (read.connection !== undefined && !read.url.startsWith('https:'))
      throw badOption(`${where}.connection`, 'is for TLS, and url has none', 'write url: https://…');
    if (read.key === undefined && certificate === undefined)
      throw badOption(`${where}.key`, 'is missing', 'add key, or connection with certificate and key');
    return read;
  });
}

/** Reads each option of a guard; the gateway has these and more. */
export const optionMembers: Members<WrittenOptions> = {
  source: sourceReader,
  contract: document as Reader<NonNullable<GuardOptions['contract']>>,
  overlays: documents,
  // Read for each scheme by its own kind, once the contract is known and references are resolved.
  authentication: anyObject("{ '<scheme>': … }") as Reader<NonNullable<GuardOptions['authentication']>>,
  revocation: either((value) => value instanceof RevocationList, asItIs<RevocationList>(), revocation),
  bans,
  policies: names,
  links: either(isText, text, reader({ type: 'array' }, linksOf)),
  sharing: record(made()),
  resources: record(made()),
  entities,
  policyContext: made(),
  filters: filtersReader,
  resolver: made(),
  ask: made(),
  explain: boolean,
  limits,
  state,
  audit: auditReader,
  mode: modeReader,
  learn: learnReader,
  registry: registryReader,
  environment: text,
  basePath: prefix,
  outside: list(outsideReader),
  undocumented: object<UndocumentedSetting>({
    parameters: undocumenting,
    requestProperties: undocumenting,
    responseProperties: undocumenting,
    statuses: undocumenting,
    mediaTypes: undocumenting,
  }),
  leniency: list(oneOf(leniencies)),
  decoders: decodersReader,
  trustedProxies: list(text),
  clientCertificate: oneOf(['connection', 'header']),
  origin: text,
  cors: object<CorsOptions>(
    { origins: list(text), credentials: boolean, headers: list(text), expose: list(text), maxAge: seconds(0) },
    ['origins'],
  ),
  problems: problemsReader,
  problemsUrl: text,
  onEvent: made(),
  facts: factSinks,
  telemetry: telemetryReader,
  forward: forwardReader,
  onReload: made(),
  watch: boolean,
  clock: made(),
  decodesPath: boolean,
  strictResponses: boolean,
  withheldStatus: oneOf([500, 502]),
};

/** A contract is named, except where the source says which it is. */
export function withContract<T extends Pick<ReadOptions, 'contract' | 'source'>>(each: Reader<T>): Reader<T> {
  const registry = { properties: { source: { required: ['registry'] } }, required: ['source'] };
  const schema = { ...each.schema, if: registry, else: { required: ['contract', ...requiredOf(each)] } };
  return reader(schema, (value, where) => {
    const read = each(value, where);
    if (read.contract === undefined && read.source?.registry === undefined)
      throw badOption(`${where}.contract`, 'is missing', 'add contract');
    return read;
  });
}

function requiredOf({ schema }: Reader<unknown>): readonly string[] {
  return (schema['required'] as readonly string[] | undefined) ?? [];
}

/** Reads the options of a guard. */
export const optionsReader: Reader<ReadOptions> = withContract(object<WrittenOptions>(optionMembers));

/**
 * Reads the options of a guard; what is read is what the guard works with.
 * @throws CastellanError `unknown-option`, `bad-option`, `bad-rate`
 */
export function readOptions(given: unknown): ReadOptions {
  if (!isObject(given)) throw badOption('createGuard', 'was given no options', "write { contract: './openapi.yaml' }");
  return optionsReader(given, 'options');
}
