import { compileSchema, compileUndocumented, type Contract, type Schema } from '@castellan/contract';
import type { BodyRecord, MismatchRecord } from '@castellan/guard/learn';
import { parentOf } from './look.ts';
import { representativeOf } from './representative.ts';

/** Keywords that a shape alone decides. */
const decided = new Set(['type', 'required', 'additionalProperties']);
const most = 100;

/** What of a recorded shape a schema does not name or take, at a place and below it. Of values nothing can be said. */
export function structural(
  contract: Contract,
  schema: Schema,
  direction: 'request' | 'response',
  body: BodyRecord,
  at: string,
): Pick<MismatchRecord, 'at' | 'keyword'>[] {
  const { value, pointers } = representativeOf(body.places);
  const places = new Map([...pointers].map(([place, pointer]) => [pointer, place]));
  const placeOf = (pointer: string): string => {
    const known = places.get(pointer);
    if (known !== undefined) return known;
    const [parent, token] = parentOf(pointer);
    return `${places.get(parent) ?? parent}/${token}`;
  };
  const issues = compileSchema(contract, schema, { direction })
    .explain(value, most)
    .filter(({ keyword }) => decided.has(keyword))
    .map(({ pointer, keyword }) => ({ at: placeOf(pointer), keyword }));
  const names = compileUndocumented(contract, schema, direction)
    .find(value, most)
    .map((pointer) => ({ at: placeOf(pointer), keyword: 'undocumented-property' }));
  const all = [...issues, ...names].filter((found) => found.at === at || found.at.startsWith(`${at}/`));
  return all.filter(
    (one, index) => all.findIndex((other) => other.at === one.at && other.keyword === one.keyword) === index,
  );
}
