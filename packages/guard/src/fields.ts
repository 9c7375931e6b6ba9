/** The header fields that the stages look at, found in one pass over the raw ones. */
export interface Fields {
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly transferEncoding: string | undefined;
  readonly forwardedFor: string | undefined;
  /** What other fields say of whom a proxy forwards for: that they are there, nothing more. */
  readonly forwarded: string | undefined;
  readonly origin: string | undefined;
  readonly requestMethod: string | undefined;
  readonly userAgent: string | undefined;
  /** All values of `Connection`, as one list. */
  readonly connection: string | undefined;
  /** The name of a single-value field that stands more than once; its first value is the one above. */
  readonly duplicate: string | undefined;
}

type FieldKey = Exclude<keyof Fields, 'duplicate'>;

/** What is done with a field. */
interface Known {
  readonly name: string;
  /** Where its value goes; undefined where it is only watched for duplicates. */
  readonly key: FieldKey | undefined;
  /** A list field: several lines are one list, in order (RFC 9110 section 5.3). */
  readonly list: boolean;
}

/**
 * Fields that carry one value (RFC 9110 section 5.5): two of one of them mean different things to different servers,
 * so two are refused. And the list fields that the stages look at.
 */
const known: ReadonlyMap<string, Known> = new Map(
  [
    ...Object.entries<FieldKey | undefined>({
      host: 'host',
      authorization: 'authorization',
      'content-type': 'contentType',
      'content-length': 'contentLength',
      'content-encoding': 'contentEncoding',
      'transfer-encoding': 'transferEncoding',
      origin: 'origin',
      'access-control-request-method': 'requestMethod',
      'user-agent': 'userAgent',
      'proxy-authorization': undefined,
      'content-location': undefined,
      'content-range': undefined,
      date: undefined,
      dpop: undefined,
      expect: undefined,
      from: undefined,
      'if-modified-since': undefined,
      'if-range': undefined,
      'if-unmodified-since': undefined,
      'max-forwards': undefined,
      range: undefined,
      referer: undefined,
    }).map(([name, key]) => ({ name, key, list: false })),
    { name: 'x-forwarded-for', key: 'forwardedFor' as const, list: true },
    ...[
      'forwarded',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-real-ip',
      'x-client-ip',
      'true-client-ip',
      'cf-connecting-ip',
    ].map((name) => ({ name, key: 'forwarded' as const, list: true })),
    { name: 'connection', key: 'connection' as const, list: true },
  ].map((field) => [field.name, field] as const),
);

/** By the spellings seen so far (`Host`, `host`, `HOST`), null for those of no concern; bounded, so that callers cannot grow it. */
const spellings = new Map<string, Known | null>();
const spellingsLimit = 1000;

function knownBy(spelling: string): Known | null {
  let field = spellings.get(spelling);
  if (field === undefined) {
    field = known.get(spelling.toLowerCase()) ?? null;
    if (spellings.size < spellingsLimit) spellings.set(spelling, field);
  }
  return field;
}

/** Fields by which a message is framed and routed: two of one are two messages (RFC 9112 sections 3.2, 6.3). */
export const framing: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding']);

/** Finds the fields that the stages need in Node's `rawHeaders` (name, value, name, value…). */
export function readFields(rawHeaders: readonly string[]): Fields {
  const fields: Record<keyof Fields, string | undefined> = {
    duplicate: undefined,
    host: undefined,
    authorization: undefined,
    contentType: undefined,
    contentLength: undefined,
    contentEncoding: undefined,
    transferEncoding: undefined,
    forwardedFor: undefined,
    forwarded: undefined,
    origin: undefined,
    requestMethod: undefined,
    userAgent: undefined,
    connection: undefined,
  };
  let others: string[] | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = knownBy(rawHeaders[i] ?? '');
    if (field === null) continue;
    const { name, key } = field;
    if (key === undefined) {
      if (others === undefined) others = [name];
      else if (others.includes(name)) fields.duplicate ??= name;
      else others.push(name);
      continue;
    }
    const value = rawHeaders[i + 1] ?? '';
    const before = fields[key];
    if (before === undefined) fields[key] = value;
    else if (field.list) fields[key] = `${before}, ${value}`;
    else if (fields.duplicate === undefined || framing.has(name)) fields.duplicate = name;
  }
  return fields;
}
