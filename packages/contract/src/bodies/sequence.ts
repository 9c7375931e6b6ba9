import { Buffer, isUtf8 } from 'node:buffer';
import type { BodyLimits, CompiledSchema, Direction, Issue } from '../compiled.ts';
import type { MediaType } from '../model.ts';
import { Refused } from '../parameters/refused.ts';
import { compileSchema, type SchemaSource } from '../schema/index.ts';
import { parseEvent } from './event-stream.ts';
import { parseJson } from './json.ts';
import { bodyLimits } from './limits.ts';

/** One item of a sequence, when all of it has arrived. */
export interface SequenceItem {
  /** Exactly what was received for the item, its terminator included: may be passed on when there are no issues. */
  readonly bytes: Uint8Array;
  /** Undefined for what separates items: empty lines, comments. */
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** What is wrong with the formats of an item that has no issues, where they do not bind. */
  readonly formats?: readonly Issue[] | undefined;
}

/** Reads one sequence as it arrives. After an item with issues of framing (`too-long`, `sequence`) nothing more is read. */
export interface SequenceReader {
  /** Items that this chunk completes. What is incomplete is held, at most `maxBytes` of it. */
  push(chunk: Uint8Array): readonly SequenceItem[];
  /** The rest, when the body has ended. */
  end(): readonly SequenceItem[];
}

export interface CompiledSequence {
  open(): SequenceReader;
}

/** `maxBytes` limits one item. */
export type SequenceOptions = Partial<BodyLimits> & {
  readonly direction?: Direction | undefined;
  /** Whether an item whose `format` does not hold has an issue. Default true; else it is told in `formats`. */
  readonly formats?: boolean | undefined;
};

type Framing = 'lines' | 'records' | 'events';

const framings: ReadonlyMap<string, Framing> = new Map([
  ['application/jsonl', 'lines'],
  ['application/x-jsonlines', 'lines'],
  ['application/x-ndjson', 'lines'],
  ['application/ndjson', 'lines'],
  ['application/json-seq', 'records'],
  ['text/event-stream', 'events'],
]);

const LF = 0x0a;
const CR = 0x0d;
const RS = 0x1e;

const tooLong = new Refused('too-long', 'is longer than is accepted', 'send shorter items');
const noSeparator = new Refused(
  'sequence',
  'does not begin with a record separator',
  'put the byte 1E before each JSON text (RFC 7464)',
);
const cut = new Refused('sequence', 'is cut short', 'end each item with a line feed');
const notUtf8 = new Refused('utf8', 'is not UTF-8', 'encode it as UTF-8');

/** Whether a media type is a sequence of items that can be read one by one (OpenAPI 3.2, section 4.14.4). */
export function isSequence(mediaType: string): boolean {
  return framings.has(essenceOf(mediaType));
}

/**
 * Compiles the reading of a sequential media type item by item: JSON Lines, JSON text sequences (RFC 7464) and Server-Sent
 * Events. Each item is parsed and checked by `itemSchema`; memory is bounded by the longest item.
 *
 * An event is judged as `{ event?, data?, id?, retry? }`, its `data` also by `contentSchema` where there is one. A JSON
 * text sequence gives an item when the next one begins.
 */
export function compileSequence(
  source: SchemaSource,
  media: MediaType,
  options: SequenceOptions = {},
): CompiledSequence {
  const { direction = 'response', formats = true, ...given } = options;
  const limits = bodyLimits(given);
  const framing = framings.get(essenceOf(media.type)) ?? 'lines';
  const schema =
    media.itemSchema === undefined
      ? undefined
      : compileSchema(source, media.itemSchema, { direction, content: framing === 'events' });
  const loose =
    media.itemSchema === undefined || formats
      ? undefined
      : compileSchema(source, media.itemSchema, { direction, content: framing === 'events', formats: false });
  const parse = (bytes: Uint8Array): SequenceItem =>
    framing === 'events' ? parseAsEvent(bytes, schema, loose) : parseAsJson(bytes, framing, limits, schema, loose);
  return { open: () => new Reader(framing, limits.maxBytes, parse) };
}

function essenceOf(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}

class Reader implements SequenceReader {
  private readonly framing: Framing;
  private readonly maxBytes: number;
  private readonly parse: (bytes: Uint8Array) => SequenceItem;
  /** Doubles when full, so that many small chunks cost no more than few large ones. What was given out is never written again. */
  private store: Buffer = Buffer.alloc(0);
  /** The part of `store` that is no complete item yet. */
  private held: Buffer = Buffer.alloc(0);
  private used = 0;
  /** How far what is held was already searched for the end of an item. */
  private searched = 0;
  /** Index at which the current line began; only for events. */
  private line = 0;
  private stopped = false;

  constructor(framing: Framing, maxBytes: number, parse: (bytes: Uint8Array) => SequenceItem) {
    this.framing = framing;
    this.maxBytes = maxBytes;
    this.parse = parse;
  }

