// The dialect of OpenAPI 3.0 (Schema Object, section 4.7.24), which no public suite covers: each row is a schema, and
// values that it takes and refuses. Names of the rows are the sentences of the specification that they stand for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema, loadContract, type Contract, type Direction } from '@castellan/contract';

interface Row {
  readonly schema: object;
  readonly takes: readonly unknown[];
  readonly refuses: readonly unknown[];
  readonly direction?: Direction;
}

const pet = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };
const kinds = {
  Cat: {
    type: 'object',
    required: ['kind', 'claws'],
    properties: { kind: { type: 'string' }, claws: { type: 'integer' } },
  },
  Dog: {
    type: 'object',
    required: ['kind', 'barks'],
    properties: { kind: { type: 'string' }, barks: { type: 'boolean' } },
  },
  Pet: { ...pet, discriminator: { propertyName: 'kind' } },
  Bird: {
    allOf: [
      { $ref: '#/components/schemas/Pet' },
      { type: 'object', required: ['wings'], properties: { wings: { type: 'integer' } } },
    ],
  },
  Lovebird: {
    allOf: [{ $ref: '#/components/schemas/Bird' }, { type: 'object', required: ['mate'], properties: { mate: {} } }],
  },
  Tagged: { ...pet, discriminator: { propertyName: 'kind', mapping: { b: '#/components/schemas/Sub' } } },
  Sub: { allOf: [{ $ref: '#/components/schemas/Tagged' }, { type: 'object', required: ['n'], properties: { n: {} } }] },
};
const either = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }];
const account = {
  type: 'object',
  required: ['id', 'password', 'name'],
  properties: {
    id: { type: 'string', readOnly: true },
    password: { type: 'string', writeOnly: true },
    name: { type: 'string' },
  },
};

const rows: Readonly<Record<string, Row>> = {
  'nullable adds null to type': { schema: { type: 'string', nullable: true }, takes: [null, 'a'], refuses: [1, {}] },
  'without nullable, null is no string': { schema: { type: 'string' }, takes: ['a'], refuses: [null] },
  'nullable: false is the default': { schema: { type: 'string', nullable: false }, takes: ['a'], refuses: [null] },
  'null that nullable allows need not be in enum': {
    schema: { type: 'string', nullable: true, enum: ['a'] },
    takes: ['a', null],
    refuses: ['b'],
  },
  'nullable without type still allows null': {
    schema: { nullable: true, minLength: 2 },
    takes: [null],
    refuses: ['a'],
  },
  'nullable in an allOf wrapper lets null through': {
    schema: { nullable: true, allOf: [{ $ref: '#/components/schemas/Cat' }] },
    takes: [null, { kind: 'Cat', claws: 1 }],
    refuses: [{ kind: 'Cat' }],
  },
  'exclusiveMinimum is a boolean beside minimum': {
    schema: { type: 'number', minimum: 5, exclusiveMinimum: true },
    takes: [5.1, 6],
    refuses: [5, 4],
  },
  'exclusiveMinimum: false changes nothing': {
    schema: { type: 'number', minimum: 5, exclusiveMinimum: false },
    takes: [5],
    refuses: [4.9],
  },
  'exclusiveMaximum is a boolean beside maximum': {
    schema: { type: 'number', maximum: 5, exclusiveMaximum: true },
    takes: [4.9],
    refuses: [5],
  },
  'properties beside $ref are ignored': {
    schema: { $ref: '#/components/schemas/Cat', maxProperties: 1 },
    takes: [{ kind: 'Cat', claws: 1 }],
    refuses: [{ kind: 'Cat' }],
  },
  'discriminator without mapping: the alternatives say what is valid (3.0.4, Discriminator Object)': {
    schema: { oneOf: either, discriminator: { propertyName: 'kind' } },
    takes: [
      { kind: 'Cat', claws: 3 },
      { kind: 'Dog', barks: true },
      { kind: 'Cat', barks: true },
      { kind: 'Dog', claws: 3 },
    ],
    refuses: [{ kind: 'Cat' }, { kind: 'Dog', claws: 'x' }, { claws: 3 }],
  },
  'discriminator with mapping: what is mapped to nothing is judged as if there were none (3.0.4, Discriminator Object)':
    {
      schema: {
        oneOf: either,
        discriminator: { propertyName: 'kind', mapping: { feline: '#/components/schemas/Cat', Dog: 'Dog' } },
      },
      takes: [
        { kind: 'feline', claws: 3 },
        { kind: 'Dog', barks: true },
        { kind: 'parrot', claws: 3 },
        { kind: 'feline', barks: true },
      ],
      refuses: [{ kind: 'feline', barks: 1 }, { kind: 'parrot' }, { claws: 3 }],
    },
  'discriminator over anyOf': {
    schema: { anyOf: either, discriminator: { propertyName: 'kind' } },
    takes: [
      { kind: 'Dog', barks: true },
      { kind: 'Dog', claws: 1 },
    ],
    refuses: [{ kind: 'Dog', claws: 'x' }, { kind: 'Dog' }],
  },
  'discriminator of a parent validates no child (3.0.4, Discriminator Object)': {
    schema: { $ref: '#/components/schemas/Pet' },
    takes: [
      { kind: 'Pet' },
      { kind: 'Bird', wings: 2 },
      { kind: 'Lovebird', wings: 2, mate: 'x' },
      { kind: 'Stone' },
      { kind: 'Bird' },
    ],
    refuses: [{ wings: 2 }, { kind: 1 }],
  },
  'mapping of a parent': {
    schema: { $ref: '#/components/schemas/Tagged' },
    takes: [{ kind: 'b', n: 1 }, { kind: 'Sub', n: 1 }, { kind: 'b' }],
    refuses: [{ n: 1 }],
  },
  'readOnly: not in requests, and not required there': {
    schema: account,
    direction: 'request',
    takes: [{ name: 'a', password: 'b' }],
    refuses: [{ id: '1', name: 'a', password: 'b' }, { name: 'a' }],
  },
  'writeOnly: not in responses, and not required there': {
    schema: account,
    direction: 'response',
    takes: [{ id: '1', name: 'a' }],
    refuses: [{ id: '1', name: 'a', password: 'b' }, { name: 'a' }],
  },
  'int32 and int64 are ranges': {
    schema: { type: 'integer', format: 'int32' },
    takes: [2147483647],
    refuses: [2147483648, 1.5],
  },
  'int64 is exact at its edges': {
    schema: { type: 'integer', format: 'int64' },
    takes: [9223372036854775807n, -9223372036854775808n],
    refuses: [9223372036854775808n, -9223372036854775809n],
  },
  'byte is base64': { schema: { type: 'string', format: 'byte' }, takes: ['aGk='], refuses: ['a*b'] },
  'no type means any type': { schema: { minimum: 3 }, takes: ['a', null, {}, 3], refuses: [2] },
  'keywords of later drafts mean nothing': {
    schema: { type: 'object', const: 1, propertyNames: false, dependentRequired: { a: ['b'] } },
    takes: [{ a: 1 }],
    refuses: [1],
  },
};

