import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { BodyLimits, CompiledBody, DecodedBody, Issue } from '../compiled.ts';
import type { MediaType, Operation, Schema } from '../model.ts';
import { compileForm } from '../parameters/form.ts';
import { Refused } from '../parameters/refused.ts';
import { shapeOf } from '../parameters/shape.ts';
import { failed, type Report } from '../parameters/value.ts';
import { compileScan, type Scan } from '../scan/index.ts';
import { compileSchema, type FillDefaults, type SchemaSource } from '../schema/index.ts';
import { compileDefaults } from './defaults.ts';
import { Unsupported } from './unsupported.ts';
import { isUnread, noDecoders, unreadBecause, type Decoder, type Decoders } from './decoders.ts';
import { contentMatches } from './file-type.ts';
import { parseJson } from './json.ts';
import { cutJson } from './json-cut.ts';
import { bodyLimits } from './limits.ts';
import { longestText } from './longest-text.ts';
import { bestMediaType } from './media-match.ts';
import { isJson, parseMediaType, type MediaTypeName } from './media-type.ts';
import { boundaryOf } from './multipart.ts';
import { compileMultipart, type ReadMultipart } from './multipart-form.ts';
import { compileSequence, isSequence } from './sequence.ts';
import { compileUndocumented } from '../undocumented/index.ts';

/** Bytes to a valid value, or `failed` after a report. */
type ReadBody = (bytes: Uint8Array, report: Report) => unknown;

const maxIssues = 20;
const remembered = 64;

const missing = new Refused('required', 'the request needs a body', 'send the documented body');
const tooLarge = new Refused('too-large', 'has more bytes than are accepted', 'send less');
const notUtf8 = new Refused('utf8', 'is not UTF-8', 'encode the body as UTF-8');
const byteOrderMark = new Refused('byte-order-mark', 'begins with a byte order mark', 'send the body without one');
const badContent = new Refused('file-type', 'is not what its media type says', 'send the body with its own media type');
const undocumented = new Refused('undocumented-property', 'is not documented', 'leave it out');

/** What may be in a body, and how much of it. */
export interface BodyOptions extends Partial<BodyLimits> {
  /**
   * What becomes of a body with properties that no schema names. Default `refuse`: they are how privileges are mass-assigned
   * (OWASP API3:2023). `pass` and `remove` tell which there were, also where a schema is closed; `remove` is for JSON, and refuses in
   * other bodies. `keep` does not look.
   */
  readonly undocumented?: 'refuse' | 'keep' | 'remove' | 'pass' | undefined;
  /** Who reads media types that nothing here reads. */
  readonly decoders?: Decoders | undefined;
  /** Whether a schema has rules about what stands in its values: a body that is not read cannot keep them, and is refused. */
  readonly mustBeRead?: ((schema: Schema) => boolean) | undefined;
}

/**
 * Compiles the request body of an operation: the media type is chosen as documented (exact, then by type, then any;
 * RFC 9110 section 8.3), the bytes decoded, checked by the schema, defaults filled.
 *
 * JSON and `+json`, forms, multipart, text, JSON Lines and binary are decoded; UTF-8 is the only charset. XML stays text
 * and is not validated: no entity is ever processed. What `decoders` read is held to its schema as JSON is. Other media types stay
 * bytes; images, PDF and other types with a known signature must have it. Formats of structured data that nobody reads are refused
 * where their schema speaks of members or items.
 *
 * @returns undefined where the operation documents no body
 */
