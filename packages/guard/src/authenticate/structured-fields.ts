/** A bare item of RFC 9651: string, token, integer, decimal, boolean, byte sequence. */
export type BareItem =
  | { readonly type: 'string' | 'token'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'bytes'; readonly value: Buffer };

export interface Item {
  readonly item: BareItem;
  readonly parameters: ReadonlyMap<string, BareItem>;
}

export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: ReadonlyMap<string, BareItem>;
  /** The text of the list with its parameters, as it was written. */
  readonly text: string;
}

const maxLength = 8192;
const maxMembers = 64;

/**
 * Parses a dictionary (RFC 9651 section 4.2.2), as `Signature-Input`, `Signature` and `Content-Digest` are.
 * @returns undefined where it is none, names a member twice, or is longer than 8 KiB
 */
export function parseDictionary(text: string): ReadonlyMap<string, Item | InnerList> | undefined {
  if (text.length > maxLength) return undefined;
  const reader = new Reader(text);
  const members = new Map<string, Item | InnerList>();
  reader.spaces();
  while (!reader.atEnd) {
    const key = reader.take(/[a-z*][a-z0-9_.*-]*/y);
    // RFC 9651 lets the last of two members win; other parsers keep the first.
    if (key === undefined || members.has(key) || members.size >= maxMembers) return undefined;
    if (!reader.eat('=')) return undefined;
    const member = reader.peek('(') ? reader.innerList() : reader.item();
    if (member === undefined) return undefined;
    members.set(key, member);
    reader.optionalSpaces();
    if (reader.atEnd) return members;
    if (!reader.eat(',')) return undefined;
    reader.optionalSpaces();
    if (reader.atEnd) return undefined;
  }
  return members;
}

/**
 * Parses a list of items (RFC 9651 section 4.2.1), as `Client-Cert-Chain` is. An item alone is a list of one.
 * @param limit characters
 * @returns undefined where it is none, or is longer than `limit`
 */
export function parseList(text: string, limit: number = maxLength): readonly Item[] | undefined {
  if (text.length > limit) return undefined;
  const reader = new Reader(text);
  const members: Item[] = [];
  reader.spaces();
  while (!reader.atEnd) {
    const member = reader.item();
    if (member === undefined || members.length >= maxMembers) return undefined;
    members.push(member);
    reader.optionalSpaces();
    if (reader.atEnd) return members;
    if (!reader.eat(',')) return undefined;
    reader.optionalSpaces();
    if (reader.atEnd) return undefined;
  }
  return members;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  eat(character: string): boolean {
    if (!this.peek(character)) return false;
    this.#at += 1;
    return true;
  }

  /** @param pattern sticky */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  spaces(): void {
    this.take(/ */y);
  }

  optionalSpaces(): void {
    this.take(/[ \t]*/y);
  }

  innerList(): InnerList | undefined {
    const start = this.#at;
    if (!this.eat('(')) return undefined;
    const items: Item[] = [];
    this.spaces();
    while (!this.eat(')')) {
      const item = this.item();
      if (item === undefined || items.length >= maxMembers) return undefined;
      items.push(item);
      if (!this.peek(' ') && !this.peek(')')) return undefined;
      this.spaces();
    }
    const parameters = this.#parameters();
    if (parameters === undefined) return undefined;
    return { items, parameters, text: this.#text.slice(start, this.#at) };
  }

  item(): Item | undefined {
    const item = this.#bare();
    const parameters = item === undefined ? undefined : this.#parameters();
    return item === undefined || parameters === undefined ? undefined : { item, parameters };
  }

  #parameters(): ReadonlyMap<string, BareItem> | undefined {
    const parameters = new Map<string, BareItem>();
    while (this.eat(';')) {
      this.spaces();
      const key = this.take(/[a-z*][a-z0-9_.*-]*/y);
      if (key === undefined || parameters.has(key) || parameters.size >= maxMembers) return undefined;
      const value: BareItem | undefined = this.eat('=') ? this.#bare() : { type: 'boolean', value: true };
      if (value === undefined) return undefined;
      parameters.set(key, value);
    }
    return parameters;
  }

  #bare(): BareItem | undefined {
    const string = this.take(/"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y);
    if (string !== undefined) return { type: 'string', value: string.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') };
    const bytes = this.take(/:[A-Za-z0-9+/]*={0,2}:/y);
    if (bytes !== undefined) {
      // One letter more than whole bytes need (RFC 4648 section 4): other parsers refuse it.
      if (bytes.replaceAll(/[:=]/g, '').length % 4 === 1) return undefined;
      return { type: 'bytes', value: Buffer.from(bytes.slice(1, -1), 'base64') };
    }
    const number = this.take(/-?\d{1,12}\.\d{1,3}|-?\d{1,15}/y);
    if (number !== undefined) return { type: 'number', value: Number(number) };
    const boolean = this.take(/\?[01]/y);
    if (boolean !== undefined) return { type: 'boolean', value: boolean === '?1' };
    const token = this.take(/[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y);
    return token === undefined ? undefined : { type: 'token', value: token };
  }
}
