import type { Random } from './random.ts';
import type { Schema } from './schemas.ts';

const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'aab',
  'abcd',
  'abcde',
  'abcdef',
  'abcdefg',
  'abcdefgh',
  'A',
  'AB',
  'a1',
  'zb',
  'a-b',
  'A-B-C-D-E',
  '-',
  '1',
  '12',
  '123',
  '1234',
  '12345',
  '123456',
  '1234567',
  '12345678',
  'new',
  'zzzz',
  'ZZ',
  'a'.repeat(60),
  '9'.repeat(60),
  '123e4567-e89b-12d3-a456-426614174000',
  'a@b.example',
  '2026-11-25',
  '10.0.0.1',
  'https://a.example/b',
  '2026-11-25T10:00:00Z',
];

/** Values around what two schemas take: at their bounds, and with each of the keywords of both met and not met. */
export function valuesFor(random: Random, schemas: readonly Schema[], count: number): unknown[] {
  const numbers = new Set<number>([0, 1, -1, 2, 1.5, 0.5, 1.25, 3.7, 5, 7, 11, 100, -100, 12, 6]);
  const texts = new Set<string>(TEXTS);
  const listed: unknown[] = [null, true, false];
  const collect = (value: unknown): void => {
    if (typeof value === 'number') for (const by of [-1, -0.5, 0, 0.5, 1]) numbers.add(value + by);
    else if (Array.isArray(value)) for (const one of value) collect(one);
    else if (typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value)) {
        if (key === 'enum') listed.push(...(member as unknown[]));
        else if (key === 'const') listed.push(member);
        collect(member);
      }
  };
  schemas.forEach(collect);
  const scalars = [...numbers, ...texts, ...listed];
  const found: unknown[] = [...scalars, {}, []];
  const any = (depth: number): unknown => {
    if (depth > 0 && random.chance(0.15)) return random.chance(0.5) ? [] : {};
    return random.one(scalars);
  };
  while (found.length < count) found.push(valueOf(random, random.one(schemas), any, 4));
  return found;
}

/** One value that is likely to be of the schema, or to miss it in one thing. */
function valueOf(random: Random, schema: unknown, any: (depth: number) => unknown, depth: number): unknown {
  if (typeof schema !== 'object' || schema === null || depth < 0 || random.chance(0.03)) return any(depth);
  const raw = merged(random, schema as Schema);
  if (Array.isArray(raw['enum'])) return random.chance(0.85) ? random.one(raw['enum']) : any(0);
  if ('const' in raw) return random.chance(0.85) ? raw['const'] : any(0);
  const types = Array.isArray(raw['type'])
    ? (raw['type'] as string[])
    : typeof raw['type'] === 'string'
      ? [raw['type']]
      : [];
  const type = types.length === 0 ? (raw['properties'] !== undefined ? 'object' : undefined) : random.one(types);
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return random.one(TEXTS);
    case 'integer':
    case 'number': {
      const near = Number(
        random.one([raw['minimum'], raw['maximum'], raw['exclusiveMinimum'], raw['exclusiveMaximum'], 0, 12]) ?? 0,
      );
      return near + random.one([-1, 0, 1, 2, 0.5, -0.5, 3, 0.3]);
    }
    case 'array': {
      const most = typeof raw['maxItems'] === 'number' ? raw['maxItems'] : 2;
      const length = Math.max(
        0,
        random.one([0, 1, most, most + 1, most + 2, most + 3, most - 1, 2, Number(raw['minItems'] ?? 0)]),
      );
      const prefix = (raw['prefixItems'] as unknown[] | undefined) ?? [];
      const items = Array.from({ length }, (_, at) => valueOf(random, prefix[at] ?? raw['items'], any, depth - 1));
      const contains = raw['contains'] as Schema | undefined;
      if (contains !== undefined && items.length > 0 && random.chance(0.6)) items[items.length - 1] = contains['const'];
      if (raw['uniqueItems'] === true && random.chance(0.7)) return distinct(items);
      if (items.length > 1 && random.chance(0.3)) items[1] = items[0];
      return items;
    }
    case 'object': {
      const properties = Object.entries((raw['properties'] ?? {}) as object);
      const required = (raw['required'] as string[] | undefined) ?? [];
      const value: Record<string, unknown> = {};
      for (const [name, inner] of properties)
        if (random.chance(required.includes(name) ? 0.9 : 0.5)) value[name] = valueOf(random, inner, any, depth - 1);
      for (const name of required) if (!(name in value) && random.chance(0.6)) value[name] = any(0);
      const extra = random.one([0, 0, 0, 1, 1, 2, 4, 5]);
      for (let added = 0; added < extra; added++) {
        const others = raw['additionalProperties'];
        const name = random.one(['a', 'b', 'c', 'd', 'e', 'z', 'xx', 'xyz', 'x1']);
        value[name] ??= typeof others === 'object' ? valueOf(random, others, any, 0) : any(depth);
      }
      return value;
    }
    default:
      return any(depth);
  }
}

/** The keywords of a schema with those of one choice of its alternatives. */
function merged(random: Random, schema: Schema): Schema {
  let raw: Schema = schema;
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const parts = schema[keyword];
    if (Array.isArray(parts) && parts.length > 0) raw = { ...raw, ...merged(random, random.one(parts) as Schema) };
  }
  const parts = schema['allOf'];
  if (Array.isArray(parts))
    for (const part of parts as Schema[]) {
      const inner = merged(random, part);
      raw = {
        ...raw,
        ...inner,
        properties: { ...Object(raw['properties']), ...Object(inner['properties']) } as Schema,
      };
    }
  return raw;
}

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
