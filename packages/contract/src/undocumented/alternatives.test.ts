// Whatever form an alternative has, what no schema names stays undocumented, and what one names does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../load/load-contract.ts';
import { compileUndocumented } from './index.ts';

const model = { type: 'object', required: ['a'], properties: { a: { type: 'string' } } };
const other = { type: 'object', required: ['b'], properties: { b: { type: 'string' } } };
const ref = { $ref: '#/components/schemas/Model' };

/** Forms in which a model may stand in a composition. */
const branches: Readonly<Record<string, object>> = {
  inline: model,
  $ref: ref,
  '$ref beside a description': { ...ref, description: 'x' },
  'allOf of one': { allOf: [ref] },
  'allOf of two': { allOf: [ref, { required: ['a'] }] },
  'allOf with a plain object': { allOf: [{ type: 'object' }, ref] },
  'oneOf of one': { oneOf: [ref] },
  'anyOf of an allOf': { anyOf: [{ allOf: [ref] }] },
  '$ref to $ref': { $ref: '#/components/schemas/Alias' },
};
const forms: Readonly<Record<string, (branch: object) => object>> = {
  alone: (branch) => branch,
  'oneOf with another': (branch) => ({ oneOf: [branch, other] }),
  'anyOf with another': (branch) => ({ anyOf: [branch, other] }),
  'anyOf with null': (branch) => ({ anyOf: [branch, { type: 'null' }] }),
  'with conditions beside': (branch) => ({ allOf: [branch], anyOf: [{ required: ['a'] }, { required: ['b'] }] }),
  'with properties beside': (branch) => ({
    type: 'object',
    properties: { a: {} },
    oneOf: [branch, { required: ['z'] }],
  }),
  'if and then': (branch) => ({ if: { required: ['a'] }, then: branch, properties: { a: {} } }),
};
const wraps: Readonly<
  Record<string, readonly [schema: (schema: object) => object, value: (value: object) => unknown]>
> = {
  'the body': [(schema) => schema, (value) => value],
  'in a property': [(schema) => ({ type: 'object', properties: { p: schema } }), (value) => ({ p: value })],
  'in a list': [(schema) => ({ type: 'array', items: schema }), (value) => [value]],
  'in a map': [(schema) => ({ type: 'object', additionalProperties: schema }), (value) => ({ k: value })],
};

for (const [form, compose] of Object.entries(forms)) {
  test(`${form}: undocumented properties are found, documented ones are not`, async () => {
    for (const [name, branch] of Object.entries(branches))
      for (const [where, [schemaOf, valueOf]] of Object.entries(wraps)) {
        const contract = await loadContract({
          openapi: '3.1.0',
          info: { title: 't', version: '1' },
          paths: {},
          components: { schemas: { Subject: schemaOf(compose(branch)), Model: model, Alias: ref } },
        });
        const schema = contract.schemas.get('Subject');
        assert.ok(schema);
        for (const direction of ['request', 'response'] as const) {
          const names = compileUndocumented(contract, schema, direction);
          const what = `${name}, ${where}, ${direction}`;
          assert.equal(names.in(valueOf({ a: 'x', isAdmin: true })), true, what);
          assert.equal(names.in(valueOf({ a: 'x' })), false, what);
        }
      }
  });
}

test('an alternative that is any object documents everything', async () => {
  for (const free of [
    { type: 'object' },
    {},
    { type: 'object', description: 'any' },
    { $ref: '#/components/schemas/Any' },
  ]) {
    const contract = await loadContract({
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: {},
      components: { schemas: { Subject: { anyOf: [model, free] }, Any: { type: 'object' } } },
    });
    const schema = contract.schemas.get('Subject');
    assert.ok(schema);
    assert.equal(compileUndocumented(contract, schema, 'request').in({ a: 'x', more: 1 }), false, JSON.stringify(free));
  }
});

const many = 3_000;
const field = (index: number): object => ({ type: 'object', properties: { [`p${index}`]: { type: 'string' } } });
const fields = Array.from({ length: many }, (_, index) => field(index));
const large: Readonly<Record<string, object>> = {
  'allOf, side by side': { allOf: fields },
  'allOf, one referring to the next': { $ref: '#/components/schemas/Chain0' },
  'anyOf of conditions': {
    ...fields.at(-1),
    anyOf: Array.from({ length: many }, (_, index) => ({ required: [`p${index}`] })),
  },
  'anyOf of objects': { anyOf: fields.map((schema, index) => ({ ...schema, required: [`p${index}`] })) },
  dependentSchemas: {
    properties: { on: {} },
    dependentSchemas: Object.fromEntries(
      fields.map((schema, index) => [index === many - 1 ? 'on' : `k${index}`, schema]),
    ),
  },
  'if and then': {
    properties: { on: {} },
    allOf: fields.map((schema, index) => ({
      if: { required: [index === many - 1 ? 'on' : `k${index}`] },
      then: schema,
    })),
  },
};
for (const [form, schema] of Object.entries(large))
  test(`however many schemas there are for one object, the last one documents too: ${form}`, async () => {
    const chain = fields.map((schema, index) => [
      `Chain${index}`,
      index + 1 < many ? { ...schema, allOf: [{ $ref: `#/components/schemas/Chain${index + 1}` }] } : schema,
    ]);
    const contract = await loadContract({
      openapi: '3.1.0',
      info: { title: 't', version: '1' },
      paths: {},
      components: { schemas: { ...Object.fromEntries(chain), Subject: schema } },
    });
    const subject = contract.schemas.get('Subject');
    assert.ok(subject);
    const names = compileUndocumented(contract, subject, 'request');
    const value = { [`p${many - 1}`]: 'x', on: 1 };
    if (!form.startsWith('dependent') && !form.startsWith('if')) delete (value as { on?: number }).on;
    assert.deepEqual(names.find(value), []);
    assert.equal(names.in({ ...value, isAdmin: true }), true);
  });
