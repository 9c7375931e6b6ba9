import { Composite, keyOf, show, type Value } from './value.ts';

/** A Cedar set: no order, no duplicates, elements of any types. */
export class CedarSet extends Composite {
  readonly #elements: ReadonlyMap<Value, Value>;

  constructor(elements: Iterable<Value>) {
    super();
    const unique = new Map<Value, Value>();
    for (const element of elements) unique.set(lookupKey(element), element);
    this.#elements = unique;
  }

  get typeName(): string {
    return 'set';
  }

  get size(): number {
    return this.#elements.size;
  }

  has(value: Value): boolean {
    return this.#elements.has(lookupKey(value));
  }

  /** Whether every element of `other` is in this set. */
  hasAll(other: CedarSet): boolean {
    if (other.size > this.size) return false;
    for (const key of other.#elements.keys()) if (!this.#elements.has(key)) return false;
    return true;
  }

  /** Whether some element of `other` is in this set. */
  hasAny(other: CedarSet): boolean {
    const [small, large] = other.size < this.size ? [other, this] : [this, other];
    for (const key of small.#elements.keys()) if (large.#elements.has(key)) return true;
    return false;
  }

  values(): IterableIterator<Value> {
    return this.#elements.values();
  }

  equals(other: Value): boolean {
    return other instanceof CedarSet && other.size === this.size && this.hasAll(other);
  }

  key(): string {
    return `[${[...this.values()].map(keyOf).sort().join()}]`;
  }

  override toString(): string {
    return `[${[...this.values()].map(show).join(', ')}]`;
  }
}

/**
 * What a value is found by. Composite values become text; texts get a mark of their own where they could be taken for
 * such a key (keys never start with a quote or a space).
 */
function lookupKey(value: Value): Value {
  if (typeof value === 'object') return value.key();
  if (typeof value === 'string') return `"${value}`;
  return value;
}
