import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Direction } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import type { SchemaSource } from '../schema/index.ts';
import { emitScan, type ScanBytes } from './emit.ts';

/** Says of a JSON text, without parsing it, that nothing is wrong with it; or that this has to be found out. */
export interface Scan {
  /**
   * Accepts only text that is JSON with one reading (no repeated keys, no number that a double does not keep), whose value
   * is valid by the schema and has no undocumented properties.
   * @param text a string, or UTF-8
   * @returns the length of the text as UTF-8, in bytes; undefined where it is not accepted, which says nothing
   */
  accepts(text: string | Uint8Array): number | undefined;
}

/** Longer texts are left to the parser. */
const longest = 1 << 20;

/** The text that is being scanned, with a zero after it, so that no index is out of bounds and all arrays are of one kind. */
let bytes = Buffer.allocUnsafeSlow(1 << 16);

export interface ScanOptions {
  readonly direction: Direction;
  /** Whether a value that no schema describes (`type: object` alone) is accepted; keys in it may be repeated. Default false. */
  readonly free?: boolean | undefined;
}

/**
 * Compiles a scanner for a schema: one pass over the bytes of a value that is written as its schema says. Most answers and
 * request bodies are. What it does not know (compositions, escapes where characters count, exponents, unusual dates) it
 * does not accept, and the value has to be parsed and checked.
 *
 * @returns undefined where no value that matters would ever be accepted
 */
export function compileScan(source: SchemaSource, schema: Schema, options: ScanOptions): Scan | undefined {
  const compiler = compilerOf(source.references, { direction: options.direction });
  const scan = emitScan(compiler, compiler.nodes.at(schema), options.free ?? false);
  return scan === undefined ? undefined : { accepts: (text) => accepts(scan, text) };
}

function accepts(scan: ScanBytes, text: string | Uint8Array): number | undefined {
  if (text.length > longest) return undefined;
  const most = typeof text === 'string' ? text.length * 3 : text.length;
  if (most >= bytes.length) bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(most + 1)));
  let length = text.length;
  if (typeof text === 'string') length = bytes.write(text, 0, 'utf8');
  else bytes.set(text);
  bytes[length] = 0;
  if (!scan(bytes, length)) return undefined;
  return typeof text === 'string' || isAscii(text) || isUtf8(text) ? length : undefined;
}
