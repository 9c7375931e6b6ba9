import { subschemasOf } from '@castellan/contract';
import type { JsonSchema } from './reader.ts';

/** Levels that are looked through. */
const deepest = 4;

/**
 * Where an option of this name stands within an object, the nearest place of several: `apis[].bans`.
 * @returns undefined where there is none
 */
export function placeWithin(schema: JsonSchema, name: string): string | undefined {
  let level: (readonly [path: string, schema: JsonSchema])[] = [['', schema]];
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: (readonly [string, JsonSchema])[] = [];
    for (const [path, raw] of level)
      for (const { place, key, raw: inner } of subschemasOf(raw)) {
        if (place === 'property' && key === name && path !== '') return `${path}.${name}`;
        if (place === 'property') next.push([path === '' ? (key ?? '') : `${path}.${key}`, inner]);
        // A list of one form, or one of it: both are written alike here.
        if (place === 'item' && path !== '') next.push([path.endsWith('[]') ? path : `${path}[]`, inner]);
        if (place === 'value') next.push([path, inner]);
      }
    level = next;
  }
  return undefined;
}
