// A scanner may give up on anything, but what it accepts the parser, the schema and the search for undocumented
// properties must accept as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../bodies/json.ts';
import type { Direction } from '../compiled.ts';
import type { Dialect, Schema } from '../model.ts';
import { compileSchema, References } from '../schema/index.ts';
import { compileUndocumented } from '../undocumented/index.ts';
import { compileScan } from './index.ts';

const uuid = '0b7e9a52-6f0e-4c3e-9a35-000000000001';

function schemaOf(
  raw: Record<string, unknown>,
  dialect: Dialect,
): { source: { references: References }; schema: Schema } {
  const references = new References();
  references.add('test:', raw, dialect);
  return { source: { references }, schema: { location: { document: 'test:', pointer: '' }, dialect, raw } };
}

function judge(raw: Record<string, unknown>, direction: Direction, dialect: Dialect = 'openapi-3.0') {
  const { source, schema } = schemaOf(raw, dialect);
  const scan = compileScan(source, schema, { direction, free: direction === 'response' });
  const compiled = compileSchema(source, schema, { direction });
  const undocumented = compileUndocumented(source, schema, direction);
  return {
    accepts: (text: string) => scan?.accepts(text) !== undefined,
    valid(text: string): boolean {
      let value: unknown;
      if (direction === 'request') {
        const parsed = parseJson(Buffer.from(text));
        if ('issues' in parsed) return false;
        value = parsed.value;
      } else {
        try {
          value = JSON.parse(text);
        } catch {
          return false;
        }
      }
      return compiled.check(value) && !undocumented.in(value);
    },
  };
}

const order = {
  type: 'object',
  required: ['id', 'items'],
  properties: {
    id: { type: 'string', format: 'uuid', readOnly: true },
    secret: { type: 'string', writeOnly: true },
    at: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    mail: { type: 'string', format: 'email' },
    code: { type: 'string', pattern: '^[A-Z]{2,3}-[0-9]+$', maxLength: 8 },
    odd: { type: 'string', pattern: '^(a|b)+$' },
    note: { type: 'string', minLength: 1, maxLength: 5, nullable: true },
    free: { type: 'string' },
    total: { type: 'integer', minimum: 0, maximum: 1000, multipleOf: 5 },
    price: { type: 'number', exclusiveMinimum: true, minimum: 0, multipleOf: 0.01 },
    small: { type: 'integer', format: 'int32' },
    state: { type: 'string', enum: ['open', 'o', 'naïve', 'with "quotes"'] },
    level: { enum: [1, 10, true, null, 'x'] },
    flag: { type: 'boolean' },
    anything: {},
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
    },
    map: { type: 'object' },
    closed: { type: 'object', additionalProperties: false },
  },
};

test('what is written as documented is accepted unparsed', () => {
  const { accepts } = judge(order, 'response');
  const texts = [
    { id: uuid, items: [{ n: 1 }] },
    {
      id: uuid,
      at: '2026-11-24T15:20:00.5+01:00',
      day: '2026-11-24',
      mail: 'a@b.example',
      items: [{ n: -0.0 }, { n: 7 }],
    },
    {
      items: [{ n: 12 }],
      id: uuid,
      code: 'AB-12',
      note: null,
      free: 'a "quoted" line\nand 日本',
      total: 15,
      price: 1.25,
    },
    {
      id: uuid,
      note: '日本',
      state: 'o',
      level: 10,
      flag: false,
      small: -5,
      items: [{ n: 3 }],
      map: { a: [1, { b: null }] },
    },
    { id: uuid, level: null, odd: 'aba', closed: {}, anything: [true, 'x', 1.5], items: [{ n: 0 }] },
  ];
  for (const value of texts) {
    assert.equal(accepts(JSON.stringify(value)), true, JSON.stringify(value));
    assert.equal(accepts(JSON.stringify(value, undefined, 2)), true);
    assert.equal(accepts(` ${JSON.stringify(value)}\n`), true);
  }
});