  push(chunk: Uint8Array): readonly SequenceItem[] {
    if (this.stopped || chunk.length === 0) return [];
    this.append(chunk);
    const items: SequenceItem[] = [];
    if (this.framing === 'records' && this.held[0] !== RS) return [this.stop(noSeparator)];
    if (this.framing === 'lines') this.emptyLines(items);
    for (let end = this.itemEnd(false); end !== -1; end = this.itemEnd(false)) {
      if (end > this.maxBytes) return [...items, this.stop(tooLong)];
      items.push(this.take(end));
      if (this.framing === 'lines') this.emptyLines(items);
    }
    if (this.held.length > this.maxBytes) items.push(this.stop(tooLong));
    return items;
  }

  end(): readonly SequenceItem[] {
    if (this.stopped) return [];
    const items: SequenceItem[] = [];
    for (let end = this.itemEnd(true); end !== -1; end = this.itemEnd(true)) items.push(this.take(end));
    // An event that no empty line ends is discarded by every client, and so never arrives.
    if (this.held.length > 0) items.push(this.framing === 'events' ? this.stop(cut) : this.take(this.held.length));
    this.stopped = true;
    return items;
  }

  private append(chunk: Uint8Array): void {
    const length = this.held.length + chunk.length;
    if (this.used + chunk.length > this.store.length) {
      const store = Buffer.allocUnsafeSlow(Math.max(2 * length, 4096));
      this.held.copy(store);
      this.store = store;
      this.used = this.held.length;
    }
    this.store.set(chunk, this.used);
    this.used += chunk.length;
    this.held = this.store.subarray(this.used - length, this.used);
  }

  private take(end: number): SequenceItem {
    const item = this.parse(this.held.subarray(0, end));
    this.held = this.held.subarray(end);
    this.searched = 0;
    this.line = 0;
    return item;
  }

  private stop(refused: Refused): SequenceItem {
    this.stopped = true;
    this.held = Buffer.alloc(0);
    return { bytes: new Uint8Array(0), value: undefined, issues: [refused.issue('')] };
  }

  /** Index after the first complete item; -1 where there is none yet. */
  private itemEnd(last: boolean): number {
    if (this.framing === 'events') return this.eventEnd(last);
    const from = this.framing === 'records' ? Math.max(this.searched, 1) : this.searched;
    const at = this.held.indexOf(this.framing === 'records' ? RS : LF, from);
    if (at === -1) {
      this.searched = this.held.length;
      return -1;
    }
    return this.framing === 'records' ? at : at + 1;
  }

  /** Empty lines that begin what is held: a million of them must not cost a million copies. */
  private emptyLines(items: SequenceItem[]): void {
    let count = 0;
    while (this.held[count] === LF) count++;
    if (count === 0) return;
    for (let line = 0; line < count; line++) items.push(emptyLine);
    this.held = this.held.subarray(count);
    this.searched = 0;
  }

  /** An empty line ends an event; lines end with CR, LF or both. */
  private eventEnd(last: boolean): number {
    const { held } = this;
    for (let at = this.searched; at < held.length; at++) {
      const byte = held[at];
      if (byte !== LF && byte !== CR) continue;
      // A CR at the very end may be half of CR LF.
      if (byte === CR && at + 1 === held.length && !last) {
        this.searched = at;
        return -1;
      }
      const next = byte === CR && held[at + 1] === LF ? at + 2 : at + 1;
      if (at === this.line) return next;
      this.line = next;
      at = next - 1;
    }
    this.searched = held.length;
    return -1;
  }
}

const emptyLine: SequenceItem = Object.freeze({ bytes: Uint8Array.of(LF), value: undefined, issues: [] });

function judged(
  bytes: Uint8Array,
  value: unknown,
  schema: CompiledSchema | undefined,
  loose: CompiledSchema | undefined,
): SequenceItem {
  if (schema === undefined || schema.check(value)) return { bytes, value, issues: [] };
  const issues = schema.explain(value);
  return loose?.check(value) === true ? { bytes, value, issues: [], formats: issues } : { bytes, value, issues };
}

function parseAsJson(
  bytes: Uint8Array,
  framing: Framing,
  limits: BodyLimits,
  schema: CompiledSchema | undefined,
  loose: CompiledSchema | undefined,
): SequenceItem {
  const text = framing === 'records' ? bytes.subarray(1) : bytes;
  if (text.every((byte) => byte === LF || byte === CR || byte === 0x20 || byte === 0x09))
    return { bytes, value: undefined, issues: [] };
  // RFC 7464 section 2.4: without the line feed, a number may have lost its end.
  if (framing === 'records' && text[text.length - 1] !== LF)
    return { bytes, value: undefined, issues: [cut.issue('')] };
  const parsed = parseJson(text, limits);
  return 'value' in parsed
    ? judged(bytes, parsed.value, schema, loose)
    : { bytes, value: undefined, issues: parsed.issues };
}

function parseAsEvent(
  bytes: Uint8Array,
  schema: CompiledSchema | undefined,
  loose: CompiledSchema | undefined,
): SequenceItem {
  if (!isUtf8(bytes)) return { bytes, value: undefined, issues: [notUtf8.issue('')] };
  const event = parseEvent(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  return event === undefined ? { bytes, value: undefined, issues: [] } : judged(bytes, event, schema, loose);
}
