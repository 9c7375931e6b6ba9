import type { Rate } from '@castellan/contract';
import { bytes, milliseconds, rateOrOff, seconds } from './configuration/quantities.ts';
import {
  badOption,
  boolean,
  either,
  isObject,
  list,
  madeBy,
  object,
  objectOf,
  oneOf,
  record,
  text,
  type Reader,
} from './configuration/reader.ts';
import type { AuditOptions, CorsOptions, GuardOptions } from './options.ts';
import { RevocationList, type RevocationOptions } from './revocation/index.ts';

const isText = (value: unknown): boolean => typeof value === 'string';

/** A document: its name, or itself. */
const document: Reader<string | URL | Readonly<Record<string, unknown>>> = (value, where) => {
  if (value instanceof URL) return value;
  if (typeof value === 'string' && value !== '') return value;
  return objectOf(value, where, "'./openapi.yaml'");
};

/** A list without the short form: one name is one document of several. */
const documents: Reader<readonly (string | URL | Readonly<Record<string, unknown>>)[]> = (value, where) => {
  if (Array.isArray(value)) return list(document)(value, where);
  throw badOption(where, 'is no list', "write a list of documents, such as ['./overlay.yaml']");
};

/** One name or several; a name may hold spaces. */
const names: Reader<string | readonly string[]> = either(isText, text, list(text));

const made = <T>(): Reader<T> => madeBy<T>('a function');

const revocation = object<RevocationOptions>({
  file: text,
  redis: made(),
  redisKey: text,
  interval: milliseconds(10, 1000),
  clock: made(),
});

/** The limits, each parsed. */
interface Limits {
  readonly perAddress?: Rate | 'off' | undefined;
  readonly perPrincipal?: Rate | 'off' | undefined;
  readonly maxBody?: number | undefined;
  readonly maxResponse?: number | undefined;
}

const limits = object<Limits>({ perAddress: rateOrOff, perPrincipal: rateOrOff, maxBody: bytes, maxResponse: bytes });

/** The options, read: nothing in them can be of a wrong kind. */
export type ReadOptions = Omit<GuardOptions, 'limits'> & { readonly limits?: Limits | undefined };

const options = object<ReadOptions>(
  {
    contract: document as Reader<GuardOptions['contract']>,
    overlays: documents,
    // Read for each scheme by its own kind, once the contract is known and references are resolved.
    authentication: (value, where) =>
      objectOf(value, where, "{ '<scheme>': … }") as NonNullable<GuardOptions['authentication']>,
    revocation: either(
      (value) => value instanceof RevocationList,
      (value) => value as RevocationList,
      revocation,
    ),
    policies: names,
    resources: record(made()),
    entities: either(
      (value) => isText(value) || typeof value === 'function',
      (value) => value as NonNullable<GuardOptions['entities']>,
      (value, where) => {
        if (Array.isArray(value)) return value as NonNullable<GuardOptions['entities']>;
        throw badOption(where, 'is no directory', 'give a file, a list of entities, or a function');
      },
    ),
    resolver: made(),
    explain: boolean,
    limits,
    audit: object<AuditOptions>({ file: text }, ['file']),
    mode: oneOf(['enforce', 'observe', 'off']),
    environment: text,
    basePath: (value, where) => (value === '' ? '' : text(value, where)),
    trustedProxies: list(text),
    origin: text,
    cors: object<CorsOptions>(
      { origins: list(text), credentials: boolean, headers: list(text), expose: list(text), maxAge: seconds(0) },
      ['origins'],
    ),
    problemsUrl: text,
    onEvent: made(),
    onReload: made(),
    watch: boolean,
    clock: made(),
    decodesPath: boolean,
    strictResponses: boolean,
    withheldStatus: oneOf([500, 502]),
  },
  ['contract'],
);

/**
 * Reads the options of a guard; what is read is what the guard works with.
 * @throws CastellanError `unknown-option`, `bad-option`, `bad-rate`
 */
export function readOptions(given: unknown): ReadOptions {
  if (!isObject(given)) throw badOption('createGuard', 'was given no options', "write { contract: './openapi.yaml' }");
  return options(given, 'options');
}
