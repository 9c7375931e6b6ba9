import { Composite, keyOf, equal, show, type Value } from './value.ts';

/** A Cedar record. Names are any text, `__proto__` included. */
export class CedarRecord extends Composite {
  static readonly empty: CedarRecord = new CedarRecord([], []);
  readonly #names: readonly string[];
  readonly #values: readonly Value[];
  /** Only for records too large to look through. */
  #byName: ReadonlyMap<string, Value> | undefined;

  /** @param names without repetition, each with the value at the same position */
  constructor(names: readonly string[], values: readonly Value[]) {
    super();
    this.#names = names;
    this.#values = values;
  }

  get typeName(): string {
    return 'record';
  }

  /** The value of an attribute; `undefined` when there is none. */
  get(name: string): Value | undefined {
    const names = this.#names;
    if (names.length > 8) return (this.#byName ??= new Map(this.entries())).get(name);
    for (let i = 0; i < names.length; i++) if (names[i] === name) return this.#values[i];
    return undefined;
  }

  /** All attributes. */
  entries(): readonly (readonly [name: string, value: Value])[] {
    return this.#values.map((value, index) => [this.#names[index] ?? '', value]);
  }

  equals(other: Value): boolean {
    if (!(other instanceof CedarRecord)) return false;
    const mine = this.entries();
    if (mine.length !== other.entries().length) return false;
    for (const [name, value] of mine) {
      const that = other.get(name);
      if (that === undefined || !equal(value, that)) return false;
    }
    return true;
  }

  key(): string {
    const parts = this.entries().map(([name, value]) => `${JSON.stringify(name)}:${keyOf(value)}`);
    return `{${parts.sort().join()}}`;
  }

  override toString(): string {
    return `{${this.entries()
      .map(([name, value]) => `${JSON.stringify(name)}: ${show(value)}`)
      .join(', ')}}`;
  }
}