const load = (schema: object): Promise<Contract> =>
  loadContract({
    openapi: '3.0.4',
    info: { title: 'Dialect', version: '1' },
    paths: {},
    components: { schemas: { ...kinds, Tested: schema } },
  });

describe('OpenAPI 3.0', () => {
  for (const [name, { schema, takes, refuses, direction }] of Object.entries(rows)) {
    test(name, async () => {
      const contract = await load(schema);
      const tested = contract.schemas.get('Tested');
      assert.ok(tested);
      const { check, explain } = compileSchema(contract, tested, direction === undefined ? {} : { direction });
      for (const value of takes) assert.deepEqual([check(value), explain(value)], [true, []], print(value));
      for (const value of refuses) {
        assert.equal(check(value), false, `takes ${print(value)}`);
        assert.notEqual(explain(value).length, 0, `does not say what is wrong with ${print(value)}`);
      }
    });
  }

  test('exclusiveMinimum without minimum limits nothing, and that is said', async () => {
    const contract = await load({ type: 'number', exclusiveMinimum: true });
    const [warning, another] = contract.warnings.filter(({ code }) => code === 'invalid-keyword');
    assert.match(warning?.message ?? '', /exclusiveMinimum stands without minimum/);
    assert.equal(another, undefined);
    const tested = contract.schemas.get('Tested');
    assert.ok(tested);
    assert.equal(compileSchema(contract, tested).check(-1), true);
  });

  test('xml is ignored, and that is said', async () => {
    const contract = await load({
      type: 'object',
      xml: { name: 'order' },
      properties: { id: { type: 'string', xml: { attribute: true } } },
    });
    const warnings = contract.warnings.filter(({ code }) => code === 'xml-ignored');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.location.pointer ?? '', /^\/components\/schemas\/Tested/);
  });
});

function print(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
}
