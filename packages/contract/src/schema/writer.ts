/** What nothing from a document ever reaches as text: values become constants of the generated function. */
export class Writer {
  readonly constants: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  readonly #hoisted: string[] = [];
  #lines: string[] = [];
  #fresh = 0;
  /** Characters written so far: big functions are not optimised by the engine, so they are split. */
  size = 0;

  line(code: string): void {
    this.#lines.push(code);
    this.size += code.length;
  }

  /** A name that is used nowhere else in this function. */
  fresh(prefix: string): string {
    return `${prefix}${++this.#fresh}`;
  }

  /** Makes a value available to the function and gives the name under which it is. */
  constant(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `c${this.constants.push(value) - 1}`;
    this.#names.set(value, name);
    return name;
  }

  /** What `write` writes, taken out of the text. */
  capture(write: () => void): string {
    const before = this.#lines;
    this.#lines = [];
    try {
      write();
      return this.#lines.join('\n');
    } finally {
      this.#lines = before;
    }
  }

  /** Puts a whole function of its own before the one that is being written. */
  hoist(code: string): void {
    this.#hoisted.push(code);
  }

  /** Turns the text into a function of these parameters. */
  build(parameters: string): unknown {
    const names = this.constants.map((_, index) => `c${index}`);
    const make = new Function(
      ...names,
      `"use strict";\n${this.#hoisted.join('\n')}\nreturn function (${parameters}) {\n${this.#lines.join('\n')}\n};`,
    ) as (...constants: unknown[]) => unknown;
    return make(...this.constants);
  }
}

/** A string literal. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** A number literal, exact. */
export function numeral(value: number | bigint): string {
  return typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '0' : String(value);
}

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Reads an own property of the object in the variable `object`; names that every object inherits are asked for explicitly. */
export function read(object: string, name: string): string {
  const access = IDENTIFIER.test(name) ? `${object}.${name}` : `${object}[${literal(name)}]`;
  return name in Object.prototype
    ? `(Object.hasOwn(${object}, ${literal(name)}) ? ${object}[${literal(name)}] : undefined)`
    : access;
}
