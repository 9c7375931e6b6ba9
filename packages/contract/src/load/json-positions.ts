import { LineIndex } from './position.ts';
import type { TextPositions } from './positions.ts';
import { structural } from './scan-json.ts';

/** Offsets of one member: where its key (or, in an array, its value) starts, and where its value starts. */
interface Member {
  readonly key: number;
  readonly value: number;
}

/**
 * Positions in a JSON text. One pass finds where every object and array ends; each of them on the way is then looked through
 * once and its members' offsets are kept, so that many questions about one document cost about as much as one.
 */
export class JsonPositions implements TextPositions {
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #members = new Map<number, ReadonlyMap<string, Member>>();
  readonly #containers: Containers;

  constructor(bytes: Uint8Array) {
    this.#text = new TextDecoder().decode(bytes);
    this.#lines = new LineIndex(this.#text);
    this.#containers = containersOf(this.#text);
  }

  at(tokens: readonly string[], key: boolean): { readonly line: number; readonly column: number } {
    let offset = this.#skipSpace(0);
    let shown = offset;
    for (const token of tokens) {
      const member = this.#membersAt(offset).get(token);
      if (member === undefined) break;
      offset = member.value;
      shown = key ? member.key : member.value;
    }
    return this.#lines.at(shown);
  }

  #membersAt(offset: number): ReadonlyMap<string, Member> {
    let members = this.#members.get(offset);
    if (members === undefined) {
      members = this.#scan(offset);
      this.#members.set(offset, members);
    }
    return members;
  }

  #scan(offset: number): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    const text = this.#text;
    const array = text[offset] === '[';
    if (!array && text[offset] !== '{') return members;
    let at = this.#skipSpace(offset + 1);
    for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index++) {
      const key = at;
      let name = String(index);
      if (!array) {
        const end = endOfString(text, at);
        name = unquote(text.slice(at, end));
        at = this.#skipSpace(this.#skipSpace(end) + 1);
      }
      // The last of two equal keys counts, as in JSON.parse.
      members.set(name, { key, value: at });
      at = this.#skipSpace(this.#endOfValue(at));
      if (text[at] === ',') at = this.#skipSpace(at + 1);
    }
    return members;
  }

  #endOfValue(at: number): number {
    const text = this.#text;
    if (text[at] === '"') return endOfString(text, at);
    if (text[at] !== '{' && text[at] !== '[') {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++;
      return at;
    }
    return this.#containers.end(at);
  }

  #skipSpace(at: number): number {
    const text = this.#text;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9 && code !== 0xfeff) break;
    }
    return at;
  }
}

function unquote(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** After the closing quote. */
function endOfString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 92) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Where the objects and arrays of a text start, ascending, and where each ends. */
class Containers {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #length: number;

  constructor(starts: readonly number[], ends: readonly number[], length: number) {
    this.#starts = Int32Array.from(starts);
    this.#ends = Int32Array.from(ends);
    this.#length = length;
  }

  /** After the bracket that closes the one at an offset; the text's length where none does. */
  end(start: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] === start ? (this.#ends[low] ?? this.#length) : this.#length;
  }
}

function containersOf(text: string): Containers {
  const starts: number[] = [];
  const ends: number[] = [];
  const open: number[] = [];
  for (let at = structural(text, 0); at < text.length; at = structural(text, at + 1)) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code === 123 || code === 91) {
      open.push(starts.length);
      starts.push(at);
      ends.push(text.length);
    } else {
      const closed = open.pop();
      if (closed !== undefined) ends[closed] = at + 1;
    }
  }
  return new Containers(starts, ends, text.length);
}
