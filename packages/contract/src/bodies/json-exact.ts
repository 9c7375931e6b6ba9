import type { BodyLimits, Issue } from '../compiled.ts';
import { exactNumber } from '../parameters/number.ts';
import { pointerToken, Refused } from '../parameters/refused.ts';

/** The whole of what is accepted as JSON. Slower than JSON.parse; runs where that cannot decide, and says what is wrong. */
export function parseJsonExactly(
  text: string,
  limits: BodyLimits,
): { readonly value: unknown } | { readonly issues: Issue[] } {
  return new ExactParser(text, limits).parse();
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

const escapes: Readonly<Record<string, string>> = Object.freeze({
  __proto__: null,
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
} as unknown as Record<string, string>);

class ExactParser {
  private readonly text: string;
  private readonly limits: BodyLimits;
  private readonly path: (string | number)[] = [];
  private at = 0;
  private nodes = 0;
  private depth = 0;

  constructor(text: string, limits: BodyLimits) {
    this.text = text;
    this.limits = limits;
  }

  parse(): { readonly value: unknown } | { readonly issues: Issue[] } {
    try {
      this.space();
      const value = this.value();
      this.space();
      if (this.at < this.text.length) this.unexpected();
      return { value };
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      return { issues: [error.refused.issue(this.path.map((token) => `/${pointerToken(String(token))}`).join(''))] };
    }
  }

  private value(): unknown {
    if (++this.nodes > this.limits.maxNodes) throw new NotAccepted(tooManyNodes);
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.enter();
    if (this.text[this.at] === '}') return this.leave(object);
    for (;;) {
      if (this.text[this.at] !== '"') this.unexpected();
      const key = this.string();
      this.path.push(key);
      if (key === '__proto__') throw new NotAccepted(forbidden);
      if (Object.hasOwn(object, key)) throw new NotAccepted(duplicate);
      this.space();
      if (this.text[this.at] !== ':') this.unexpected();
      this.at++;
      this.space();
      object[key] = this.value();
      this.path.pop();
      this.space();
      const next = this.text[this.at];
      if (next === '}') return this.leave(object);
      if (next !== ',') this.unexpected();
      this.at++;
      this.space();
    }
  }

  private array(): unknown[] {
    const array: unknown[] = [];
    this.enter();
    if (this.text[this.at] === ']') return this.leave(array);
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      this.space();
      const next = this.text[this.at];
      if (next === ']') return this.leave(array);
      if (next !== ',') this.unexpected();
      this.at++;
      this.space();
    }
  }

  private enter(): void {
    if (++this.depth > this.limits.maxDepth)
      throw new NotAccepted(
        new Refused('depth', `is nested more than ${this.limits.maxDepth} levels deep`, 'send fewer levels'),
      );
    this.at++;
    this.space();
  }

  private leave<Container>(container: Container): Container {
    this.depth--;
    this.at++;
    return container;
  }

  private string(): string {
    const { text } = this;
    const start = ++this.at;
    let result = '';
    let from = start;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (Number.isNaN(code) || code < 0x20) this.unexpected();
      if (code === 0x5c) {
        result += text.slice(from, this.at) + this.escape();
        from = this.at;
      } else {
        this.at++;
      }
    }
    result += text.slice(from, this.at);
    this.at++;
    if (result.length > this.limits.maxString) throw new NotAccepted(tooLong);
    if (!result.isWellFormed()) throw new NotAccepted(surrogate);
    return result;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    if (letter === 'u') {
      const hex = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.unexpected();
      this.at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const character = escapes[letter];
    if (character === undefined) return this.unexpected();
    this.at += 2;
    return character;
  }

  private number(): number | bigint {
    number.lastIndex = this.at;
    const literal = number.exec(this.text)?.[0];
    if (literal === undefined) return this.unexpected();
    this.at += literal.length;
    const value = exactNumber(literal);
    if (value instanceof Refused) throw new NotAccepted(value);
    return value;
  }

  private word<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) this.unexpected();
    this.at += word.length;
    return value;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private unexpected(): never {
    const ended = this.at >= this.text.length;
    throw new NotAccepted(
      new Refused(
        'json',
        ended ? 'is JSON that ends too early' : `is not JSON at character ${this.at + 1}`,
        'send JSON as RFC 8259 defines it',
      ),
    );
  }
}

/** Ends the recursion; caught in `parse`. */
class NotAccepted extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}

const tooManyNodes = new Refused('nodes', 'has more values than are accepted', 'send fewer');
const tooLong = new Refused('too-long', 'has a string that is longer than is accepted', 'send a shorter one');
const surrogate = new Refused(
  'surrogate',
  'has half of a surrogate pair',
  'escape characters beyond U+FFFF as two \\u units, or send them as UTF-8',
);
const forbidden = new Refused('forbidden-name', 'uses a name that no property may have', 'use another name');
const duplicate = new Refused('duplicate-key', 'is given more than once', 'give each property once');
