import type { Schema } from '../model.ts';
import { shapeOf, type Shape } from '../parameters/shape.ts';
import type { FillDefaults, SchemaSource } from '../schema/index.ts';

/** Fills the `default` of absent properties, in place, through objects and lists. Each value is a copy of its own. */
export function compileDefaults(source: SchemaSource, schema: Schema): FillDefaults {
  const shapes = new Map<Schema['raw'], Shape>();
  const shapeAt = (at: Schema): Shape => {
    let shape = shapes.get(at.raw);
    if (shape === undefined) shapes.set(at.raw, (shape = shapeOf(source, at)));
    return shape;
  };
  const fill = (value: unknown, at: Schema): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    const shape = shapeAt(at);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const itemSchema = shape.prefixItems[index] ?? shape.items;
        if (itemSchema !== undefined) fill(item, itemSchema);
      }
      return;
    }
    const object = value as Record<string, unknown>;
    for (const [name, property] of shape.properties) {
      if (Object.hasOwn(object, name)) fill(object[name], property);
      else {
        const fallback = shapeAt(property).default;
        if (fallback !== undefined && name !== '__proto__') object[name] = structuredClone(fallback.value);
      }
    }
  };
  let needed: boolean | undefined;
  return (value) => {
    needed ??= namesDefaults(schema, shapeAt);
    if (needed) fill(value, schema);
    return value;
  };
}

/** Schemas that are looked at; a larger document is taken to name defaults. */
const largest = 2_000;

/** Whether any property below a schema has a default: most bodies have none, and are not walked. */
function namesDefaults(schema: Schema, shapeAt: (at: Schema) => Shape): boolean {
  const seen = new Set<Schema['raw']>();
  const pending = [schema];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at.raw)) continue;
    if (seen.add(at.raw).size > largest) return true;
    const { properties, items, prefixItems } = shapeAt(at);
    for (const property of properties.values()) {
      if (shapeAt(property).default !== undefined) return true;
      pending.push(property);
    }
    pending.push(...prefixItems, ...(items === undefined ? [] : [items]));
  }
  return false;
}
