import type { Direction } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import { fuel, OutOfFuel } from '../schema/fuel.ts';
import type { SchemaSource } from '../schema/index.ts';
import { type Form, type Place, Places } from './place.ts';

/**
 * How the name of a property stands to the schemas of its object: it is `named` by one, it is a key of a `map`
 * (`additionalProperties`, `patternProperties`), it is `undocumented`, or no schema says anything of the object (`free`).
 */
export type Naming = 'named' | 'map' | 'undocumented' | 'free';

/** What schemas say of the names in one value. */
export interface NamedValue {
  property(name: string): { readonly naming: Naming; readonly below: NamedPlace | undefined };
  item(index: number): NamedPlace | undefined;
}

/** Where a value stands. */
export interface NamedPlace {
  /** @param value decides which alternatives count */
  of(value: object): NamedValue;
}

/**
 * Compiles what a schema says of the names in a value, place by place, for whoever walks values itself.
 * @returns the place of the whole value, asked for once per value; undefined where the schema describes neither properties nor items
 */
export function compileNames(source: SchemaSource, schema: Schema, direction: Direction): () => NamedPlace | undefined {
  const places = new Places(compilerOf(source.references, { direction }));
  let root: Place | undefined | 'later' = 'later';
  return () => {
    if (root === 'later') root = places.of([places.compiler.nodes.at(schema)]);
    fuel.left = fuel.request;
    return placed(root);
  };
}

const free = { naming: 'free', below: undefined } as const;
const unknown: NamedValue = { property: () => free, item: () => undefined };

function placed(place: Place | undefined): NamedPlace | undefined {
  return place === undefined ? undefined : { of: (value) => named(place, value) };
}

function named(place: Place, value: object): NamedValue {
  let form: Form;
  try {
    form = place.form(value);
  } catch (error) {
    // Nobody can say which alternative it is in the time there is.
    if (error instanceof OutOfFuel || error instanceof RangeError) return unknown;
    throw error;
  }
  return {
    property(name) {
      if (form.known.has(name)) {
        const inner = form.known.get(name);
        return inner === 'refused'
          ? { naming: 'undocumented', below: undefined }
          : { naming: 'named', below: placed(inner) };
      }
      for (const { pattern, place: inner } of form.patterns)
        if (pattern.test(name)) return { naming: 'map', below: placed(inner) };
      if (form.rest === 'refused') return { naming: 'undocumented', below: undefined };
      if (form.rest === 'free') return form.keyed ? { naming: 'map', below: undefined } : free;
      return { naming: 'map', below: placed(form.rest) };
    },
    item: (index) => placed(index < form.prefixItems.length ? form.prefixItems[index] : form.items),
  };
}
