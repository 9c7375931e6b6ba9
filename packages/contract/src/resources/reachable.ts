import type { Part, PropertyRule, Spot } from './spot.ts';

/** Types of resources that can stand in a value, and rules of its places. */
export function reachable(root: Spot): { types: ReadonlySet<string>; rules: readonly PropertyRule[] } {
  const types = new Set<string>();
  const rules = new Set<PropertyRule>();
  /** Every place, with the names of the properties that it is a value, an item or a value in a map of. */
  const seen = new Map<Spot, Set<string>>();
  const pending: (readonly [spot: Spot, name: string])[] = [];
  // Of an item, a value of a map or the whole, the rule stands on the place itself.
  const element = (spot: Spot | undefined, name: string): void => {
    if (spot === undefined) return;
    for (const rule of spot.own.rules) rules.add({ name, ...rule });
    pending.push([spot, name]);
  };
  element(root, '');
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [spot, name] = next;
    let names = seen.get(spot);
    if (names === undefined) seen.set(spot, (names = new Set()));
    if (names.has(name)) continue;
    names.add(name);
    for (const part of spot.parts) {
      for (const { type } of part.shapes) types.add(type);
      for (const rule of part.rules) rules.add(rule);
      for (const [property, inner] of part.properties) pending.push([inner, property]);
      for (const one of part.patterns) element(one.spot, name);
      for (const inner of [...part.prefix, part.rest, part.items, part.names, part.content]) element(inner, name);
    }
  }
  return { types, rules: [...rules] };
}

/** Those types that can stand in no other resource: what the value is about. */
export function outermostIn(root: Spot): ReadonlySet<string> {
  const types = new Set<string>();
  const seen = new Set<Spot>([root]);
  for (const spot of seen) {
    const isResource = spot.parts.some(({ shapes }) => shapes.length > 0);
    for (const part of spot.parts) {
      for (const { type } of part.shapes) types.add(type);
      // An alternative that is no resource may stand in place of one that is.
      if (isResource && (!spot.conditional || part.shapes.length > 0)) continue;
      for (const next of below(part)) seen.add(next);
    }
  }
  return types;
}

function* below({ properties, patterns, prefix, rest, items }: Part): Generator<Spot> {
  for (const [, next] of properties) yield next;
  for (const { spot } of patterns) yield spot;
  for (const next of [...prefix, rest, items]) if (next !== undefined) yield next;
}