export function compileBody(
  source: SchemaSource,
  operation: Operation,
  options?: BodyOptions,
): CompiledBody | undefined {
  const { body } = operation;
  if (body === undefined) return undefined;
  const limits = bodyLimits(options);
  // Where the document asks for longer texts than usual, they may come.
  const all =
    options?.maxString === undefined && limits.maxBytes > limits.maxString
      ? {
          ...limits,
          maxString: Math.max(limits.maxString, Math.min(longestText(source, body.content), limits.maxBytes)),
        }
      : limits;
  const mode = options?.undocumented ?? 'refuse';
  const decoders = options?.decoders ?? noDecoders;
  const closed = mode === 'refuse' || mode === 'remove';
  let tolerated: Tolerated | undefined;
  const offers: Offer[] = body.content.map((media) => ({
    media,
    // What a patch does not name stays as it is (RFC 5789, RFC 7396).
    defaults: operation.method !== 'PATCH' && !/patch/i.test(media.type),
    name: parseMediaType(media.type),
    readers: new Map(),
    multipart: undefined,
  }));
  const supported = body.content.flatMap(({ type, schema }) => {
    const essence = parseMediaType(type)?.essence ?? '';
    return decoders.of(essence) === undefined && !essence.includes('*') && isUnread(source, schema, essence)
      ? []
      : [type];
  });
  const chosen = new Map<string, ReadBody | Unsupported>();

  function choose(contentType: string): ReadBody | Unsupported {
    const name = parseMediaType(contentType);
    if (name === undefined) return new Unsupported('the media type is malformed');
    const charset = name.parameters.get('charset')?.toLowerCase();
    if (charset !== undefined && charset !== 'utf-8')
      return new Unsupported('the charset is not supported, only utf-8 is');
    const offer = bestMediaType(offers, name);
    if (offer === undefined) return new Unsupported('the media type is not documented');
    const decoder = isJson(name.essence) ? undefined : decoders.of(name.essence);
    const unread = unreadBecause(
      source,
      offer.media.schema,
      name.essence,
      offer.name?.essence,
      decoder,
      options?.mustBeRead,
    );
    if (unread !== undefined) return new Unsupported(unread, true);
    if (name.essence.startsWith('multipart/')) {
      const multipart = multipartReader(source, offer, name, all);
      return multipart instanceof Unsupported || !closed
        ? multipart
        : refusing(source, offer.media.schema, multipart, 'parts');
    }
    let reader = offer.readers.get(name.essence);
    if (reader === undefined) {
      const json = isJson(name.essence);
      const lenient = json && (mode === 'remove' || mode === 'pass');
      reader = lenient
        ? tolerant(source, offer, all, mode, (found) => (tolerated = found))
        : decoder !== undefined
          ? decodedReader(source, offer, decoder, all)
          : readerOf(source, offer, name.essence, all, mode === 'pass');
      if (closed && !lenient)
        reader = refusing(
          source,
          isSequence(name.essence) ? offer.media.itemSchema : offer.media.schema,
          reader,
          isSequence(name.essence),
        );
      if (json) reader = scanned(source, offer, all, reader);
      if (offer.readers.size < remembered) offer.readers.set(name.essence, reader);
    }
    return reader;
  }

  return {
    required: body.required,
    decode(contentType, bytes): DecodedBody {
      if (bytes.length === 0 && (contentType === undefined || !body.required))
        return body.required ? { issues: [missing.issue('')] } : { value: undefined };
      if (bytes.length > all.maxBytes) return { issues: [tooLarge.issue('')] };
      if (contentType === undefined) return { unsupported: 'the body has no media type', supported };
      let read = chosen.get(contentType);
      if (read === undefined) {
        read = choose(contentType);
        if (chosen.size < remembered && contentType.length <= 100 && !contentType.includes('boundary'))
          chosen.set(contentType, read);
      }
      if (read instanceof Unsupported) return { unsupported: read.reason, unread: read.unread, supported };
      const issues: Issue[] = [];
      tolerated = undefined;
      const value = read(bytes, (issue) => {
        if (issues.length < maxIssues) issues.push(issue);
      });
      return value === failed
        ? { issues }
        : tolerated === undefined
          ? { value }
          : { value, ...(tolerated as Tolerated) };
    },
  };
}

/** What was tolerated of a body, and the body without it where it was removed. */
interface Tolerated {
  readonly undocumented: readonly string[];
  readonly bytes?: Uint8Array | undefined;
}

interface Offer {
  readonly media: MediaType;
  /** Whether defaults are filled. */
  readonly defaults: boolean;
  readonly name: MediaTypeName | undefined;
  readonly readers: Map<string, ReadBody>;
  multipart: ReadMultipart | undefined;
}

