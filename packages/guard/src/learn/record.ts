import { list, object, reader, text, type Members, type Reader, type JsonSchema } from '../configuration/reader.ts';

/** What one line of a records file is: see docs/learn.md. Shapes and keyed hashes, never values. */
export type LearnRecord = ExchangeRecord | StartRecord | LostRecord;

/** A recorder began to write. */
export interface StartRecord {
  readonly v: 1;
  readonly kind: 'start';
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The contract's digest, first 12 hex digits. */
  readonly contract: string;
  readonly title: string;
}

/** Exchanges that were not recorded since the line before, because there were too many at once. */
export interface LostRecord {
  readonly v: 1;
  readonly kind: 'lost';
  readonly time: number;
  readonly exchanges: number;
}

/** One exchange, or several that were alike. */
export interface ExchangeRecord {
  readonly v: 1;
  readonly kind: 'exchange';
  readonly time: number;
  readonly contract: string;
  /** For how many exchanges of this caller, operation and shape the line stands. */
  readonly times: number;
  /** `operationId`, as the contract has or makes it; absent where no operation is documented. */
  readonly operation?: string | undefined;
  readonly method: string;
  /** The documented template; of an undocumented path, its segments with `{digits}`, `{uuid}` … for those that are values. */
  readonly path: string;
  readonly status: number;
  readonly caller: CallerRecord;
  readonly parameters: readonly ParameterRecord[];
  /** Absent where the request had no body. */
  readonly request?: BodyRecord | undefined;
  /** Absent where the answer had no body. */
  readonly answer?: BodyRecord | undefined;
  /** What `enforce` would have refused, by stage. */
  readonly refusals: readonly RefusalRecord[];
  /** What does not match the contract, each place once. */
  readonly mismatches: readonly MismatchRecord[];
}

/** Who called. */
export interface CallerRecord {
  /** Keyed hash: of the subject where one is known, else of the credential, else of the address. */
  readonly id: string;
  /** Keyed hash of the client's address: a key may be shared by several clients. */
  readonly address: string;
  /** What kind of credential was shown. */
  readonly kind: 'jwt' | 'bearer' | 'basic' | 'api-key' | 'cookie' | 'certificate' | 'custom' | 'none';
  /** Whether the guard itself verified the credential. Otherwise what it says is what the caller says of itself. */
  readonly verified: boolean;
  /** Names, as they are: proposals need them. */
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  /** Claims whose names are about identity, such as `sub`, `username`, `tenant`: keyed hashes, in the form of those in bodies. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** By JSON Pointer into the claims: what they say of who the caller is (hashes) and of what it may do (as it is). */
  readonly said?: Readonly<Record<string, SaidRecord>> | undefined;
}

/** A claim of a caller. */
export interface SaidRecord {
  readonly type: 'text' | 'texts' | 'number' | 'boolean';
  /** Of what names somebody or something: keyed hashes, in the form of those in bodies. */
  readonly hashes?: readonly string[] | undefined;
  /** Of what a caller may do (`role`, `isAdmin`): as they are. */
  readonly values?: readonly string[] | undefined;
}

/** How values at one place look. */
export interface PlaceRecord {
  /** JSON Pointer; `*` stands for every item of an array, `{}` for every key of a map. `''` is the whole body. */
  readonly at: string;
  /** How many values by JSON type; whole numbers are `integer`. */
  readonly types: Readonly<Record<string, number>>;
  /** How many texts and numbers by form: `uuid`, `date-time`, `digits`, `word`, `int32` … */
  readonly forms?: Readonly<Record<string, number>> | undefined;
  /** Keyed hashes of different values, at places that name things or choices. */
  readonly hashes?: readonly string[] | undefined;
  /** No schema names this property. */
  readonly undocumented?: true | undefined;
}

export interface ParameterRecord extends Omit<PlaceRecord, 'at'> {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly name: string;
}

export interface BodyRecord {
  /** The media type with its parameters, lower-case; absent where none was sent. */
  readonly type?: string | undefined;
  /** Why nothing is known of its shape. */
  readonly unread?: 'too-large' | 'not-structured' | 'malformed' | 'not-collected' | undefined;
  readonly places: readonly PlaceRecord[];
  /** More places were there than are recorded. */
  readonly cut?: true | undefined;
}

export interface RefusalRecord {
  readonly stage: string;
  /** Problem type, such as `invalid-request`. */
  readonly type: string;
  readonly reason?: string | undefined;
}

