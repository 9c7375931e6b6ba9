import { Buffer, isUtf8 } from 'node:buffer';
import { Refused } from '../parameters/refused.ts';
import { differs, fileName } from './file-name.ts';
import { parseParameters } from './media-type.ts';

/** The header of one part of `multipart/form-data`. */
export interface PartHead {
  readonly name: string;
  /** Undefined where the part is no file; `''` where a form had no file to send. */
  readonly filename: string | undefined;
  /** As received; undefined where missing, which means `text/plain` (RFC 7578 section 4.4). */
  readonly contentType: string | undefined;
}

/** Receives a multipart body as it arrives. Any of them may refuse, which ends parsing. */
export interface PartSink {
  begin(head: PartHead): Refused | undefined;
  /** A view into what was pushed: copy what must outlive the call. */
  data(bytes: Uint8Array): Refused | undefined;
  end(): Refused | undefined;
}

export interface MultipartLimits {
  readonly maxParts: number;
  /** Bytes of one part's header. Default 8,192. */
  readonly maxHeader?: number | undefined;
}

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const lineEnd = Buffer.from('\r\n\r\n');

const badBoundary = new Refused(
  'multipart',
  'has no usable boundary',
  'name a boundary of 1 to 70 characters in Content-Type',
);
const badStart = new Refused(
  'multipart',
  'does not begin with its boundary',
  'begin the body with -- and the boundary',
);
const badDelimiter = new Refused(
  'multipart',
  'has a boundary line with something after it',
  'end each boundary line with CR LF, and the last one with -- before that',
);
const unfinished = new Refused(
  'multipart',
  'ends before its last boundary',
  'end the body with --, the boundary and --',
);
const epilogue = new Refused('multipart', 'goes on after its last boundary', 'end the body there');
const tooManyParts = new Refused('too-many-parts', 'has more parts than are accepted', 'send fewer');
const longHeader = new Refused('multipart', 'has a part with a header that is too long', 'send a shorter header');
const badHeader = new Refused(
  'multipart',
  'has a part whose header is malformed',
  'write each field as name: value, once, ending with CR LF',
);
const noName = new Refused(
  'multipart',
  'has a part that is no named form field',
  'write Content-Disposition: form-data; name="…" in each part',
);
const badName = new Refused(
  'multipart',
  'has a part name or file name that is read in several ways',
  'use names without backslashes and control characters, and no filename* that says another name',
);
const badFilename = new Refused(
  'filename',
  'has a file name that is no plain name',
  'send the name of the file only, without path, control characters or leading dots only',
);
const badTransfer = new Refused(
  'multipart',
  'has a part with a transfer encoding',
  'send parts as they are, without Content-Transfer-Encoding',
);

/** The boundary in a Content-Type's parameters (RFC 2046 section 5.1.1). */
export function boundaryOf(parameters: ReadonlyMap<string, string>): string | Refused {
  const boundary = parameters.get('boundary') ?? '';
  return /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary) ? boundary : badBoundary;
}

/**
 * Parses `multipart/form-data` (RFC 7578) as it arrives, holding back no more than a boundary or a part's header.
 *
 * Stricter than RFC 2046 where parsers are known to differ: no preamble but one empty line, no epilogue, CR LF only, no space after
 * a boundary, no folded, repeated or unnamed fields, no `filename*` beside another name, no transfer encodings, no backslashes in names.
 *
 * @example
 * const parser = new MultipartParser('xyz', sink, { maxParts: 10 });
 * for await (const chunk of request) { const refused = parser.push(chunk); if (refused) … }
 * parser.end();
 */
export class MultipartParser {
  private readonly delimiter: Buffer;
  private readonly sink: PartSink;
  private readonly maxParts: number;
  private readonly maxHeader: number;
  private state: 'start' | 'delimited' | 'header' | 'data' | 'finished' = 'start';
  private held: Buffer = Buffer.alloc(0);
  private parts = 0;
  private refused: Refused | undefined;