function readerOf(source: SchemaSource, offer: Offer, essence: string, limits: BodyLimits, open: boolean): ReadBody {
  const { media } = offer;
  if (isJson(essence)) return jsonReader(source, offer, limits);
  if (isSequence(essence)) return sequenceReader(source, media, essence, limits);
  if (essence === 'application/x-www-form-urlencoded') return formReader(source, offer, limits, open);
  if (essence === 'application/xml' || essence === 'text/xml' || essence.endsWith('+xml'))
    return (bytes, report) => text(bytes, report);
  if (essence.startsWith('text/')) return textReader(source, media);
  return binaryReader(source, media, essence);
}

/** The same reader, without properties that nobody documented. In a sequence each item is held to the schema. */
function refusing(
  source: SchemaSource,
  schema: Schema | undefined,
  read: ReadBody,
  each: boolean | 'parts' = false,
): ReadBody {
  if (schema === undefined) return read;
  const names = compileUndocumented(source, schema, 'request');
  return (bytes, report) => {
    const value = read(bytes, report);
    // Bytes that nothing here reads have no properties.
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    const parts = each === true ? (value as unknown[]) : [value];
    let clean = true;
    for (const [index, part] of parts.entries()) {
      if (!names.in(part)) continue;
      clean = false;
      // Of a value that calls itself one kind and is another, what is wrong with the kind tells more.
      // Files of a form are no texts, and each part was held to its schema as what it is.
      const meant =
        each === 'parts' ? [] : compileSchema(source, schema, { direction: 'request' }).explainNamed(part, maxIssues);
      for (const issue of meant) report(each === true ? { ...issue, pointer: `/${index}${issue.pointer}` } : issue);
      for (const pointer of names.find(part, maxIssues))
        if (!meant.some((issue) => issue.pointer === pointer))
          report(undocumented.issue(each === true ? `/${index}${pointer}` : pointer));
    }
    return clean ? value : failed;
  };
}

/** What the schema says, and the defaults it names. */
function judge(source: SchemaSource, media: MediaType, defaults = false): (value: unknown, report: Report) => unknown {
  if (media.schema === undefined) return (value) => value;
  const schema = compileSchema(source, media.schema, { direction: 'request' });
  const fill = defaults ? compileDefaults(source, media.schema) : undefined;
  return (value, report) => {
    if (schema.check(value)) return fill === undefined ? value : fill(value);
    for (const issue of schema.explain(value, maxIssues)) report(issue);
    return failed;
  };
}

/** Bodies after which a scanner is worth its memory. */
const often = 20;

/**
 * Most bodies are written as their schema says. That can be seen in one pass over their bytes; then nothing is left to
 * check but what the reader would say all the same.
 */
