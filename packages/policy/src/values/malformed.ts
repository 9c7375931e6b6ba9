import { CastellanError } from '@castellan/contract';

/** What is wrong with a part of a request; the way to it is added while it passes outwards. */
export class Malformed {
  readonly message: string;
  readonly mend: string;
  readonly #path: string[] = [];

  constructor(message: string, mend = 'send the form that cedar-wasm takes') {
    this.message = message;
    this.mend = mend;
  }

  /** Says that it happened in the part of this name. */
  within(name: string): this {
    this.#path.unshift(name);
    return this;
  }

  /** The refusal of the whole request. */
  error(): CastellanError {
    const where = this.#path.length === 0 ? '' : `${this.#path.join('.')}: `;
    return new CastellanError({ code: 'bad-request', message: `${where}${this.message}`, mend: this.mend });
  }
}

/** Reads a part; what is wrong with it is said to be in it. */
export function part<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Malformed ? error.within(name) : error;
  }
}

/** Reads a whole request; what is wrong with it becomes a CastellanError `bad-request`. */
export function whole<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Malformed ? error.error() : error;
  }
}
