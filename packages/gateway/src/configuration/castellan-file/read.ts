import type { ModeSetting, UndocumentedSetting, Leniency } from '@castellan/contract';
import { detectionReader, type WrittenDetection } from '@castellan/detect';
import type {
  AuditOptions,
  CorsOptions,
  LimitOptions,
  ProblemOptions,
  RegistryOptions,
  StateOptions,
  ForwardOptions,
  TelemetryOptions,
} from '@castellan/guard';
import {
  anyObject,
  auditMembers,
  authenticationReaders,
  presetMembers,
  badOption,
  boolean,
  bytes,
  eachOf,
  either,
  integer,
  milliseconds,
  list,
  object,
  oneOf,
  optionMembers,
  rateOrOff,
  reader,
  record,
  seconds,
  secretOrReference,
  sourceReader,
  stateReader,
  text,
  withContract,
  writtenDecoders,
  writtenProblems,
  type JsonSchema,
  type Reader,
  type SourceOptions,
} from '@castellan/guard/configuration';
import type { ContextOptions } from '../../context-token.ts';
import type { Capacity, Timeouts, TlsFileOptions, UpstreamOptions } from '../../options.ts';
import { addressReader, type Address } from '../address.ts';
import { postureReader, type PostureEntry } from './posture.ts';
import { serveReader, type ServeEntry } from './serve.ts';
import { capacityReader, contextReader, timeoutsReader, tlsReader, upstreamsReader } from '../read-options.ts';

/** `castellan.yaml`, read: what an OpenAPI document cannot say. */
export interface CastellanYaml {
  readonly $schema?: string | undefined;
  readonly apis: readonly ApiEntry[];
  readonly consumes?: readonly ConsumesEntry[] | undefined;
  readonly listen?: ListenEntry | undefined;
  readonly limits?: (LimitOptions & { readonly store?: string | undefined }) | undefined;
  readonly state?: StateOptions | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly capacity?: Partial<Capacity> | undefined;
  readonly audit?: AuditEntry | undefined;
  readonly registry?: RegistryOptions | undefined;
  readonly telemetry?: TelemetryOptions | undefined;
  readonly forward?: ForwardOptions | undefined;
  readonly store?: StoreEntry | undefined;
  readonly serve?: ServeEntry | undefined;
  readonly posture?: PostureEntry | undefined;
  readonly detect?: boolean | WrittenDetection | undefined;
  readonly console?: { readonly port: number; readonly address?: string | undefined } | undefined;
}

/** One API: its contract, and where and how it runs. */
export interface ApiEntry {
  readonly name: string;
  readonly source?: SourceOptions | undefined;
  /** Left out only where the source is the registry. */
  readonly contract?: string | undefined;
  readonly overlays?: readonly string[] | undefined;
  readonly policies?: string | readonly string[] | undefined;
  readonly links?: string | undefined;
  readonly entities?: string | undefined;
  readonly explain?: boolean | undefined;
  readonly environment?: string | undefined;
  readonly upstreams?: readonly UpstreamOptions[] | undefined;
  readonly context?: ContextOptions | false | undefined;
  readonly mode?: ModeSetting | undefined;
  readonly learn?: { readonly directory: string; readonly maxBytes?: number | undefined } | undefined;
  readonly owner?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly basePath?: string | undefined;
  readonly origin?: string | undefined;
  readonly cors?: CorsOptions | undefined;
  readonly undocumented?: UndocumentedSetting | undefined;
  readonly leniency?: readonly Leniency[] | undefined;
  readonly decoders?: Readonly<Record<string, string>> | undefined;
  readonly outside?: readonly string[] | undefined;
  readonly problems?: ProblemOptions | undefined;
  readonly problemsUrl?: string | undefined;
  readonly revocations?: string | undefined;
  readonly bans?: string | undefined;
  readonly authentication?: Readonly<Record<string, AuthenticationEntry>> | undefined;
  readonly registry?: Partial<Pick<RegistryOptions, 'key' | 'name'>> | undefined;
}

interface ConsumesEntry {
  readonly name: string;
  readonly contract?: string | undefined;
  readonly url?: string | undefined;
}

interface ListenEntry {
  readonly port: number;
  readonly address?: string | undefined;
  readonly tls?: TlsFileOptions | undefined;
  readonly trustedProxies?: readonly string[] | undefined;
  readonly clientCertificate?: 'connection' | 'header' | undefined;
  readonly admin?: Address | undefined;
}

interface AuditEntry extends AuditOptions {
  readonly otlp?: string | undefined;
}

/** Kinds of entries that can be written, with what each may have. */
const kinds = Object.entries(authenticationReaders).filter(([kind, { schema }]) => {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  return properties[kind]?.['not'] === undefined;
});
const names = [
  ...presetMembers,
  ...new Set(kinds.flatMap(([, { schema }]) => Object.keys(schema['properties'] as Readonly<Record<string, unknown>>))),
];
const anyEntry = anyObject('{ issuer: … }');
type AuthenticationEntry = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/**
 * One entry of `authentication`. Names are looked at here; the rest is read by its kind when references are resolved and the
 * contract says what the scheme is.
 */
