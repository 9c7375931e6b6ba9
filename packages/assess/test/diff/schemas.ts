import type { Random } from './random.ts';

export type Schema = Readonly<Record<string, unknown>>;

const PATTERNS = ['^[a-z]+$', '^[0-9]+$', '^a', 'b$', '^.{2}$', '^[a-z0-9]*$'] as const;
const FORMATS = ['uuid', 'email', 'date', 'ipv4', 'uri', 'date-time'] as const;
const WORDS = ['a', 'b', 'ab', 'abc', '1', '12'] as const;
const NAMES = ['a', 'b', 'c'] as const;

/** A schema of JSON Schema 2020-12, up to `depth` levels deep. */
export function schema(random: Random, depth: number): Schema {
  if (depth > 0 && random.chance(0.16)) return composed(random, depth);
  const kind = random.one(
    depth > 0
      ? (['string', 'integer', 'number', 'array', 'object', 'object', 'listed', 'boolean'] as const)
      : (['string', 'integer', 'number', 'listed'] as const),
  );
  switch (kind) {
    case 'string':
      return random.chance(0.1) ? formatted(random) : text(random);
    case 'integer':
    case 'number':
      return number(random, kind);
    case 'array':
      return list(random, depth);
    case 'object':
      return object(random, depth);
    case 'boolean':
      return { type: 'boolean' };
    case 'listed':
      return random.chance(0.3) ? { const: random.one(WORDS) } : { enum: unique(random, [...WORDS, 1, 2, null]) };
  }
}

function text(random: Random): Schema {
  return {
    type: random.chance(0.1) ? ['string', 'null'] : 'string',
    ...(random.chance(0.4) ? { minLength: random.below(3) } : {}),
    ...(random.chance(0.5) ? { maxLength: 2 + random.below(5) } : {}),
    ...(random.chance(0.25) ? { pattern: random.one(PATTERNS) } : {}),
  };
}

/** A text of a format; no bound that none of the format meets. */
function formatted(random: Random): Schema {
  return { type: 'string', format: random.one(FORMATS) };
}

function number(random: Random, type: 'integer' | 'number'): Schema {
  return {
    type,
    ...(random.chance(0.4) ? { minimum: random.below(4) - 2 } : {}),
    ...(random.chance(0.4) ? { maximum: 3 + random.below(9) } : {}),
    ...(random.chance(0.15) ? { exclusiveMinimum: random.below(3) - 3 } : {}),
    ...(random.chance(0.15) ? { exclusiveMaximum: 5 + random.below(9) } : {}),
    ...(random.chance(0.15) ? { multipleOf: random.one([2, 3, 0.5]) } : {}),
  };
}

function list(random: Random, depth: number): Schema {
  if (random.chance(0.08))
    return { type: 'array', items: { type: 'string', maxLength: 5 }, contains: { const: random.one(WORDS) } };
  return {
    type: 'array',
    ...(random.chance(0.85) ? { items: schema(random, depth - 1) } : {}),
    ...(random.chance(0.2) ? { minItems: random.below(2) } : {}),
    ...(random.chance(0.5) ? { maxItems: 2 + random.below(2) } : {}),
    ...(random.chance(0.15) ? { uniqueItems: true } : {}),
    ...(random.chance(0.08) ? { prefixItems: [schema(random, 0)] } : {}),
  };
}

/** @param least names of properties that it has in any case */
function object(random: Random, depth: number, least: readonly string[] = []): Schema {
  const names = NAMES.filter((name) => least.includes(name) || random.chance(0.7));
  const others = random.below(6);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, schema(random, depth - 1)])),
    ...(random.chance(0.5) ? { required: random.some(names) } : {}),
    ...(others < 3 ? { additionalProperties: false } : others === 3 ? { additionalProperties: schema(random, 0) } : {}),
    ...(random.chance(0.1) ? { maxProperties: 3 + random.below(2) } : {}),
    ...(random.chance(0.1) && names.length > 1 ? { minProperties: random.below(3) } : {}),
    ...(random.chance(0.06) ? { patternProperties: { '^x': schema(random, 0) } } : {}),
    ...(random.chance(0.06) && others > 3 ? { propertyNames: { maxLength: 1 + random.below(2) } } : {}),
    ...(random.chance(0.06) && names.includes('b') ? { dependentRequired: { a: ['b'] } } : {}),
  };
}

function composed(random: Random, depth: number): Schema {
  switch (random.below(6)) {
    case 0:
      return { anyOf: [schema(random, depth - 1), schema(random, depth - 1)] };
    case 1:
      return { oneOf: [text(random), number(random, 'integer')] };
    case 2:
      return {
        allOf: [object(random, depth, ['a']), { type: 'object', ...(random.chance(0.5) ? { required: ['a'] } : {}) }],
      };
    case 3:
      return { ...text(random), not: { enum: [random.one(WORDS)] } };
    case 4:
      return { ...object(random, depth, ['a', 'b']), if: { required: ['a'] }, then: { required: ['b'] } };
    default:
      return { allOf: [text(random), { maxLength: 4 }] };
  }
}

