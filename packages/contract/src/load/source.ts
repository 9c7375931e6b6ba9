import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { PositionsOf } from './positions.ts';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Where a document's text came from, so that it can be read again when a position is asked for. */
export interface Source {
  /** Absolute URI: `file:`, `https:`, or `object:` for a document given as an object. */
  readonly uri: string;
  /** How messages name it: the path as the user would type it, the URL, or `<object>`. */
  readonly file: string;
  readonly format: 'json' | 'yaml' | 'object';
  /** SHA-256 of its bytes, hexadecimal. */
  readonly digest: string;
  /** The deflated text of what cannot be read again at will: URLs, and files behind a reader of the caller's. */
  readonly held: Uint8Array | undefined;
  /** Finds positions in the text. Undefined for an object. */
  readonly positionsOf: PositionsOf | undefined;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function hold(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: 1 });
}

/** The text as it was loaded; undefined where the file is gone or has changed since, so that no wrong line is named. */
export function textAgain(source: Source): Uint8Array | undefined {
  if (source.format === 'object') return undefined;
  if (source.held !== undefined) return inflateRawSync(source.held);
  try {
    const bytes = readFileSync(fileURLToPath(source.uri));
    return sha256(bytes) === source.digest ? bytes : undefined;
  } catch {
    return undefined;
  }
}
