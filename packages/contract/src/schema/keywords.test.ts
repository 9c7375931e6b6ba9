// Every keyword with a value that keeps it and one that breaks it: what is refused is explained, by keyword and place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema } from './compile.ts';
import { References } from './references.ts';
import type { CompiledSchema } from '../compiled.ts';
import type { Dialect } from '../model.ts';

const uri = 'https://castellan.example/keywords.json';
type Json = Record<string, unknown>;

function compiled(raw: Json, dialect: Dialect = '2020-12', direction?: 'request' | 'response'): CompiledSchema {
  const references = new References();
  references.add(uri, raw, dialect);
  return compileSchema(
    { references },
    { location: { document: uri, pointer: '' }, dialect, raw },
    direction === undefined ? {} : { direction },
  );
}
const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

type Row = readonly [
  schema: Json,
  good: readonly unknown[],
  bad: readonly unknown[],
  keyword: string,
  pointer?: string,
];
const rows: readonly Row[] = [
  [{ type: 'string' }, ['a'], [1, null], 'type'],
  [{ type: ['integer', 'null'] }, [1, null, 1.0], ['a', 1.5], 'type'],
  [{ enum: ['a', 1] }, ['a', 1], ['b', '1'], 'enum'],
  [{ enum: list(20, (i) => ({ a: i })) }, [{ a: 19 }], [{ a: 20 }, {}, 'a'], 'enum'],
  [{ enum: list(20, (i) => `v${i}`) }, ['v19'], ['v20', 19, ['v1']], 'enum'],
  [{ const: { a: [1] } }, [{ a: [1] }], [{ a: [2] }, { a: [1], b: 1 }], 'const'],
  [{ minimum: 2 }, [2, 'a'], [1.9], 'minimum'],
  [{ maximum: 2 }, [2], [2.1], 'maximum'],
  [{ exclusiveMinimum: 2 }, [2.1], [2], 'exclusiveMinimum'],
  [{ exclusiveMaximum: 2 }, [1.9], [2], 'exclusiveMaximum'],
  [{ multipleOf: 0.1 }, [0.3, 1.1], [0.35], 'multipleOf'],
  [{ multipleOf: 3 }, [9, 9n], [10, 10n], 'multipleOf'],
  [{ minLength: 2 }, ['ab', '😀😀', 1], ['a', '😀'], 'minLength'],
  [{ maxLength: 1 }, ['a', '😀'], ['ab'], 'maxLength'],
  [{ pattern: '^a' }, ['ab', 1], ['ba'], 'pattern'],
  [{ format: 'date' }, ['2026-01-01'], ['2026-1-1'], 'format'],
  [{ minItems: 2 }, [[1, 2], 'a'], [[1]], 'minItems'],
  [{ maxItems: 1 }, [[1]], [[1, 2]], 'maxItems'],
  [
    { uniqueItems: true },
    [[1, '1', true, [1], { a: 1 }], []],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [[1], [1]],
    ],
    'uniqueItems',
  ],
  [
    { uniqueItems: true },
    [list(30, (i) => i), list(30, (i) => ({ a: i, b: [i, null, `${i}`] })), [1, 1n + 1n, ...list(20, (i) => `x${i}`)]],
    [
      [...list(30, (i) => i), 3],
      [...list(30, (i) => [i]), [3]],
      [...list(30, (i) => ({ a: i, b: 1 })), { b: 1, a: 3 }],
      [...list(20, (i) => i), 3n],
    ],
    'uniqueItems',
  ],
  [{ contains: { type: 'string' } }, [['a', 1]], [[1], []], 'contains'],
  [{ contains: { type: 'string' }, minContains: 2 }, [['a', 'b']], [['a', 1]], 'contains'],
  [{ contains: { type: 'string' }, maxContains: 1 }, [['a', 1]], [['a', 'b']], 'maxContains'],
  [{ prefixItems: [{ type: 'string' }] }, [['a', 1], []], [[1]], 'type', '/0'],
  [{ prefixItems: [true], items: { type: 'string' } }, [[1, 'a']], [[1, 1]], 'type', '/1'],
  [{ items: false }, [[]], [[1]], 'false', '/0'],
  [{ minProperties: 1 }, [{ a: 1 }], [{}], 'minProperties'],
  [{ maxProperties: 1 }, [{ a: 1 }], [{ a: 1, b: 1 }], 'maxProperties'],
  [{ required: ['a'] }, [{ a: null }], [{}], 'required', '/a'],
  [{ properties: { a: { type: 'string' } } }, [{ a: 'a' }, {}], [{ a: 1 }], 'type', '/a'],
  [{ properties: { 'a/b~': { type: 'string' } } }, [{}], [{ 'a/b~': 1 }], 'type', '/a~1b~0'],
  [{ patternProperties: { '^a': { type: 'string' } } }, [{ a: 'a', b: 1 }], [{ ab: 1 }], 'type', '/ab'],
  [{ properties: { a: true }, additionalProperties: false }, [{ a: 1 }], [{ b: 1 }], 'additionalProperties', '/b'],
  [{ additionalProperties: { type: 'string' } }, [{ a: 'a' }], [{ a: 1 }], 'type', '/a'],
  [{ propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }], 'propertyNames', '/ab'],
  [{ dependentRequired: { a: ['b'] } }, [{ a: 1, b: 1 }, {}], [{ a: 1 }], 'dependentRequired', '/b'],
  [{ dependentSchemas: { a: { required: ['b'] } } }, [{ a: 1, b: 1 }, {}], [{ a: 1 }], 'required', '/b'],
  [{ allOf: [{ type: 'string' }, { minLength: 2 }] }, ['ab'], ['a'], 'minLength'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, ['a', null], [1], 'anyOf'],
  [{ oneOf: [{ type: 'number' }, { type: 'integer' }] }, [1.5], [1], 'oneOf'],
  [{ oneOf: [{ type: 'string' }, { type: 'boolean' }] }, ['a'], [1], 'oneOf'],
  [{ not: { type: 'string' } }, [1], ['a'], 'not'],
  [{ if: { type: 'string' }, then: { minLength: 2 }, else: { minimum: 2 } }, ['ab', 2], ['a'], 'minLength'],
  [{ if: { type: 'string' }, else: { minimum: 2 } }, ['a', 2], [1], 'minimum'],
  [{ unevaluatedProperties: false, properties: { a: true } }, [{ a: 1 }], [{ b: 1 }], 'unevaluatedProperties', '/b'],
  [{ unevaluatedItems: false, prefixItems: [true] }, [[1]], [[1, 2]], 'unevaluatedItems', '/1'],
  [{ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, ['a'], [1], 'type'],
];