function unique(random: Random, list: readonly unknown[]): readonly unknown[] {
  const some = random.some(list, 0.4);
  return some.length === 0 ? [list[0]] : some;
}

/** What was edited, and the schema after it. */
export interface Edited {
  readonly what: string;
  readonly schema: Schema;
}

/** The schema with one thing changed somewhere in it; a part of the edits means the same. */
export function edited(random: Random, root: Schema): Edited {
  const copy = structuredClone(root) as Record<string, unknown>;
  const objects: Record<string, unknown>[] = [];
  const visit = (value: unknown, isSchema: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, isSchema);
    else if (typeof value === 'object' && value !== null) {
      const raw = value as Record<string, unknown>;
      if (isSchema) objects.push(raw);
      for (const [key, member] of Object.entries(raw))
        if (key === 'properties' || key === 'patternProperties')
          for (const inner of Object.values(member as object)) visit(inner, true);
        else if (!['enum', 'const', 'required', 'dependentRequired', 'type'].includes(key)) visit(member, true);
    }
  };
  visit(copy, true);
  const node = random.one(objects);
  const what = editOne(random, node);
  return { what, schema: copy };
}

const BOUNDS = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
];

function editOne(random: Random, node: Record<string, unknown>): string {
  const keys = Object.keys(node);
  const bounds = keys.filter((key) => BOUNDS.includes(key));
  for (let tries = 0; tries < 40; tries++)
    switch (random.below(12)) {
      case 0:
      case 1:
        if (bounds.length > 0) {
          const key = random.one(bounds);
          const by = random.one([-2, -1, 1, 2]);
          const least =
            key.startsWith('min') && key !== 'minimum' ? 0 : key.startsWith('max') && key !== 'maximum' ? 0 : -50;
          node[key] = Math.max(least, Number(node[key]) + by);
          return `${key} by ${by}`;
        }
        break;
      case 2:
      case 3: {
        const droppable = keys.filter((key) => !['properties', 'items', 'allOf', 'then', 'if'].includes(key));
        if (droppable.length === 0) break;
        const key = random.one(droppable);
        delete node[key];
        return `${key} dropped`;
      }
      case 4:
        if (node['type'] === 'string') {
          const [key, value] = random.one([
            ['maxLength', 3],
            ['minLength', 2],
            ['pattern', random.one(PATTERNS)],
            ['format', random.one(FORMATS)],
          ] as const);
          node[key] = value;
          return `${key} set`;
        }
        break;
      case 5:
        if (Array.isArray(node['enum'])) {
          const values = node['enum'] as unknown[];
          const word = random.one([...WORDS, 'new']);
          if (random.chance(0.5) && !values.includes(word)) node['enum'] = [...values, word];
          else if (values.length > 1) node['enum'] = values.slice(1);
          else break;
          return 'enum changed';
        }
        break;
      case 6:
        if (typeof node['type'] === 'string') {
          node['type'] = random.chance(0.5)
            ? [node['type'], 'null']
            : node['type'] === 'integer'
              ? 'number'
              : [node['type'], 'boolean'];
          return 'type widened';
        }
        break;
      case 7:
        if (node['type'] === 'object' && typeof node['properties'] === 'object') {
          const properties = node['properties'] as Record<string, unknown>;
          const names = Object.keys(properties);
          if (random.chance(0.5)) {
            properties['d'] = schema(random, 0);
            return 'property added';
          }
          if (names.length === 0) break;
          const name = random.one(names);
          delete properties[name];
          return 'property removed';
        }
        break;
      case 8:
        if (node['type'] === 'object') {
          node['additionalProperties'] = node['additionalProperties'] === false;
          return 'additionalProperties turned';
        }
        break;
      case 9:
        if (Array.isArray(node['anyOf']) || Array.isArray(node['oneOf'])) {
          const keyword = Array.isArray(node['anyOf']) ? 'anyOf' : 'oneOf';
          const parts = node[keyword] as unknown[];
          if (random.chance(0.5)) node[keyword] = [...parts, { type: 'boolean' }];
          else node[keyword] = parts.toReversed();
          return `${keyword} changed`;
        }
        break;
      case 10:
        if (Array.isArray(node['required']) && node['required'].length > 0) {
          node['required'] = random.chance(0.5) ? node['required'].slice(1) : [...node['required'], 'c'];
          return 'required changed';
        }
        break;
      default: {
        // The same in other words.
        const inner = { ...node };
        if ('additionalProperties' in inner || 'prefixItems' in inner) break;
        for (const key of keys) delete node[key];
        node['allOf'] = [inner];
        node['description'] = 'the same';
        return 'the same in allOf';
      }
    }
  node['description'] = 'the same';
  return 'described';
}