test('what is wrong, ambiguous or unusual is not', () => {
  const { accepts } = judge(order, 'response');
  const good = `"id":"${uuid}","items":[{"n":1}]`;
  assert.equal(accepts(`{${good}}`), true);
  for (const text of [
    '',
    '{}',
    `{${good}`,
    `{${good},}`,
    `{${good}}x`,
    `{${good}}\0`,
    `{${good},"id":"${uuid}"}`,
    `{${good},"unknown":1}`,
    `{${good},"__proto__":{}}`,
    `{${good},"secret":"x"}`,
    `{${good},"note":"sechs!"}`,
    `{${good},"note":""}`,
    `{${good},"free":"\u0001"}`,
    `{${good},"free":"\\ud800"}`,
    `{${good},"free":"\\x"}`,
    `{${good},"free":"open}`,
    `{${good},"total":1}`,
    `{${good},"total":01}`,
    `{${good},"total":-5}`,
    `{${good},"total":1005}`,
    `{${good},"total":5.0}`,
    `{${good},"total":1e1}`,
    `{${good},"price":0}`,
    `{${good},"price":1.005}`,
    `{${good},"price":.5}`,
    `{${good},"price":1.}`,
    `{${good},"small":2147483648}`,
    `{${good},"level":100}`,
    `{${good},"level":1.5}`,
    `{${good},"state":"op"}`,
    `{${good},"code":"AB-1234567"}`,
    `{${good},"day":"2026-02-29"}`,
    `{${good},"at":"2026-11-24T24:00:00Z"}`,
    `{${good},"closed":{"a":1}}`,
    `{"id":"${uuid}","items":[]}`,
    `{"id":"${uuid}","items":[{"n":1},{"n":1},{"n":1}]}`,
    `{"id":"${uuid.slice(1)}","items":[{"n":1}]}`,
    `{"id":"${uuid}","items":[{"n":9007199254740993}]}`,
  ])
    assert.equal(accepts(text), false, text);
});

test('requests: properties that only answers have, and keys of free objects, are left to the parser', () => {
  const { accepts } = judge(order, 'request');
  assert.equal(accepts('{"items":[{"n":1}],"secret":"x"}'), true);
  assert.equal(accepts(`{"items":[{"n":1}],"id":"${uuid}"}`), false);
  assert.equal(accepts('{"items":[{"n":1}],"map":{"a":1}}'), false);
  assert.equal(accepts('{"items":[{"n":1}],"anything":1}'), false);
});

test('bytes that are not UTF-8 are not accepted', () => {
  const { source, schema } = schemaOf({ type: 'object', properties: { a: { type: 'string' } } }, 'openapi-3.0');
  const scan = compileScan(source, schema, { direction: 'request' });
  assert.equal(scan?.accepts(Buffer.from('{"a":"é"}')), 10);
  assert.equal(scan.accepts(Buffer.from('{"a":"é"}', 'latin1')), undefined);
  assert.equal(scan.accepts(Buffer.from('\ufeff{"a":"e"}')), undefined);
});

test('a schema that contains itself, and one of many properties', () => {
  const tree = judge(
    { type: 'object', properties: { name: { type: 'string' }, below: { type: 'array', items: { $ref: '#' } } } },
    'response',
  );
  assert.equal(tree.accepts('{"name":"a","below":[]}'), true);
  assert.equal(tree.accepts('{"name":"a","below":[{"name":1}]}'), false);
  const names = Array.from({ length: 70 }, (_, i) => `p${i}`);
  const wide = judge(
    {
      type: 'object',
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, { type: 'integer' }])),
    },
    'request',
  );
  const value = Object.fromEntries(names.toReversed().map((name) => [name, 1]));
  assert.equal(wide.accepts(JSON.stringify(value)), true);
  delete value['p69'];
  assert.equal(wide.accepts(JSON.stringify(value)), false);
});

type Raw = Record<string, unknown>;
type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = ['a', 'b', 'ab', 'constructor', 'é', 'x"y'];

/** Any schema of what scanners know and of some things that they don't; each keyword now and then. */
function schemaFrom(random: Random, depth: number): Raw {
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const sometimes = (keywords: Raw): Raw => Object.fromEntries(Object.entries(keywords).filter(() => random() < 0.15));
  const nullable = sometimes({ nullable: true });
  const dice = random();
  if (depth > 0 && dice < 0.4) {
    const names = keys.filter(() => random() < 0.4);
    return {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, schemaFrom(random, depth - 1)])),
      ...sometimes({
        required: names.filter(() => random() < 0.7),
        additionalProperties: random() < 0.5,
        minProperties: 1,
        allOf: [{ required: ['a'] }],
      }),
      ...nullable,
    };
  }
  if (depth > 0 && dice < 0.6) {
    const items = schemaFrom(random, depth - 1);
    return { type: 'array', items, ...sometimes({ minItems: 1, maxItems: 2, uniqueItems: true }), ...nullable };
  }
  if (dice < 0.8) {
    return {
      type: 'string',
      ...sometimes({
        minLength: pick(1, 2),
        maxLength: pick(2, 5, 36),
        format: pick('uuid', 'date', 'date-time', 'email', 'ipv4', 'unknown', 'byte'),
        pattern: pick(
          '^[a-c]+$',
          '^a',
          'b',
          '^.{2}$',
          '^\\d{1,3}x?$',
          '^[^a]*$',
          '^(?:ab)*$',
          '^\\w+é$',
          '^[\\s\\S]*$',
        ),
        enum: ['a', 'ab', 'é', '"', 'abc'],
      }),
      ...nullable,
    };
  }
  if (dice < 0.94) {
    return {
      type: pick('integer', 'number'),
      ...sometimes({
        minimum: pick(-2, 0, 0.5),
        maximum: pick(255, 1e12, 299.5),
        exclusiveMaximum: true,
        multipleOf: pick(1, 2, 0.5, 0.1),
        format: pick('int32', 'int64', 'float', 'double', 'double-int', 'uint8'),
      }),
      ...nullable,
    };
  }
  return pick<Raw>({ type: 'boolean' }, {}, { enum: [1, 1.5, 'a', null] }, { type: 'object' });
}

