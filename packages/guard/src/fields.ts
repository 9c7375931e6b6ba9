/** The header fields that the stages look at, found in one pass over the raw ones. */
export interface Fields {
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly contentLength: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly transferEncoding: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly origin: string | undefined;
  readonly requestMethod: string | undefined;
  /** All values of `Connection`, as one list. */
  readonly connection: string | undefined;
}

type FieldKey = keyof Fields;

/**
 * Field names (lower case) that carry one value (RFC 9110 section 5.5). Two of one of them mean different things to
 * different servers, so two are refused. `undefined`: watched for duplicates only.
 */
const single: ReadonlyMap<string, FieldKey | undefined> = new Map<string, FieldKey | undefined>([
  ['host', 'host'],
  ['authorization', 'authorization'],
  ['content-type', 'contentType'],
  ['content-length', 'contentLength'],
  ['content-encoding', 'contentEncoding'],
  ['transfer-encoding', 'transferEncoding'],
  ['origin', 'origin'],
  ['access-control-request-method', 'requestMethod'],
  ['proxy-authorization', undefined],
  ['content-location', undefined],
  ['content-range', undefined],
  ['date', undefined],
  ['dpop', undefined],
  ['expect', undefined],
  ['from', undefined],
  ['if-modified-since', undefined],
  ['if-range', undefined],
  ['if-unmodified-since', undefined],
  ['max-forwards', undefined],
  ['range', undefined],
  ['referer', undefined],
  ['user-agent', undefined],
]);

/** Raw spellings seen so far (`Host`, `host`, `HOST`) to their lower-case name; bounded, so that callers cannot grow it. */
const spellings = new Map<string, string>();
const spellingsLimit = 1000;

/** The lower-case form of a header field name, remembered for the spellings that clients really use. */
function lowerName(name: string): string {
  const known = spellings.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (spellings.size < spellingsLimit) spellings.set(name, lower);
  return lower;
}

/** Which field stood twice. */
export interface DuplicateField {
  readonly duplicate: string;
}

/**
 * Finds the fields that the stages need in Node's `rawHeaders` (name, value, name, value…).
 * @returns the fields, or the name of a single-value field that stands twice.
 */
export function readFields(rawHeaders: readonly string[]): Fields | DuplicateField {
  const fields: Record<FieldKey, string | undefined> = {
    host: undefined,
    authorization: undefined,
    contentType: undefined,
    contentLength: undefined,
    contentEncoding: undefined,
    transferEncoding: undefined,
    forwardedFor: undefined,
    origin: undefined,
    requestMethod: undefined,
    connection: undefined,
  };
  let others: string[] | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = lowerName(rawHeaders[i] ?? '');
    const value = rawHeaders[i + 1] ?? '';
    if (name === 'x-forwarded-for') {
      // A list field: several lines are one list, in order (RFC 9110 section 5.3).
      fields.forwardedFor = fields.forwardedFor === undefined ? value : `${fields.forwardedFor}, ${value}`;
      continue;
    }
    if (name === 'connection') {
      fields.connection = fields.connection === undefined ? value : `${fields.connection}, ${value}`;
      continue;
    }
    const key = single.get(name);
    if (key !== undefined) {
      if (fields[key] !== undefined) return { duplicate: name };
      fields[key] = value;
    } else if (single.has(name)) {
      if (others === undefined) others = [name];
      else if (others.includes(name)) return { duplicate: name };
      else others.push(name);
    }
  }
  return fields;
}
