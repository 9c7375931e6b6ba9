import type { Direction } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import { fuel, OutOfFuel, RESPONSE_FUEL } from '../schema/fuel.ts';
import { escapePointer, type References, type SchemaSource } from '../schema/index.ts';
import { type Place, Places } from './place.ts';

/** What the removal took out. */
export interface Removed {
  readonly count: number;
  /** Where the removed properties stood, as RFC 6901 pointers; the first 100. */
  readonly pointers: readonly string[];
}

/** The properties of a value that no schema which holds for it names (OWASP API3:2023). */
export interface Undocumented {
  /** Whether there are any. */
  in(value: unknown): boolean;
  /** Where they are, as RFC 6901 pointers. */
  find(value: unknown, limit?: number): string[];
  /**
   * Takes them out, in place.
   * @throws RangeError where the value is too deep or takes too long to tell
   */
  remove(value: unknown): Removed;
}

const byReferences = new WeakMap<References, Map<Direction, Places>>();

/**
 * Compiles the search for undocumented properties.
 *
 * A property is documented where a schema that is applied to its object and holds names it: in `properties`, by
 * `patternProperties`, or by `additionalProperties` or `unevaluatedProperties` that is `true` or a schema. An object of
 * which no schema says anything is free, as is one whose alternative says only `type: object`. `readOnly` properties of
 * requests and `writeOnly` ones of responses count as undocumented.
 */
export function compileUndocumented(source: SchemaSource, schema: Schema, direction: Direction): Undocumented {
  let places = byReferences.get(source.references)?.get(direction);
  if (places === undefined) {
    places = new Places(compilerOf(source.references, { direction }));
    const known = byReferences.get(source.references) ?? new Map<Direction, Places>();
    byReferences.set(source.references, known.set(direction, places));
  }
  const book = places;
  const budget = (): number => (direction === 'request' ? fuel.request : RESPONSE_FUEL);
  let root: Place | undefined | 'later' = 'later';
  const at = (): Place | undefined => {
    if (root === 'later') root = book.of([book.compiler.nodes.at(schema)]);
    return root;
  };
  return {
    in(value) {
      const place = at();
      if (place === undefined) return false;
      fuel.left = budget();
      try {
        return has(place, value);
      } catch (error) {
        // Deeper than the stack, or more than a check may take: nobody can say that all of it is documented.
        if (error instanceof RangeError || error instanceof OutOfFuel) return true;
        throw error;
      }
    },
    find(value, limit = 20) {
      const place = at();
      const pointers: string[] = [];
      if (place === undefined) return pointers;
      fuel.left = budget();
      try {
        walk(place, value, '', (_, __, pointer) => pointers.length < limit && pointers.push(pointer));
      } catch (error) {
        if (!(error instanceof RangeError || error instanceof OutOfFuel)) throw error;
        if (pointers.length === 0) pointers.push('');
      }
      return pointers;
    },
    remove(value) {
      const place = at();
      const pointers: string[] = [];
      let count = 0;
      if (place === undefined) return { count, pointers };
      fuel.left = budget();
      try {
        walk(place, value, '', (object, name, pointer) => {
          delete object[name];
          if (++count <= 100) pointers.push(pointer);
        });
      } catch (error) {
        throw error instanceof OutOfFuel
          ? new RangeError('the value takes too long to check', { cause: error })
          : error;
      }
      return { count, pointers };
    },
  };
}

type Properties = Record<string, unknown>;

/** The way that every answer takes: no pointers, and an end at the first find. */
function has(place: Place, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const form = place.form(value);
  if (Array.isArray(value)) {
    const { items, prefixItems } = form;
    if (items === undefined && prefixItems.length === 0) return false;
    for (let index = 0; index < value.length; index++) {
      const item = index < prefixItems.length ? prefixItems[index] : items;
      if (item !== undefined && has(item, value[index])) return true;
    }
    return false;
  }
  const { known } = form;
  for (const name in value) {
    let inner = known.get(name);
    if (inner === undefined) {
      if (known.has(name)) continue;
      const other = otherPlace(form, name);
      if (other === 'free') continue;
      inner = other;
    }
    const content = (value as Properties)[name];
    if (inner === 'refused') {
      if (content === undefined) continue;
      return true;
    }
    if (typeof content === 'object' && content !== null && has(inner, content)) return true;
  }
  return false;
}

function walk(
  place: Place,
  value: unknown,
  pointer: string,
  found: (object: Properties, name: string, pointer: string) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  const form = place.form(value);
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      const inner = index < form.prefixItems.length ? form.prefixItems[index] : form.items;
      if (inner !== undefined) walk(inner, item, `${pointer}/${index}`, found);
    });
    return;
  }
  const object = value as Properties;
  for (const name of Object.keys(object)) {
    const below = `${pointer}/${escapePointer(name.length > 100 ? name.slice(0, 100) : name)}`;
    const inner = form.known.has(name) ? (form.known.get(name) ?? 'free') : otherPlace(form, name);
    if (inner === 'refused') {
      if (object[name] !== undefined) found(object, name, below);
    } else if (inner !== 'free') walk(inner, object[name], below, found);
  }
}

function otherPlace(form: ReturnType<Place['form']>, name: string): Place | 'free' | 'refused' {
  for (const { pattern, place } of form.patterns) if (pattern.test(name)) return place ?? 'free';
  return form.rest;
}