const entry: Reader<AuthenticationEntry> = reader<AuthenticationEntry>({ type: 'object' }, (value, where) => {
  // Several issuers of one scheme.
  if (Array.isArray(value)) return eachOf(value, entryReader, where);
  return oneEntry(value, where);
});
const oneEntry = (value: unknown, where: string): Readonly<Record<string, unknown>> => {
  const given = anyEntry(value, where);
  object<Record<string, unknown>>(Object.fromEntries(names.map((name) => [name, taken])))(given, where);
  return given;
};
const entryReader = reader({ type: 'object' }, oneEntry);
const taken: Reader<NonNullable<unknown>> = reader({}, (value) => value as NonNullable<unknown>);

function someOf<T>(of: Reader<T>): Reader<readonly T[]> {
  return reader({ type: 'array', items: of.schema, minItems: 1 }, (value, where) => {
    if (Array.isArray(value) && value.length > 0) return eachOf(value, of, where);
    throw badOption(where, 'is no list that holds something', 'write one entry for each, with - before it');
  });
}

const port = integer(1, 65_535);
const file = text;

const registryOfApi = object<NonNullable<ApiEntry['registry']>>({ key: secretOrReference(16), name: text });

const api = withContract(
  object<ApiEntry>(
    {
      name: text,
      source: sourceReader,
      contract: text,
      overlays: list(text),
      policies: either<string, readonly string[]>((value) => typeof value === 'string', text, list(text)),
      links: file,
      entities: file,
      explain: boolean,
      environment: text,
      upstreams: upstreamsReader,
      context: either<false, ContextOptions>(
        (value) => value === false,
        reader({ const: false }, () => false as const),
        contextReader,
      ),
      mode: optionMembers.mode,
      learn: optionMembers.learn,
      owner: text,
      hosts: list(text),
      basePath: text,
      origin: text,
      cors: optionMembers.cors,
      outside: optionMembers.outside,
      undocumented: optionMembers.undocumented,
      leniency: optionMembers.leniency,
      decoders: writtenDecoders,
      problems: writtenProblems,
      problemsUrl: text,
      revocations: file,
      bans: file,
      authentication: record(entry),
      registry: registryOfApi,
    },
    ['name'],
  ),
);

/** So does where events go. */
const auditRead = object<Readonly<Record<keyof AuditEntry, unknown>>>({ ...auditMembers, otlp: text });
const auditEntry = reader<AuditEntry>(auditRead.schema, (value, where) => {
  auditRead(value, where);
  return value as AuditEntry;
});

/** Limits stay as they were written: the guard reads them again. */
const limitsRead = object<Readonly<Record<keyof NonNullable<CastellanYaml['limits']>, unknown>>>({
  store: text,
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
const limits = reader<NonNullable<CastellanYaml['limits']>>(limitsRead.schema, (value, where) => {
  limitsRead(value, where);
  return value as NonNullable<CastellanYaml['limits']>;
});

/** The registry's store, and how long it keeps what. */
interface StoreEntry {
  readonly url: string;
  readonly retention?: RetentionEntry | undefined;
}

/** Seconds. */
interface RetentionEntry {
  readonly days?: number | undefined;
  readonly counts?: number | undefined;
  readonly consumers?: number | undefined;
  readonly journal?: number | undefined;
}

const telemetry = reader<TelemetryOptions>(optionMembers.telemetry.schema, (value, where) => {
  optionMembers.telemetry(value, where);
  return value as TelemetryOptions;
});

/** From a day to ten years: how long the registry keeps what. */
const age = seconds(86_400);
const retentionMembers = { days: age, counts: age, consumers: age, journal: age };

const whole = object<Omit<CastellanYaml, 'apis'> & { readonly apis?: readonly ApiEntry[] | undefined }>(
  {
    $schema: text,
    apis: someOf(api),
    consumes: someOf(object<ConsumesEntry>({ name: text, contract: text, url: text }, ['name'])),
    listen: object<ListenEntry>(
      {
        port,
        address: text,
        tls: tlsReader,
        trustedProxies: list(text),
        clientCertificate: oneOf(['connection', 'header']),
        admin: addressReader,
      },
      ['port'],
    ),
    limits,
    state: stateReader,
    timeouts: timeoutsReader,
    capacity: capacityReader,
    registry: optionMembers.registry,
    audit: auditEntry,
    telemetry,
    forward: optionMembers.forward,
    store: object<StoreEntry>({ url: text, retention: object<RetentionEntry>(retentionMembers) }, ['url']),
    serve: serveReader,
    posture: postureReader,
    detect: detectionReader,
    console: object<{ port: number; address?: string | undefined }>({ port, address: text }, ['port']),
  },
  [],
);

/** Reads what a `castellan.yaml` holds. A registry by itself has no APIs. */
export const castellanYamlReader: Reader<CastellanYaml> = reader(
  { ...whole.schema, anyOf: [{ required: ['apis'] }, { required: ['serve'] }] },
  (value, where) => {
    const yaml = whole(value, where);
    if (yaml.apis === undefined && yaml.serve === undefined)
      throw badOption(`${where}.apis`, 'is missing', 'add apis; a registry by itself has serve in its place');
    return { ...yaml, apis: yaml.apis ?? [] };
  },
);
