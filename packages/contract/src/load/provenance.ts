import type { Location } from '../model.ts';
import { escapeToken, member, tokensOf } from './pointer.ts';

/**
 * Where the parts of a document that overlays changed came from. Kept per object, not per pointer, so that it stays
 * right when later actions move or remove things around it.
 */
export class Provenance {
  readonly #roots = new Map<string, unknown>();
  readonly #members = new WeakMap<object, Map<string, Location>>();
  readonly #indices = new WeakMap<object, number[]>();

  /** The changed document, whose locations `origin` translates. */
  root(document: string, value: unknown): void {
    this.#roots.set(document, value);
  }

  /** Says that a member of an object or array was written elsewhere. */
  set(parent: object, token: string, origin: Location): void {
    let members = this.#members.get(parent);
    if (members === undefined) this.#members.set(parent, (members = new Map()));
    members.set(token, origin);
  }

  /** Removes an array's item and remembers which items were there before. */
  removeItem(array: unknown[], index: number): void {
    const indices = this.#indices.get(array) ?? array.map((_, i) => i);
    indices.splice(index, 1);
    array.splice(index, 1);
    this.#indices.set(array, indices);
    const members = this.#members.get(array);
    if (members === undefined) return;
    const moved = new Map<string, Location>();
    for (const [token, origin] of members) {
      const at = Number(token);
      if (at !== index) moved.set(String(at > index ? at - 1 : at), origin);
    }
    this.#members.set(array, moved);
  }

  /** Forgets where a removed member came from. */
  removeMember(parent: object, token: string): void {
    this.#members.get(parent)?.delete(token);
  }

  /** Where a location's text stands. */
  origin(location: Location): Location {
    const root = this.#roots.get(location.document);
    if (root === undefined) return location;
    let value: unknown = root;
    let document = location.document;
    let pointer = '';
    for (const token of tokensOf(location.pointer)) {
      const container = typeof value === 'object' && value !== null ? value : undefined;
      const moved = container === undefined ? undefined : this.#members.get(container)?.get(token);
      if (moved !== undefined) ({ document, pointer } = moved);
      else {
        const before = container === undefined ? undefined : this.#indices.get(container)?.[Number(token)];
        pointer += `/${before ?? escapeToken(token)}`;
      }
      value = member(value, token);
    }
    return { document, pointer };
  }
}
