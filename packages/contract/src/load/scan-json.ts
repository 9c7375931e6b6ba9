/** What one pass over the bytes of a JSON document tells, without building anything. */
export interface JsonScan {
  /** Deepest nesting of arrays and objects. */
  readonly depth: number;
  /** Every distinct text that stands as the value of a key `$ref`, wherever that is (examples too). */
  readonly references: ReadonlySet<string>;
  /** Keys that stand twice in one object within the first four levels. `key` is as written between its quotes. */
  readonly duplicates: readonly DuplicateKey[];
  /** Whether a key `$id`, `$anchor`, `$dynamicAnchor` or `$recursiveAnchor` occurs. */
  readonly identifiers: boolean;
  /** Whether a key `x-castellan` occurs. */
  readonly castellan: boolean;
  /** Whether a key near the ones above is written with escapes, so that the answers above may be short. */
  readonly escaped: boolean;
}

interface DuplicateKey {
  /** Byte offset of the second key's opening quote. */
  readonly offset: number;
  readonly key: string;
  /** Keys from the root to the object that holds both, as written. */
  readonly parents: readonly string[];
}

/** Levels whose keys are compared at load: root, paths, path item, operation; components, their kinds, their names. */
const WATCHED_DEPTH = 4;

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const DOLLAR = 36;
const decoder = new TextDecoder();

/**
 * Scans JSON for what must be known before (or is cheaper to know without) walking the parsed value.
 * It does not check the syntax: on text that is not JSON the answer means nothing, and JSON.parse refuses it anyway.
 */
export function scanJson(bytes: Uint8Array): JsonScan {
  const references = new Set<string>();
  const duplicates: DuplicateKey[] = [];
  let identifiers = false;
  let castellan = false;
  let escaped = false;
  let depth = 0;
  let deepest = 0;
  let referenceNext = false;
  const seen: Set<string>[] = Array.from({ length: WATCHED_DEPTH + 1 }, () => new Set());
  const path: string[] = [];
  const end = bytes.length;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      const from = i + 1;
      let escape = false;
      for (i = from; i < end; i++) {
        const inside = bytes[i];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) {
          escape = true;
          i++;
        }
      }
      if (referenceNext) {
        referenceNext = false;
        const text = decoder.decode(bytes.subarray(from, i));
        references.add(escape ? unescape(text) : text);
        continue;
      }
      let next = i + 1;
      while (next < end && isSpace(bytes[next])) next++;
      if (bytes[next] !== COLON) continue;
      const length = i - from;
      if (escape && length < 64) escaped = true;
      const first = bytes[from];
      if (first === DOLLAR) {
        const key = decoder.decode(bytes.subarray(from, i));
        if (key === '$ref') referenceNext = startsString(bytes, next + 1);
        else if (key === '$id' || key === '$self' || key.endsWith('nchor')) identifiers = true;
      } else if (length === 11 && first === 120 && decoder.decode(bytes.subarray(from, i)) === 'x-castellan')
        castellan = true;
      if (depth <= WATCHED_DEPTH) {
        const key = decoder.decode(bytes.subarray(from, i));
        const keys = seen[depth];
        if (keys?.has(key)) duplicates.push({ offset: from - 1, key, parents: path.slice(0, depth - 1) });
        keys?.add(key);
        path[depth - 1] = key;
      }
      i = next;
    } else if (byte === 123 || byte === 91) {
      referenceNext = false;
      depth++;
      if (depth > deepest) deepest = depth;
      if (depth <= WATCHED_DEPTH) seen[depth]?.clear();
    } else if (byte === 125 || byte === 93) depth--;
  }
  return { depth: deepest, references, duplicates, identifiers, castellan, escaped };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

function startsString(bytes: Uint8Array, at: number): boolean {
  while (isSpace(bytes[at])) at++;
  return bytes[at] === QUOTE;
}

function unescape(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
