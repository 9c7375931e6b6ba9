import { type CharacterSet, complement, digit, lineTerminator, space, union, word } from './characters.ts';
import { empty, type Expression } from './syntax.ts';

/** Groups nested deeper than this are not analysed. */
const DEEPEST = 200;

/** Thrown for syntax that a matching engine knows and this parser does not; such a pattern is not analysed. */
export class Unsupported extends Error {}

/**
 * Parses a pattern that the JavaScript engine has accepted already.
 *
 * @param unicode whether it was accepted with the `u` flag; without, Annex B of ECMA-262 applies
 * @throws Unsupported
 */
export function parse(source: string, unicode: boolean): Expression {
  return new Parser(source, unicode).parse();
}

interface Escape {
  readonly set: CharacterSet;
  readonly property?: string | undefined;
  /** The one code point that it stands for, where it is no class. */
  readonly code?: number | undefined;
}

class Parser {
  readonly #source: string;
  readonly #unicode: boolean;
  readonly #named: boolean;
  readonly #groups: number;
  /** Groups that have ended, by number and by name. */
  readonly #ended = new Map<number | string, Expression>();
  #opened = 0;
  #at = 0;
  #depth = 0;

  constructor(source: string, unicode: boolean) {
    this.#source = source;
    this.#unicode = unicode;
    this.#named = unicode || source.includes('(?<');
    this.#groups = (source.match(/\((?!\?)|\(\?<[^=!]/g) ?? []).length;
  }

  parse(): Expression {
    const expression = this.#choice();
    if (this.#at < this.#source.length) throw new Unsupported('something is left over');
    return expression;
  }

  #choice(): Expression {
    if (++this.#depth > DEEPEST) throw new Unsupported('groups are nested too deeply');
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    this.#depth--;
    return items.length === 1 ? (items[0] ?? empty) : { kind: 'choice', items };
  }

  #sequence(): Expression {
    const items: Expression[] = [];
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')')
      items.push(this.#quantified(this.#atom()));
    return items.length === 1 ? (items[0] ?? empty) : { kind: 'sequence', items };
  }

  #quantified(item: Expression): Expression {
    let range: readonly [number, number] | undefined;
    if (this.#take('*')) range = [0, Infinity];
    else if (this.#take('+')) range = [1, Infinity];
    else if (this.#take('?')) range = [0, 1];
    else {
      const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 40));
      if (counted !== null) {
        this.#at += counted[0].length;
        const min = Number(counted[1]);
        range = [min, counted[2] === undefined ? min : counted[3] === '' ? Infinity : Number(counted[3])];
      }
    }
    if (range === undefined) return item;
    this.#take('?');
    if (range[0] === 1 && range[1] === 1) return item;
    return { kind: 'repeat', item, min: range[0], max: range[1] };
  }

