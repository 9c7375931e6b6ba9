import { LineIndex } from './position.ts';
import type { TextPositions } from './positions.ts';

/** Offsets of one member: where its key (or, in an array, its value) starts, and where its value starts. */
interface Member {
  readonly key: number;
  readonly value: number;
}

/**
 * Positions in a JSON text. Each object or array on the way is scanned once and its members' offsets are kept, so that
 * many questions about one document cost about as much as one.
 */
export class JsonPositions implements TextPositions {
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #members = new Map<number, ReadonlyMap<string, Member>>();

  constructor(bytes: Uint8Array) {
    this.#text = new TextDecoder().decode(bytes);
    this.#lines = new LineIndex(this.#text);
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
        const end = this.#endOfString(at);
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
    if (text[at] === '"') return this.#endOfString(at);
    if (text[at] !== '{' && text[at] !== '[') {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++;
      return at;
    }
    let depth = 0;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) at = this.#endOfString(at) - 1;
      else if (code === 123 || code === 91) depth++;
      else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
    }
    return at;
  }

  /** After the closing quote. */
  #endOfString(at: number): number {
    const text = this.#text;
    for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
      let escapes = 0;
      while (text.charCodeAt(end - 1 - escapes) === 92) escapes++;
      if (escapes % 2 === 0) return end + 1;
    }
    return text.length;
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
