import { hash } from 'node:crypto';

/**
 * How the audit log is written. A segment is JSON Lines; each line ends with its number and the hash of the chain:
 *
 *     {"class_uid":6003, … ,"unmapped":{"castellan":{ … ,"n":17,"chain":"<43 characters>"}}}
 *
 * The hash of a line is SHA-256 (base64url) over all bytes from the hash of the line before it up to its own `,"chain":"`. So
 * whoever has the file needs nothing else to check it, and every byte of it counts.
 */
export const chainKey = Buffer.from(',"chain":"');
/** What every line ends with, behind its hash. */
export const tail = Buffer.from('"}}}\n');
/** What every line ends with that is not in the log yet. */
export const openTail = '}}}';
/** Characters of a hash. */
export const hashLength = 43;
/** Bytes behind the body of a line. */
export const linkLength = chainKey.length + hashLength + tail.length;

/** The hash of a line. @param bytes from the hash of the line before to the end of its body */
export function linkOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url');
}

/** What the first line of a segment is chained to: the last line of the segment before, or for the first one the log itself. */
export function beforeSegment(previous: string, body: string): Uint8Array {
  return Buffer.from(previous.padEnd(hashLength) + tail.toString() + body);
}

/** The first line of a segment. */
export interface SegmentLine {
  readonly version: 1;
  /** The log's id: 128 random bits. */
  readonly log: string;
  /** From 1. */
  readonly segment: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Hash of the last line of the segment before; the log's id in the first. */
  readonly previous: string;
  /** The id of the key that signs its heads. */
  readonly key: string;
}

/** A line without `,"chain":…`. */
export function segmentBody(line: SegmentLine, n: number): string {
  return `{"castellan":{"segment":${JSON.stringify(line)},"of":{"n":${n}`;
}

/** Where events were lost. */
export interface Gap {
  readonly records: number;
  /** Why, as an error code; and since when. */
  readonly reason: string;
  readonly time: number;
}

/** A gap as a line of its own, once the disk takes lines again. */
export function gapLine(gap: Gap): string {
  return `{"castellan":{"gap":${JSON.stringify(gap)},"of":{"gap":true}}}\n`;
}

/** A signed statement of how far the log goes. Lines of `heads.jsonl`. */
export interface Head {
  /** From 1. */
  readonly head: number;
  readonly log: string;
  readonly time: number;
  readonly segment: number;
  /** Number of the last line, its hash, and the bytes up to its end. */
  readonly n: number;
  readonly chain: string;
  readonly bytes: number;
  /** SHA-256 of the head before, without its signature: base64url; empty in the first. */
  readonly previous: string;
  /** The id of the key that signed. */
  readonly key: string;
  /** Of the first head: its public key (SPKI, base64url). */
  readonly publicKey?: string | undefined;
  /** The segment is closed; `index` is the hash of its index file, `next` the public key that signs from now on. */
  readonly closed?: boolean | undefined;
  readonly index?: string | undefined;
  readonly next?: string | undefined;
  /** Closed after its process was killed: lines from here on were signed only now, and bytes of a line without its end. */
  readonly recovered?:
    | { readonly from: number; readonly torn: number; readonly broken?: boolean | undefined }
    | undefined;
  /** Segments that retention removed. */
  readonly removed?: readonly number[] | undefined;
}

/** Name of a segment's files. */
export function segmentName(segment: number): string {
  return String(segment).padStart(9, '0');
}

/** `000000017.jsonl` and `.jsonl.zst`: the number. */
export function segmentNumber(file: string): number | undefined {
  const found = /^(\d{9,})\.jsonl(?:\.zst)?$/.exec(file);
  return found === null ? undefined : Number(found[1]);
}

export const headsFile = 'heads.jsonl';
/** The last head once more: a list of heads that lost its end disagrees with it. */
export const lastHeadFile = 'last-head.json';
export const keyFolder = 'keys';