export interface MismatchRecord {
  readonly in: 'parameters' | 'request' | 'answer';
  /** As in `PlaceRecord.at`; of parameters `/query/limit`. */
  readonly at: string;
  /** The JSON Schema keyword or the name of the rule: `type`, `format`, `undocumented-property`, `undocumented-status`. */
  readonly keyword: string;
  readonly n: number;
}

const count: Reader<number> = reader({ type: 'integer', minimum: 0 }, (value, where) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`${where} is no count`);
});
const anyText: Reader<string> = reader({ type: 'string' }, (value, where) => {
  if (typeof value === 'string') return value;
  throw new TypeError(`${where} is no text`);
});
function among<const T extends string | number | boolean>(...values: readonly T[]): Reader<T> {
  return reader({ enum: values }, (value, where) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new TypeError(`${where} is none of ${values.join(', ')}`);
    return found;
  });
}
const flag: Reader<boolean> = reader({ type: 'boolean' }, (value) => value === true);
const many = <T>(of: Reader<T>): Reader<readonly T[]> =>
  reader({ type: 'array', items: of.schema }, (value, where) => list(of)(value, where));
function byName<T>(of: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return reader({ type: 'object', additionalProperties: of.schema }, (value, where) =>
    Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, of(inner, `${where}.${name}`)])),
  );
}

const look = {
  types: byName(count),
  forms: byName(count),
  hashes: many(text),
  undocumented: among(true),
};
const body = object<BodyRecord>(
  {
    type: text,
    unread: among('too-large', 'not-structured', 'malformed', 'not-collected'),
    places: many(object<PlaceRecord>({ at: anyText, ...look }, ['at', 'types'])),
    cut: among(true),
  },
  ['places'],
);
const head = { v: among(1), time: count };

const exchange: Members<ExchangeRecord> = {
  ...head,
  kind: among('exchange'),
  contract: text,
  times: count,
  operation: text,
  method: text,
  path: anyText,
  status: count,
  caller: object<CallerRecord>(
    {
      id: text,
      address: text,
      kind: among('jwt', 'bearer', 'basic', 'api-key', 'cookie', 'certificate', 'custom', 'none'),
      verified: flag,
      groups: many(anyText),
      scopes: many(anyText),
      claims: byName(many(text)),
      said: byName(
        object<SaidRecord>(
          { type: among('text', 'texts', 'number', 'boolean'), hashes: many(text), values: many(anyText) },
          ['type'],
        ),
      ),
    },
    ['id', 'address', 'kind', 'verified', 'groups', 'scopes', 'claims'],
  ),
  parameters: many(
    object<ParameterRecord>({ in: among('path', 'query', 'header', 'cookie'), name: anyText, ...look }, [
      'in',
      'name',
      'types',
    ]),
  ),
  request: body,
  answer: body,
  refusals: many(object<RefusalRecord>({ stage: text, type: text, reason: text }, ['stage', 'type'])),
  mismatches: many(
    object<MismatchRecord>({ in: among('parameters', 'request', 'answer'), at: anyText, keyword: text, n: count }, [
      'in',
      'at',
      'keyword',
      'n',
    ]),
  ),
};
const exchangeReader = object<ExchangeRecord>(exchange, [
  'v',
  'kind',
  'time',
  'contract',
  'times',
  'method',
  'path',
  'status',
  'caller',
  'parameters',
  'refusals',
  'mismatches',
]);
const startReader = object<StartRecord>({ ...head, kind: among('start'), contract: text, title: anyText }, [
  'v',
  'kind',
  'time',
  'contract',
  'title',
]);
const lostReader = object<LostRecord>({ ...head, kind: among('lost'), exchanges: count }, [
  'v',
  'kind',
  'time',
  'exchanges',
]);

/** Reads a record as it was parsed from its line. @throws Error where it is none */
export function readRecord(value: unknown): LearnRecord {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  if (kind === 'start') return startReader(value, 'record');
  return kind === 'lost' ? lostReader(value, 'record') : exchangeReader(value, 'record');
}

/** The JSON Schema of a line: `schemas/learn-record.json` is this. */
export function learnRecordSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:learn-record',
    title: 'Castellan learn record',
    description: 'One line of a file that a guard in mode observe writes with the option learn: shapes, never values.',
    oneOf: [exchangeReader.schema, startReader.schema, lostReader.schema],
  };
}
