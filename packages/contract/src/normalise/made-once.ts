import type { Located } from '../model.ts';

/** What was made of nodes that several places refer to: made once, and shared by all of them. */
export class MadeOnce<T> {
  readonly #known = new WeakMap<object, { readonly location: Located['location']; readonly made: T }>();

  of(node: Located, make: () => T): T {
    const { value, location } = node;
    if (typeof value !== 'object' || value === null) return make();
    const known = this.#known.get(value);
    // One object may stand at several places, where a YAML alias repeats it.
    if (known?.location.pointer === location.pointer && known.location.document === location.document)
      return known.made;
    const made = make();
    this.#known.set(value, { location, made });
    return made;
  }
}