for (const [schema, good, bad, keyword, pointer = ''] of rows)
  test(`${JSON.stringify(schema).slice(0, 80)}`, () => {
    const { check, explain } = compiled(schema);
    for (const value of good) {
      assert.ok(check(value));
      assert.deepEqual(explain(value), []);
    }
    for (const value of bad) {
      assert.ok(!check(value));
      const issues = explain(value);
      assert.ok(
        issues.some((issue) => issue.keyword === keyword && issue.pointer === pointer),
        JSON.stringify(issues),
      );
      assert.equal(explain(value, 1).length, 1);
      // A refused value stands in no message.
      for (const issue of issues) assert.ok(issue.message !== '' && issue.mend !== '');
    }
  });

test('properties that travel one way only', () => {
  const schema = {
    type: 'object',
    required: ['in', 'out'],
    properties: { in: { type: 'string', writeOnly: true }, out: { type: 'string', readOnly: true } },
  };
  const request = compiled(schema, '2020-12', 'request');
  assert.ok(request.check({ in: 'a' }));
  assert.ok(!request.check({ in: 'a', out: 'a' }));
  assert.equal(request.explain({ in: 'a', out: 'a' })[0]?.keyword, 'readOnly');
  const response = compiled(schema, '2020-12', 'response');
  assert.ok(response.check({ out: 'a' }));
  assert.ok(!response.check({ in: 'a', out: 'a' }));
  assert.equal(response.explain({ in: 'a', out: 'a' })[0]?.keyword, 'writeOnly');
});

test('a discriminator chooses the branch that is tried first, and the issue is the one of that branch', () => {
  const branch = (kind: string, more: Json): Json => ({
    type: 'object',
    additionalProperties: false,
    required: ['kind'],
    properties: { kind: { type: 'string' }, ...more },
    title: kind,
  });
  for (const keyword of ['oneOf', 'anyOf']) {
    const schema = {
      [keyword]: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }],
      discriminator: { propertyName: 'kind', mapping: { cat: '#/$defs/Cat', hound: 'Dog' } },
      $defs: { Cat: branch('Cat', { lives: { type: 'integer' } }), Dog: branch('Dog', { tail: { type: 'boolean' } }) },
    };
    const { check, explain } = compiled(schema, '2020-12');
    assert.ok(!check({ kind: 'cat', lives: 'x' }), keyword);
    assert.ok(
      explain({ kind: 'cat', lives: 'x' }).some(({ pointer }) => pointer === '/lives'),
      keyword,
    );
    for (const wrong of [{}, { kind: 1 }, 'text']) assert.equal(explain(wrong).length === 0, check(wrong), keyword);
  }
});

test('schemas that contain themselves end', () => {
  const pet = {
    $ref: '#/$defs/Pet',
    $defs: {
      Pet: { oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }] },
      Cat: { allOf: [{ $ref: '#/$defs/Pet' }, { required: ['cat'] }] },
      Dog: { allOf: [{ $ref: '#/$defs/Pet' }, { required: ['dog'] }] },
    },
  };
  const { check, explain } = compiled(pet);
  for (const value of [{ cat: 1 }, { dog: 1 }, { cat: 1, dog: 1 }, {}, 1])
    assert.equal(explain(value).length === 0, check(value));
  assert.ok(check({ cat: 1 }));
  assert.ok(!check({}));
  const list_ = {
    $ref: '#/$defs/L',
    $defs: { L: { type: 'object', properties: { next: { $ref: '#/$defs/L' } }, unevaluatedProperties: false } },
  };
  assert.ok(compiled(list_).check({ next: { next: {} } }));
  assert.ok(!compiled(list_).check({ next: { other: {} } }));
});
