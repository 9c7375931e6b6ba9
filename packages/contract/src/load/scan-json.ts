/** What one pass over the text of a JSON document tells, without building anything. */
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
  /** Offset of the second key's opening quote. */
  readonly offset: number;
  readonly key: string;
  /** Keys from the root to the object that holds both, as written. */
  readonly parents: readonly string[];
}

/** Levels whose keys are compared at load: root, paths, path item, operation; components, their kinds, their names. */
const WATCHED_DEPTH = 4;

const BACKSLASH = 92;
const COLON = 58;
const DOLLAR = 36;

/**
 * Scans JSON for what must be known before (or is cheaper to know without) walking the parsed value.
 * It does not check the syntax: on text that is not JSON the answer means nothing, and JSON.parse refuses it anyway.
 */
export function scanJson(text: string): JsonScan {
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
  const end = text.length;
  for (let i = structural(text, 0); i < end; i = structural(text, i + 1)) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      const from = i + 1;
      i = closingQuote(text, from);
      if (referenceNext) {
        referenceNext = false;
        const written = text.slice(from, i);
        references.add(written.includes('\\') ? unescape(written) : written);
        continue;
      }
      let next = i + 1;
      while (isSpace(text.charCodeAt(next))) next++;
      if (text.charCodeAt(next) !== COLON) continue;
      const length = i - from;
      if (length < 64 && hasEscape(text, from, i)) escaped = true;
      const first = text.charCodeAt(from);
      if (first === DOLLAR) {
        const key = text.slice(from, i);
        if (key === '$ref') referenceNext = startsString(text, next + 1);
        else if (key === '$id' || key === '$self' || key.endsWith('nchor')) identifiers = true;
      } else if (length === 11 && first === 120 && text.startsWith('x-castellan', from)) castellan = true;
      if (depth <= WATCHED_DEPTH) {
        const key = text.slice(from, i);
        const keys = seen[depth];
        if (keys?.has(key)) duplicates.push({ offset: from - 1, key, parents: path.slice(0, depth - 1) });
        keys?.add(key);
        path[depth - 1] = key;
      }
      i = next;
    } else if (code === 123 || code === 91) {
      referenceNext = false;
      depth++;
      if (depth > deepest) deepest = depth;
      if (depth <= WATCHED_DEPTH) seen[depth]?.clear();
    } else if (code === 125 || code === 93) depth--;
  }
  return { depth: deepest, references, duplicates, identifiers, castellan, escaped };
}

/** The offset of the next quote, bracket or brace; the text's length where none comes. A function of its own, so that the engine compiles it early. */
export function structural(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 123 || code === 125 || code === 91 || code === 93) break;
  }
  return i;
}

/** The offset of the quote that ends a string; the text's length where none does. */
function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (before >= from && text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - 1 - before) % 2 === 0) return quote;
  }
  return text.length;
}

function hasEscape(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === BACKSLASH) return true;
  return false;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function startsString(text: string, at: number): boolean {
  while (isSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === 34;
}

function unescape(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