/** A value that a schema would mostly allow, or something near it. */
function valueFor(schema: Raw, random: Random): unknown {
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (random() < 0.04) return pick<unknown>(null, 1, 'a', [], {}, true, 1.5, 2 ** 53);
  if (Array.isArray(schema['enum'])) return pick(...(schema['enum'] as unknown[]));
  switch (schema['type']) {
    case 'object': {
      const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Raw>);
      const present = properties.filter(() => random() < 0.85).map(([name, below]) => [name, valueFor(below, random)]);
      if (random() < 0.2) present.reverse();
      return Object.fromEntries(random() < 0.05 ? [...present, ['extra', 1]] : present);
    }
    case 'array':
      return Array.from({ length: Math.floor(random() * 3) }, () => valueFor(schema['items'] as Raw, random));
    case 'integer':
      return pick(0, 1, 2, -1, 255, 256, 1e15, -0, 123_456_789_012_345, 1_764_400_000_000_123, 9_007_199_254_740_991);
    case 'number':
      return pick(0, 0.5, 1, 0.1, 0.3, 299.99, -2.5, 1e21, 5e-324, 9.99 + 7, 0.1 + 0.2, -1 / 3, 1e15 / 7, random());
    case 'boolean':
      return random() < 0.5;
    default:
      return pick(
        uuid,
        '2026-11-24',
        '2026-11-24T15:20:00Z',
        'a',
        'ab',
        'abc',
        'é',
        '日本',
        'a"b',
        '😀',
        '12x',
        '',
        'a\nb',
        'a@b.c',
        '1.2.3.4',
        '\u007f',
      );
  }
}

/** Other notations of a text, and damage. */
function disturbed(text: string, random: Random): string {
  const dice = random();
  if (dice < 0.5) return text;
  if (dice < 0.6) return JSON.stringify(JSON.parse(text), undefined, 1);
  if (dice < 0.65) return text.replace(/([a-z])/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  if (dice < 0.7) return text.replace(/\{("[^"]*":[^,{}[\]]*)/, '{$1,$1');
  const at = Math.floor(random() * (text.length + 1));
  const wrong = [
    '',
    '"',
    '\\',
    '0',
    '.',
    '-',
    'e1',
    ' ',
    '\t',
    '\0',
    '\u0001',
    ',',
    ':',
    '}',
    ']',
    '{',
    '\ud800',
    'é',
    '\u2028',
  ];
  return (
    text.slice(0, at) + (wrong[Math.floor(random() * wrong.length)] ?? '') + text.slice(at + (random() < 0.5 ? 1 : 0))
  );
}

for (const direction of ['request', 'response'] as const) {
  test(`${direction}: nothing is accepted that would not be accepted after parsing`, () => {
    let accepted = 0;
    let valid = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomFrom(seed);
        const raw = { type: 'array', items: schemaFrom(random, 3) };
        const { accepts, valid: isValid } = judge(raw, direction);
        for (let round = 0; round < 20; round++) {
          const text = disturbed(JSON.stringify(valueFor(raw, random)), random);
          const right = isValid(text);
          if (right) valid++;
          if (!accepts(text)) continue;
          accepted++;
          assert.equal(right, true, `${JSON.stringify(raw)} accepts ${text}`);
        }
      }),
      { numRuns: 1500, seed: 20261125 },
    );
    assert.ok(accepted > valid / 3, `${accepted} of ${valid} valid texts were recognised`);
  });
}