  constructor(boundary: string, sink: PartSink, limits: MultipartLimits) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.sink = sink;
    this.maxParts = limits.maxParts;
    this.maxHeader = limits.maxHeader ?? 8192;
  }

  /** @returns why the body is refused; once refused, always refused */
  push(chunk: Uint8Array): Refused | undefined {
    if (this.refused !== undefined) return this.refused;
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let bytes = this.held.length === 0 ? view : Buffer.concat([this.held, view]);
    for (;;) {
      const step = this.step(bytes);
      if (step instanceof Refused) return (this.refused = step);
      if (step === 'more') {
        // What is held must not be a view into memory that the caller may use again.
        this.held = Buffer.from(bytes);
        return undefined;
      }
      bytes = step;
    }
  }

  /** Says that the body has ended. */
  end(): Refused | undefined {
    if (this.refused !== undefined) return this.refused;
    if (this.state !== 'finished') return (this.refused = unfinished);
    return this.held.length === 0 || this.held.equals(lineEnd.subarray(0, 2)) ? undefined : (this.refused = epilogue);
  }

  /** One step on: the rest, `more` where what is there must be held until more arrives, or a refusal. */
  private step(bytes: Buffer): Buffer | 'more' | Refused {
    switch (this.state) {
      case 'start':
        return this.start(bytes);
      case 'delimited':
        return this.delimited(bytes);
      case 'header':
        return this.header(bytes);
      case 'data':
        return this.data(bytes);
      case 'finished':
        return bytes.length > 2 ? epilogue : 'more';
    }
  }

  private start(bytes: Buffer): Buffer | 'more' | Refused {
    // Clients that write each boundary with the line end before it begin with one.
    const first = bytes[0] === CR ? this.delimiter : this.delimiter.subarray(2);
    const length = Math.min(bytes.length, first.length);
    if (!bytes.subarray(0, length).equals(first.subarray(0, length))) return badStart;
    if (length < first.length) return 'more';
    this.state = 'delimited';
    return bytes.subarray(length);
  }

  private delimited(bytes: Buffer): Buffer | 'more' | Refused {
    if (bytes.length < 2) return 'more';
    if (bytes[0] === DASH && bytes[1] === DASH) {
      this.state = 'finished';
      return bytes.subarray(2);
    }
    if (bytes[0] !== CR || bytes[1] !== LF) return badDelimiter;
    if (++this.parts > this.maxParts) return tooManyParts;
    this.state = 'header';
    return bytes.subarray(2);
  }

  private header(bytes: Buffer): Buffer | 'more' | Refused {
    const end = bytes.subarray(0, this.maxHeader + lineEnd.length).indexOf(lineEnd);
    if (end === -1) return bytes.length > this.maxHeader ? longHeader : 'more';
    const head = partHead(bytes.subarray(0, end));
    if (head instanceof Refused) return head;
    const refused = this.sink.begin(head);
    if (refused !== undefined) return refused;
    this.state = 'data';
    return bytes.subarray(end + lineEnd.length);
  }

  private data(bytes: Buffer): Buffer | 'more' | Refused {
    const at = bytes.indexOf(this.delimiter);
    const until = at === -1 ? bytes.length - partialMatch(bytes, this.delimiter) : at;
    const refused = until > 0 ? this.sink.data(bytes.subarray(0, until)) : undefined;
    if (refused !== undefined) return refused;
    if (at === -1) return until === 0 ? 'more' : bytes.subarray(until);
    this.state = 'delimited';
    return this.sink.end() ?? bytes.subarray(at + this.delimiter.length);
  }
}

/** How many bytes at the end may be the beginning of a delimiter. */
function partialMatch(bytes: Buffer, delimiter: Buffer): number {
  const longest = Math.min(bytes.length, delimiter.length - 1);
  for (let length = longest; length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(delimiter.subarray(0, length))) return length;
  }
  return 0;
}

function partHead(bytes: Buffer): PartHead | Refused {
  if (!isUtf8(bytes)) return badHeader;
  const fields = new Map<string, string>();
  for (const line of bytes.toString('utf8').split('\r\n')) {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\p{Cc}]*)$/u.exec(line);
    const name = field?.[1]?.toLowerCase();
    if (name === undefined || fields.has(name)) return badHeader;
    fields.set(name, field?.[2]?.trimEnd() ?? '');
  }
  const transfer = fields.get('content-transfer-encoding')?.toLowerCase();
  if (transfer !== undefined && !['binary', '8bit', '7bit'].includes(transfer)) return badTransfer;
  const disposition = fields.get('content-disposition') ?? '';
  if (!/^form-data[ \t]*;/i.test(disposition)) return noName;
  const parameters = parseParameters(disposition, disposition.indexOf(';'));
  if (parameters === undefined || disposition.includes('\\') || parameters.has('name*')) return badName;
  const name = parameters.get('name');
  if (name === undefined || name === '') return noName;
  const filename = fileName(parameters);
  if (filename === differs) return badName;
  if (filename !== undefined && filename !== '' && !isPlainFilename(filename)) return badFilename;
  return { name, filename, contentType: fields.get('content-type') };
}

/** No path, no control or direction-changing characters, not only dots, at most 255 bytes. */
function isPlainFilename(filename: string): boolean {
  return Buffer.byteLength(filename) <= 255 && !/[/\\:\p{Cc}\u202a-\u202e\u2066-\u2069]|^[. ]*$/u.test(filename);
}
