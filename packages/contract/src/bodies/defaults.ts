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
  return (value) => {
    fill(value, schema);
    return value;
  };
}
