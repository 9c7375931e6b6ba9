/** Which properties and items of one value were evaluated by the schemas applied to it so far (`unevaluatedProperties`, `unevaluatedItems`). */
export class Tracker {
  allProperties = false;
  allItems = false;
  /** So many items from the start were evaluated. */
  items = 0;
  readonly properties = new Set<string>();
  readonly indexes = new Set<number>();

  hasProperty(name: string): boolean {
    return this.allProperties || this.properties.has(name);
  }

  hasItem(index: number): boolean {
    return this.allItems || index < this.items || this.indexes.has(index);
  }

  prefix(count: number): void {
    if (count > this.items) this.items = count;
  }

  merge(other: Tracker): void {
    this.allProperties ||= other.allProperties;
    this.allItems ||= other.allItems;
    this.prefix(other.items);
    for (const name of other.properties) this.properties.add(name);
    for (const index of other.indexes) this.indexes.add(index);
  }
}