  #atom(): Expression {
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'assertion', which: 'start' };
      case '$':
        return { kind: 'assertion', which: 'end' };
      case '(':
        return this.#group();
      case '.':
        return { kind: 'set', set: lineTerminator, properties: [], negated: true };
      case '[':
        return this.#characterClass();
      case '\\':
        return this.#atomEscape();
      default:
        return single(character.codePointAt(0) ?? 0);
    }
  }

  #group(): Expression {
    let behind: boolean | undefined;
    let captures = true;
    let name: string | undefined;
    if (this.#take('?')) {
      captures = false;
      if (this.#take('=') || this.#take('!')) behind = false;
      else if (this.#take('<=') || this.#take('<!')) behind = true;
      else if (this.#take('<')) {
        const end = this.#source.indexOf('>', this.#at);
        name = this.#source.slice(this.#at, end);
        captures = true;
        this.#at = end + 1;
      } else if (!this.#take(':')) throw new Unsupported('modifiers');
    }
    const number = captures ? ++this.#opened : 0;
    const item = this.#choice();
    if (!this.#take(')')) throw new Unsupported('a group does not end');
    if (captures) this.#ended.set(number, item);
    // Groups of one name may stand in alternatives; then nobody knows which one is meant.
    if (name !== undefined) this.#ended.set(name, this.#ended.has(name) ? anything : item);
    return behind === undefined ? item : { kind: 'look', item, behind };
  }

  #atomEscape(): Expression {
    const character = this.#peek();
    if (character === 'b' || character === 'B') {
      this.#at++;
      return { kind: 'assertion', which: character === 'b' ? 'boundary' : 'not-boundary' };
    }
    if (character === 'k' && this.#named) {
      const end = this.#source.indexOf('>', this.#at);
      const name = this.#source.slice(this.#at + 2, end);
      this.#at = end + 1;
      return { kind: 'backreference', item: this.#ended.get(name) };
    }
    const number = /^[1-9]\d*/.exec(this.#source.slice(this.#at, this.#at + 8))?.[0];
    if (number !== undefined && (this.#unicode || Number(number) <= this.#groups)) {
      this.#at += number.length;
      return { kind: 'backreference', item: this.#ended.get(Number(number)) };
    }
    const { set, property } = this.#escape(false);
    return { kind: 'set', set, properties: property === undefined ? [] : [property], negated: false };
  }

  #characterClass(): Expression {
    const negated = this.#take('^');
    const sets: CharacterSet[] = [];
    const properties: string[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.#source.length) throw new Unsupported('a class does not end');
      const from = this.#classAtom();
      if (from.property !== undefined) properties.push(from.property);
      if (this.#peek() === '-' && this.#source.charAt(this.#at + 1) !== ']' && this.#at + 1 < this.#source.length) {
        this.#at++;
        const to = this.#classAtom();
        if (to.property !== undefined) properties.push(to.property);
        if (from.code !== undefined && to.code !== undefined) sets.push([from.code, to.code]);
        else sets.push(from.set, to.set, [0x2d, 0x2d]);
      } else sets.push(from.set);
    }
    return { kind: 'set', set: union(...sets), properties, negated };
  }

  #classAtom(): Escape {
    const character = this.#next();
    if (character === '\\') return this.#escape(true);
    const code = character.codePointAt(0) ?? 0;
    return { set: [code, code], code };
  }

  #escape(inClass: boolean): Escape {
    const character = this.#next();
    const one = (code: number): Escape => ({ set: [code, code], code });
    switch (character) {
      case 'd':
        return { set: digit };
      case 'D':
        return { set: complement(digit) };
      case 'w':
        return { set: word };
      case 'W':
        return { set: complement(word) };
      case 's':
        return { set: space };
      case 'S':
        return { set: complement(space) };
      case 't':
        return one(9);
      case 'n':
        return one(10);
      case 'v':
        return one(11);
      case 'f':
        return one(12);
      case 'r':
        return one(13);
      case 'b':
        return one(8);
      case 'c':
        return this.#control(inClass);
      case 'x':
        return one(this.#hexadecimal(/^[0-9A-Fa-f]{2}/) ?? 0x78);
      case 'u':
        return one(this.#unicodeEscape());
      case 'p':
      case 'P': {
        if (!this.#unicode) return one(character.charCodeAt(0));
        const close = this.#source.indexOf('}', this.#at);
        const property = character + this.#source.slice(this.#at, close + 1);
        this.#at = close + 1;
        return { set: [], property };
      }
      default: {
        const octal = /^[0-7]{1,3}/.exec(this.#source.slice(this.#at - 1, this.#at + 2))?.[0];
        if (octal === undefined || (this.#unicode && octal !== '0')) return one(character.codePointAt(0) ?? 0);
        const digits = Number.parseInt(octal, 8) > 255 ? octal.slice(0, 2) : octal;
        this.#at += digits.length - 1;
        return one(Number.parseInt(digits, 8));
      }
    }
  }

  #control(inClass: boolean): Escape {
    const letter = this.#peek();
    const valid = /[A-Za-z]/.test(letter) || (inClass && !this.#unicode && /\w/.test(letter));
    // Annex B: `\c` without a control letter is a backslash, and the c is read again.
    if (!valid) {
      this.#at--;
      return { set: [0x5c, 0x5c], code: 0x5c };
    }
    this.#at++;
    const code = letter.charCodeAt(0) % 32;
    return { set: [code, code], code };
  }

  #unicodeEscape(): number {
    if (this.#unicode && this.#peek() === '{') {
      const close = this.#source.indexOf('}', this.#at);
      const code = Number.parseInt(this.#source.slice(this.#at + 1, close), 16);
      this.#at = close + 1;
      return code;
    }
    const high = this.#hexadecimal(/^[0-9A-Fa-f]{4}/);
    if (high === undefined) return 0x75;
    if (!this.#unicode || high < 0xd800 || high > 0xdbff) return high;
    const low = /^\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/.exec(this.#source.slice(this.#at, this.#at + 6))?.[1];
    if (low === undefined) return high;
    this.#at += 6;
    return ((high - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00) + 0x10000;
  }

  #hexadecimal(pattern: RegExp): number | undefined {
    const digits = pattern.exec(this.#source.slice(this.#at, this.#at + 4))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number.parseInt(digits, 16);
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #next(): string {
    const character = this.#unicode
      ? String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
      : this.#source.charAt(this.#at);
    this.#at += character.length;
    return character;
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

/** Any text. */
const anything: Expression = {
  kind: 'repeat',
  item: { kind: 'set', set: [0, 0x10ffff], properties: [], negated: false },
  min: 0,
  max: Infinity,
};

function single(code: number): Expression {
  return { kind: 'set', set: [code, code], properties: [], negated: false };
}
