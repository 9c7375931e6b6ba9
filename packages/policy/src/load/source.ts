import type { Place } from '@castellan/contract';

/** A text of policies and where it comes from. */
export interface Source {
  /** A path, or what stands for one: `<policies>`. */
  readonly file: string;
  readonly text: string;
}

/** One policy within a source. */
export interface Piece {
  readonly source: Source;
  /** Offset of its first character. */
  readonly start: number;
  readonly text: string;
}

const token = /"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|;|\d+|[A-Za-z_]\w*/g;

/** Cuts a source into its policies, at the semicolons. The engine has checked its grammar. */
export function pieces(source: Source): Piece[] {
  const found: Piece[] = [];
  let start = 0;
  for (const match of source.text.matchAll(token)) {
    if (match[0] !== ';') continue;
    const end = match.index + 1;
    const lead = /^(?:\s|\/\/[^\n]*(?:\n|$))*/.exec(source.text.slice(start, end))?.[0].length ?? 0;
    found.push({ source, start: start + lead, text: source.text.slice(start + lead, end) });
    start = end;
  }
  return found;
}

/** A policy whose integers that JavaScript numbers cannot hold stand as marked texts. */
export interface Marked {
  readonly text: string;
  readonly mark: string;
}

/** Marks the long integers of a policy, because the engine hands literals over as JSON numbers. */
export function markLongs(text: string): Marked | undefined {
  if (!/\d{16}/.test(text)) return undefined;
  let mark = 'long:';
  while (text.includes(mark)) mark = `~${mark}`;
  let found = false;
  const marked = text.replace(token, (word) => {
    if (!/^\d/.test(word) || Number.isSafeInteger(Number(word))) return word;
    found = true;
    return `"${mark}${word}"`;
  });
  return found ? { text: marked, mark } : undefined;
}

/** The place of a byte offset, as the engine counts them. */
export function placeOfByte(source: Source, start: number, byte: number): Place {
  const characters = Buffer.from(source.text.slice(start), 'utf8').subarray(0, byte).toString('utf8').length;
  return placeOf(source, start + characters);
}

/** The place of a character offset. */
export function placeOf(source: Source, offset: number): Place {
  const before = source.text.slice(0, offset);
  const line = before.split('\n').length;
  return { file: source.file, line, column: offset - before.lastIndexOf('\n') };
}
