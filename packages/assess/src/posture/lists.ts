import { subschemasOf, type Contract, type Operation } from '@castellan/contract';
import { follow, type SchemaNode } from './constraint.ts';
import { isJsonType, nodeOf, successes } from './bodies.ts';
import type { Raw } from './fields.ts';
import { wordsOf } from '@castellan/meaning';

/** Names under which an envelope holds its list, or what holds the list. */
const LISTS =
  /^(?:items|data|results?|entries|records|rows|values|elements|content|list|hits|response|payload|_?embedded|collection|nodes|edges|resources|objects|members|body)$/i;
/** Words of what an envelope says beside its list. */
const BESIDE =
  /^(?:total|totals|count|counts|size|limit|offset|page|pages|paging|pagination|per|number|next|previous|prev|first|last|cursor|cursors|token|has|more|self|links?|meta|metadata|info|status|code|message|success|ok|error|errors|type|object|kind|url|href|etag|version|request|id|time|timestamp|start|end|after|before|current|left|remaining|is|truncated)$/;
const DEEPEST = 6;
/** Objects inside an entry count to this depth. */
const INSIDE = 3;

const known = new WeakMap<Operation, ReadonlySet<Raw>>();

/**
 * The objects of which a successful JSON answer holds one for each entry of its list, with those inside an entry: the
 * answer is the list, or an envelope around it. A list that one object holds beside other properties is none.
 */
export function listedObjects(contract: Contract, operation: Operation): ReadonlySet<Raw> {
  let found = known.get(operation);
  if (found !== undefined) return found;
  const objects = new Set<Raw>();
  for (const response of successes(operation))
    for (const media of response.content) {
      const node = isJsonType(media.type) ? nodeOf(media) : undefined;
      if (node !== undefined) envelope(contract, node, objects, new Set(), 0);
      if (media.itemSchema !== undefined) {
        const item = nodeOf({ ...media, schema: media.itemSchema });
        if (item !== undefined) entry(contract, item, objects, 0);
      }
    }
  known.set(operation, (found = objects));
  return found;
}

/** Looks for the list in what may be its envelope. */
function envelope(contract: Contract, node: SchemaNode, objects: Set<Raw>, seen: Set<Raw>, depth: number): void {
  const target = follow(contract, node);
  if (target === undefined || seen.has(target.raw) || depth > DEEPEST) return;
  seen.add(target.raw);
  const inside = partsOf(target);
  for (const { place, node: part } of inside) {
    if (place === 'item' || place === 'position') entry(contract, part, objects, 0);
    else if (place === 'value') envelope(contract, part, objects, seen, depth + 1);
  }
  const properties = inside.filter(({ place }) => place === 'property');
  // A map from ids to objects is a list as well.
  if (properties.length === 0)
    for (const { place, node: part } of inside)
      if (place === 'others' || place === 'pattern') entry(contract, part, objects, 0);
  const others = properties.filter(({ key, node: part }) => isList(contract, part) || !isBeside(key));
  for (const { key, node: part } of properties)
    if (LISTS.test(key) || (others.length === 1 && others[0]?.node === part && !isBeside(key)))
      envelope(contract, part, objects, seen, depth + 1);
}

/** An entry of the list and the objects in it. */
function entry(contract: Contract, node: SchemaNode, objects: Set<Raw>, depth: number): void {
  const target = follow(contract, node);
  if (target === undefined || objects.has(target.raw) || depth > INSIDE) return;
  objects.add(target.raw);
  for (const { place, node: part } of partsOf(target))
    entry(contract, part, objects, depth + (place === 'value' ? 0 : 1));
}

function partsOf(target: SchemaNode) {
  return subschemasOf(target.raw)
    .filter(({ place }) => place !== 'excluded' && place !== 'name' && place !== 'text' && place !== 'definition')
    .map(({ key, place, raw, pointer }) => ({
      key: key ?? '',
      place,
      node: { raw, location: { document: target.location.document, pointer: target.location.pointer + pointer } },
    }));
}

function isList(contract: Contract, node: SchemaNode): boolean {
  const raw = follow(contract, node)?.raw;
  return raw?.['type'] === 'array' || typeof raw?.['items'] === 'object';
}

function isBeside(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => BESIDE.test(word));
}
