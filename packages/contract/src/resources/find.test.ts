import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../load/load-contract.ts';
import { typeName } from './type-name.ts';

const answer = (schema: object) => ({
  responses: { '200': { description: 'ok', content: { 'application/json': { schema } } } },
});
const plain = { responses: { '200': { description: 'ok' } } };

async function resourcesOf(paths: object, schemas: object = {}) {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths,
    components: { schemas },
  });
  return {
    resources: [...contract.resources.values()].map(({ type, id, declared }) => [type, id, declared]),
    operations: Object.fromEntries(
      contract.operations.map(({ method, path, resource }) => [
        `${method} ${path}`,
        resource && [resource.type, resource.id, resource.declared],
      ]),
    ),
  };
}

test('an object with an id, answered where a path names one, is a resource', async () => {
  const { resources, operations } = await resourcesOf(
    {
      '/documents': { get: plain, post: plain },
      '/documents/{documentId}': { get: answer({ $ref: '#/components/schemas/Document' }), delete: plain },
      '/documents/{documentId}/publish': { post: plain },
      '/documents/{documentId}/comments/{commentId}': { delete: plain },
      '/health': { get: plain },
    },
    { Document: { type: 'object', allOf: [{ properties: { id: { type: 'string' } } }] } },
  );
  assert.deepEqual(resources, [['Document', 'id', false]]);
  assert.deepEqual(operations, {
    'GET /documents': ['Document', undefined, false],
    'POST /documents': ['Document', undefined, false],
    'GET /documents/{documentId}': ['Document', 'path.documentId', false],
    'DELETE /documents/{documentId}': ['Document', 'path.documentId', false],
    'POST /documents/{documentId}/publish': ['Document', 'path.documentId', false],
    // Another object whose type nobody told: not the document.
    'DELETE /documents/{documentId}/comments/{commentId}': undefined,
    'GET /health': undefined,
  });
});

test('nothing is guessed without an id, or without a single object', async () => {
  const { resources } = await resourcesOf({
    '/things/{name}': { get: answer({ type: 'object', properties: { title: {} } }) },
    '/reports/{id}': { get: answer({ type: 'array', items: { properties: { id: {} } } }) },
    '/status': { get: answer({ type: 'object', properties: { id: {} } }) },
  });
  assert.deepEqual(resources, []);
});

test('an inline schema takes its name from the path', async () => {
  const { resources } = await resourcesOf({
    '/price-lists/{list}': { get: answer({ type: 'object', properties: { list: {} } }) },
  });
  assert.deepEqual(resources, [['PriceList', 'list', false]]);
});

test('declared ones count before inferred ones, on schemas and on operations', async () => {
  const { resources, operations } = await resourcesOf(
    {
      '/documents/{documentId}': {
        get: answer({ $ref: '#/components/schemas/Document' }),
        put: { ...plain, 'x-castellan': { resource: { type: 'Draft', id: 'path.documentId' } } },
      },
    },
    {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Paper', id: 'number' },
        properties: { id: {}, number: {} },
      },
      Draft: { type: 'object', 'x-castellan': { resource: 'Draft' } },
    },
  );
  assert.deepEqual(resources, [
    ['Paper', 'number', true],
    ['Draft', 'id', true],
  ]);
  assert.deepEqual(operations, {
    'GET /documents/{documentId}': ['Paper', 'path.documentId', false],
    'PUT /documents/{documentId}': ['Draft', 'path.documentId', true],
  });
});

test('names of types', () => {
  assert.deepEqual(
    ['documents', 'price-lists', 'entries', 'boxes', 'statuses', 'news_items', 'address', 'user'].map(typeName),
    ['Document', 'PriceList', 'Entry', 'Box', 'Status', 'NewsItem', 'Address', 'User'],
  );
});

test('a property that names an object is none itself: what holds it is still found', async () => {
  const user = { type: 'integer', 'x-castellan': { resource: 'User' } };
  const { resources, operations } = await resourcesOf(
    {
      '/reviews/{reviewId}': { get: answer({ $ref: '#/components/schemas/Review' }) },
      '/users/{userId}': { get: answer({ $ref: '#/components/schemas/User' }) },
    },
    {
      Review: { type: 'object', properties: { id: { type: 'integer' }, authorId: user } },
      User: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
    },
  );
  assert.deepEqual(
    resources.map(([type]) => type),
    ['User', 'Review'],
  );
  assert.deepEqual(operations['GET /reviews/{reviewId}'], ['Review', 'path.reviewId', false]);
  assert.deepEqual(operations['GET /users/{userId}'], ['User', 'path.userId', false]);
});

test('an object with an id that holds a declared one is itself, and a wrapper is what it wraps', async () => {
  const user = { type: 'object', 'x-castellan': { resource: 'User' }, properties: { id: { type: 'string' } } };
  const { operations } = await resourcesOf(
    {
      '/pages/{id}': { get: answer({ $ref: '#/components/schemas/Page' }), patch: plain },
      '/accounts/{userId}': {
        get: answer({ type: 'object', properties: { user: { $ref: '#/components/schemas/User' } } }),
      },
    },
    {
      User: user,
      Page: {
        type: 'object',
        properties: { id: { type: 'string' }, lastEditor: { $ref: '#/components/schemas/User' } },
      },
    },
  );
  assert.deepEqual(operations, {
    'GET /pages/{id}': ['Page', 'path.id', false],
    'PATCH /pages/{id}': ['Page', 'path.id', false],
    'GET /accounts/{userId}': ['User', 'path.userId', false],
  });
});
