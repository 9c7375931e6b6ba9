import type { Buffer } from 'node:buffer';
import { parse, Unsupported } from '../regex/parse.ts';
import type { Expression } from '../regex/syntax.ts';

/** Reads the string after its first quote; gives the index after its last quote, or -1 where only the pattern itself can say. */
export type ScanPattern = (bytes: Buffer, at: number) => number;

interface Part {
  /** 1 for the bytes that it takes. */
  readonly set: Uint8Array;
  readonly min: number;
  readonly max: number;
}

const QUOTE = 0x22;

/**
 * A pattern as loops over bytes, where it is a plain sequence of characters and classes from `^` to `$`, each perhaps
 * repeated: `^[A-Z]{3}$`. Every repetition takes what it can and nothing is tried twice, so a text that matches in another
 * way is not recognised; one that is recognised does match.
 */
export function scanPattern(source: string): ScanPattern | undefined {
  let expression: Expression;
  try {
    // The parser expects a pattern that the engine has accepted.
    expression = parse(new RegExp(source, 'u').source, true);
  } catch (error) {
    if (error instanceof Unsupported || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const items = expression.kind === 'sequence' ? expression.items : [expression];
  const [first, last] = [items[0], items.at(-1)];
  if (items.length < 3 || items.length > 40 || !isAssertion(first, 'start') || !isAssertion(last, 'end'))
    return undefined;
  const parts: Part[] = [];
  for (const item of items.slice(1, -1)) {
    const part = partOf(item);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return (bytes, at) => {
    let index = at;
    for (let number = 0; number < parts.length; number++) {
      const { set, min, max } = parts[number] as Part;
      const start = index;
      while (set[bytes[index] as number] === 1 && index - start < max) index++;
      if (index - start < min) return -1;
    }
    return bytes[index] === QUOTE ? index + 1 : -1;
  };
}

function isAssertion(item: Expression | undefined, which: 'start' | 'end'): boolean {
  return item?.kind === 'assertion' && item.which === which;
}

function partOf(item: Expression): Part | undefined {
  const [inner, min, max] = item.kind === 'repeat' ? [item.item, item.min, item.max] : [item, 1, 1];
  if (inner.kind !== 'set' || inner.properties.length > 0) return undefined;
  const set = new Uint8Array(256);
  // Visible ASCII that stands for itself in a JSON string.
  for (let code = 0x20; code < 0x7f; code++) {
    if (code !== QUOTE && code !== 0x5c && contains(inner.set, code) !== inner.negated) set[code] = 1;
  }
  return { set, min, max };
}

function contains(set: readonly number[], code: number): boolean {
  for (let index = 0; index < set.length; index += 2)
    if (code >= (set[index] ?? 0) && code <= (set[index + 1] ?? 0)) return true;
  return false;
}
