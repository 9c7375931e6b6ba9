import type { CompiledSchema } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { compileSchema, type SchemaSource } from '../schema/index.ts';
import { Refused } from './refused.ts';
import { refusalOf, scalarsOf, type Scalar } from './scalar.ts';
import { propertySchema, shapeOf, type Shape } from './shape.ts';
import type { Loose } from './style.ts';

/** Text below a bracketed name: `filter[price][gte]=5` is `{ price: { gte: '5' } }`. */
export type Tree = string | readonly string[] | ReadonlyMap<string, Tree>;

/** Makes a value of text by a schema's shape. Whether the value is valid is for the compiled schema to say. */
export type Convert = (loose: Loose | Tree) => unknown;

const repeated = new Refused('duplicate-parameter', 'is given more than once', 'give it once');
const noProperties = new Refused('type', 'has no properties', 'send one plain value');
const undocumented = new Refused('undocumented-parameter', 'is not documented', 'leave it out');

/** Compiled once per schema; the shapes of properties and items are read when the first value needs them. */
export function compileConvert(
  source: SchemaSource,
  schema: Schema | undefined,
  shape: Shape = shapeOf(source, schema),
): Convert {
  const scalars = scalarsOf(shape);
  const scalar = compileScalar(source, schema, scalars);
  // Made when the first value needs them: most parameters are plain, and a document has thousands of them.
  let items: Map<number, Convert> | undefined;
  let properties: Map<string, Convert> | undefined;

  // Where the schema does not say, text may be a tree below brackets, but repeating a name is not how one asks for a list.
  const list = shape.types?.has('array') ?? false;
  const object = shape.types?.has('object') ?? true;

  function itemAt(index: number): Convert {
    const position = Math.min(index, shape.prefixItems.length);
    items ??= new Map();
    let convert = items.get(position);
    if (convert === undefined)
      items.set(position, (convert = compileConvert(source, shape.prefixItems[position] ?? shape.items)));
    return convert;
  }

  function propertyAt(name: string): Convert | undefined {
    properties ??= new Map();
    const known = properties.get(name);
    if (known !== undefined) return known;
    const property = propertySchema(shape, name);
    if (property === undefined) return undefined;
    const convert = compileConvert(source, property === 'text' ? undefined : property);
    if (shape.properties.has(name)) properties.set(name, convert);
    return convert;
  }

  function isListAt(name: string): boolean {
    const property = propertySchema(shape, name);
    if (property === undefined || property === 'text') return false;
    const types = [...(shapeOf(source, property).types ?? [])].filter((type) => type !== 'null');
    return types.length === 1 && types[0] === 'array';
  }

  return (loose) => {
    if (typeof loose === 'string') return scalar(loose);
    if (Array.isArray(loose)) {
      if (!list) return repeated;
      const values: unknown[] = [];
      for (const [index, item] of loose.entries()) {
        const value = itemAt(index)(item as Loose | Tree);
        if (value instanceof Refused) return value.below(index);
        values.push(value);
      }
      return values;
    }
    if (!object) return noProperties;
    const value: Record<string, unknown> = {};
    for (const [name, text] of loose as ReadonlyMap<string, Tree>) {
      const convert = name === '__proto__' ? undefined : propertyAt(name);
      if (convert === undefined) return undocumented.below(name);
      // What the schema says decides, not how often a name comes.
      const property = convert(typeof text === 'string' && isListAt(name) ? [text] : text);
      if (property instanceof Refused) return property.below(name);
      value[name] = property;
    }
    return value;
  };
}

/** Where several types are possible, the first that the schema itself accepts. */
function compileScalar(source: SchemaSource, schema: Schema | undefined, scalars: readonly Scalar[]): Scalar {
  const [only] = scalars;
  if (scalars.length === 1 && only !== undefined) return only;
  if (schema === undefined) return (text) => refusalOf(scalars, text);
  let compiled: CompiledSchema | undefined;
  return (text) => {
    compiled ??= compileSchema(source, schema, { direction: 'request' });
    let first: unknown = refusalOf(scalars, text);
    for (const scalar of scalars) {
      const value = scalar(text);
      if (value instanceof Refused) continue;
      if (compiled.check(value)) return value;
      if (first instanceof Refused) first = value;
    }
    return first;
  };
}