function scanned(source: SchemaSource, { media, defaults }: Offer, limits: BodyLimits, read: ReadBody): ReadBody {
  const { schema } = media;
  // A scanner goes no deeper than this, and a text has fewer values than bytes.
  if (schema === undefined || limits.maxDepth < 42) return read;
  const longest = Math.min(limits.maxNodes, limits.maxString);
  const fill: FillDefaults = defaults ? compileDefaults(source, schema) : (value) => value;
  let calls = 0;
  let scan: Scan | undefined;
  return (bytes, report) => {
    if (++calls === often) scan = compileScan(source, schema, { direction: 'request' });
    if (scan === undefined || bytes.length > longest || scan.accepts(bytes) === undefined) return read(bytes, report);
    const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return fill(JSON.parse(buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8')));
  };
}

function jsonReader(source: SchemaSource, { media, defaults }: Offer, limits: BodyLimits): ReadBody {
  const settle = judge(source, media, defaults);
  return (bytes, report) => {
    const parsed = parseJson(bytes, limits);
    if ('value' in parsed) return settle(parsed.value, report);
    parsed.issues.forEach(report);
    return failed;
  };
}

/** Reads JSON whose undocumented properties are removed, or pass: the rest is what its schema says in both cases. */
function tolerant(
  source: SchemaSource,
  { media, defaults }: Offer,
  limits: BodyLimits,
  mode: 'remove' | 'pass',
  note: (found: Tolerated) => void,
): ReadBody {
  const settle = judge(source, media, defaults);
  const names = media.schema === undefined ? undefined : compileUndocumented(source, media.schema, 'request');
  return (bytes, report) => {
    const parsed = parseJson(bytes, limits);
    if ('issues' in parsed) {
      parsed.issues.forEach(report);
      return failed;
    }
    const { value } = parsed;
    if (names === undefined || !names.in(value)) return settle(value, report);
    const whole = mode === 'pass' ? structuredClone(value) : undefined;
    const { pointers, count } = names.remove(value);
    if (count > pointers.length) {
      report(undocumented.issue(''));
      return failed;
    }
    const settled = settle(value, report);
    if (settled === failed) return failed;
    note({
      undocumented: pointers,
      bytes:
        whole === undefined ? Buffer.from(cutJson(Buffer.from(bytes).toString('utf8'), new Set(pointers))) : undefined,
    });
    return whole ?? settled;
  };
}

function decodedReader(
  source: SchemaSource,
  { media, defaults }: Offer,
  { decode }: Decoder,
  limits: BodyLimits,
): ReadBody {
  if (decode === undefined) return (bytes) => bytes;
  const settle = judge(source, media, defaults);
  return (bytes, report) => {
    const decoded = decode(bytes, limits);
    if ('value' in decoded) return settle(decoded.value, report);
    decoded.issues.forEach(report);
    return failed;
  };
}

function formReader(source: SchemaSource, { media, defaults }: Offer, limits: BodyLimits, open: boolean): ReadBody {
  const read = compileForm(source, media, '', {
    maxParameters: limits.maxParts,
    maxLength: limits.maxString,
    unknown: open ? 'ignore' : 'refuse',
  });
  const fill = media.schema === undefined || !defaults ? undefined : compileDefaults(source, media.schema);
  return (bytes, report) => {
    const form = text(bytes, report);
    const value = form === failed ? failed : read(form as string, report);
    return value === failed || fill === undefined ? value : fill(value);
  };
}

function textReader(source: SchemaSource, media: MediaType): ReadBody {
  const settle = judge(source, media);
  return (bytes, report) => {
    const value = text(bytes, report);
    return value === failed ? failed : settle(value, report);
  };
}

/** UTF-8 without a byte order mark, or `failed`. */
function text(bytes: Uint8Array, report: Report): string | typeof failed {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (!mark && isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  report((mark ? byteOrderMark : notUtf8).issue(''));
  return failed;
}

/** Bytes are judged by schemas that speak of bytes: `format: binary`, or no type at all. */
function binaryReader(source: SchemaSource, media: MediaType, essence: string): ReadBody {
  const raw = media.schema === undefined || typeof media.schema.raw === 'boolean' ? {} : media.schema.raw;
  const speaks = raw['format'] === 'binary' || shapeOf(source, media.schema).types === undefined;
  const settle = speaks ? judge(source, media) : (value: unknown) => value;
  return (bytes, report) => {
    if (contentMatches(essence, bytes)) return settle(bytes, report);
    report(badContent.issue(''));
    return failed;
  };
}

function sequenceReader(source: SchemaSource, media: MediaType, essence: string, limits: BodyLimits): ReadBody {
  const sequence = compileSequence(source, { ...media, type: essence }, { ...limits, direction: 'request' });
  return (bytes, report) => {
    const reader = sequence.open();
    const items = [...reader.push(bytes), ...reader.end()];
    let valid = true;
    for (const [index, item] of items.entries()) {
      for (const issue of item.issues) {
        valid = false;
        report({ ...issue, pointer: `/${index}${issue.pointer}` });
      }
    }
    return valid ? items.map((item) => item.value) : failed;
  };
}

function multipartReader(
  source: SchemaSource,
  offer: Offer,
  name: MediaTypeName,
  limits: BodyLimits,
): ReadBody | Unsupported {
  if (name.essence !== 'multipart/form-data')
    return new Unsupported('of multipart bodies only multipart/form-data is supported');
  const boundary = boundaryOf(name.parameters);
  const read = (offer.multipart ??= compileMultipart(source, offer.media, limits));
  return (bytes, report) => {
    if (!(boundary instanceof Refused)) return read(bytes, boundary, report);
    report(boundary.issue(''));
    return failed;
  };
}
