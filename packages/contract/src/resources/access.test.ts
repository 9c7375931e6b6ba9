import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../load/load-contract.ts';
import { compileResourceAccess, type Findings, type ResourceAccess, type ResourceAccessOptions } from './access.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

async function accessTo(
  schema: object,
  schemas: object = {},
  direction: 'request' | 'response' = 'response',
  options: ResourceAccessOptions = {},
): Promise<ResourceAccess | undefined> {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: {},
    components: { schemas: { Subject: schema, ...schemas } },
  });
  const subject = contract.schemas.get('Subject');
  assert.ok(subject);
  return compileResourceAccess(contract, subject, direction, options);
}

function find(access: ResourceAccess | undefined, value: unknown) {
  assert.ok(access);
  const findings = { resources: [], properties: [], references: [] } satisfies Findings as Required<Findings>;
  const whole = access.visit(value, findings);
  return {
    whole,
    resources: findings.resources.map(
      (found) => `${found.type} ${String(found.value[found.idName])} ${access.locate(value, found.value)}`,
    ),
    properties: findings.properties.map(
      ({ rule, holder, owner }) =>
        `${rule.name} [${rule.allowed.join()}] of ${String(owner?.value['id'])} ${access.locate(value, holder)}`,
    ),
    references: findings.references.map(({ shape, id }) => `${shape.name} ${shape.type} ${id}`),
  };
}

const Document = {
  type: 'object',
  'x-castellan': { resource: 'Document' },
  properties: {
    id: { type: 'string' },
    ownerId: { type: 'string', 'x-castellan': { resource: 'User' } },
    notes: { type: 'string', 'x-castellan': { read: ['reviewers', 'scope:notes'], write: ['editors'] } },
    sections: { type: 'array', items: ref('Section') },
  },
};
const Section = {
  type: 'object',
  'x-castellan': { resource: 'Section', id: 'number' },
  properties: { number: { type: 'integer' }, document: ref('Document') },
};
const schemas = { Document, Section };

test('resources are found in lists, envelopes, maps and inside each other', async () => {
  const list = await accessTo(
    { type: 'object', properties: { items: { type: 'array', items: ref('Document') } } },
    schemas,
  );
  assert.deepEqual(find(list, { items: [{ id: 'a', sections: [{ number: 1 }] }, { id: 'b' }] }).resources, [
    'Document a /items/0',
    'Section 1 /items/0/sections/0',
    'Document b /items/1',
  ]);
  assert.deepEqual([...(list?.types ?? [])], ['Document', 'Section']);
  assert.equal(list?.root, undefined);
  const map = await accessTo(
    {
      type: 'object',
      properties: { total: {} },
      patternProperties: { '^s-': ref('Section') },
      additionalProperties: ref('Document'),
    },
    schemas,
  );
  assert.deepEqual(find(map, { total: { id: 'no' }, 's-1': { number: 1 }, x: { id: 'x' } }).resources, [
    'Section 1 /s-1',
    'Document x /x',
  ]);
  const tuple = await accessTo({ type: 'array', prefixItems: [ref('Section')], items: ref('Document') }, schemas);
  assert.deepEqual(find(tuple, [{ number: 1 }, { id: 'a' }]).resources, ['Section 1 /0', 'Document a /1']);
});

test('schemas that contain themselves are followed as deep as the value goes', async () => {
  const access = await accessTo(ref('Document'), schemas);
  assert.deepEqual(find(access, { id: 'a', sections: [{ number: 1, document: { id: 'b' } }] }).resources, [
    'Document a ',
    'Section 1 /sections/0',
    'Document b /sections/0/document',
  ]);
  assert.deepEqual(access?.root, { type: 'Document', id: 'id' });
  let deep: object = { id: 'end' };
  for (let level = 0; level < 5000; level++) deep = { number: level, document: { id: 'x', sections: [deep] } };
  assert.equal(find(access, { sections: [deep] }).whole, false);
});

test('of alternatives only those that hold count; a discriminator chooses', async () => {
  const either = await accessTo(
    {
      oneOf: [
        { allOf: [ref('Document'), { properties: { kind: { const: 'd' } }, required: ['kind'] }] },
        { allOf: [ref('Section'), { properties: { kind: { const: 's' } }, required: ['kind'] }] },
        { type: 'null' },
      ],
    },
    schemas,
  );
  assert.deepEqual(find(either, { kind: 's', number: 7, id: 'a' }).resources, ['Section 7 ']);
  assert.deepEqual(find(either, null).resources, []);
  const chosen = await accessTo(
    { oneOf: [ref('Document'), ref('Section')], discriminator: { propertyName: 'kind' } },
    schemas,
  );
  assert.deepEqual(find(chosen, { kind: 'Document', id: 'a', number: 7 }).resources, ['Document a ']);
  const extended = await accessTo({ allOf: [ref('Document')], properties: { more: ref('Section') } }, schemas);
  assert.deepEqual(find(extended, { id: 'a', more: { number: 1 } }).resources, ['Document a ', 'Section 1 /more']);
});

test('restricted properties carry who may read or write them, and the object that they are of', async () => {
  const value = { items: [{ id: 'a', notes: 'x' }, { id: 'b' }] };
  const list = { type: 'object', properties: { items: { type: 'array', items: ref('Document') } } };
  assert.deepEqual(find(await accessTo(list, schemas), value).properties, [
    'notes [reviewers,scope:notes] of a /items/0',
  ]);
  assert.deepEqual(find(await accessTo(list, schemas, 'request'), value).properties, ['notes [editors] of a /items/0']);
  const rulesOnly = await accessTo(list, schemas, 'response', { resources: false });
  const found = find(rulesOnly, value);
  assert.deepEqual(found.resources, []);
  assert.equal(found.properties.length, 1);
});

test('properties that name other objects are told, single and in lists', async () => {
  const access = await accessTo({
    type: 'object',
    properties: {
      ownerId: { type: 'string', 'x-castellan': { resource: 'User' } },
      memberIds: { type: 'array', items: { type: 'integer', 'x-castellan': { resource: 'User' } } },
    },
  });
  const found = find(access, { ownerId: 'ada', memberIds: [1, 2] });
  assert.deepEqual(found.references, ['ownerId User ada', 'memberIds User 1', 'memberIds User 2']);
  assert.deepEqual(found.resources, []);
});

test('what leads to nothing has no access, and costs nothing', async () => {
  assert.equal(await accessTo({ type: 'object', properties: { a: { type: 'array', items: {} } } }), undefined);
  assert.equal(await accessTo({ properties: { next: ref('Subject') } }), undefined);
  assert.equal(
    await accessTo({ type: 'object', properties: { section: ref('Section') } }, schemas, 'request', {
      resources: false,
    }).then((access) => access?.rules.length),
    1,
  );
});

test('inferred resources count like declared ones', async () => {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: {
      '/orders/{orderId}': {
        get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema: ref('Order') } } } } },
      },
      '/orders': {
        get: {
          responses: {
            200: {
              description: 'ok',
              content: { 'application/json': { schema: { type: 'array', items: ref('Order') } } },
            },
          },
        },
      },
    },
    components: { schemas: { Order: { type: 'object', properties: { id: { type: 'string' } } } } },
  });
  const schema = contract.operations.find(({ path }) => path === '/orders')?.responses[0]?.content[0]?.schema;
  assert.ok(schema);
  assert.deepEqual(find(compileResourceAccess(contract, schema, 'response'), [{ id: '1' }]).resources, ['Order 1 /0']);
});
