import { Composite, keyOf, equal, show, type Value } from './value.ts';

/** A Cedar record. Names are any text, `__proto__` included. */
export class CedarRecord extends Composite {
  static readonly empty: CedarRecord = new CedarRecord(new Map());
  protected readonly fields: Map<string, Value>;

  constructor(fields: Map<string, Value>) {
    super();
    this.fields = fields;
  }

  get typeName(): string {
    return 'record';
  }

  /** The value of an attribute; `undefined` when there is none. */
  get(name: string): Value | undefined {
    return this.fields.get(name);
  }

  /** All attributes. */
  entries(): ReadonlyMap<string, Value> {
    return this.fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof CedarRecord)) return false;
    const mine = this.entries();
    const theirs = other.entries();
    if (mine.size !== theirs.size) return false;
    for (const [name, value] of mine) {
      const that = theirs.get(name);
      if (that === undefined || !equal(value, that)) return false;
    }
    return true;
  }

  key(): string {
    const parts: string[] = [];
    for (const [name, value] of this.entries()) parts.push(`${JSON.stringify(name)}:${keyOf(value)}`);
    return `{${parts.sort().join()}}`;
  }

  override toString(): string {
    return `{${[...this.entries()].map(([name, value]) => `${JSON.stringify(name)}: ${show(value)}`).join(', ')}}`;
  }
}
