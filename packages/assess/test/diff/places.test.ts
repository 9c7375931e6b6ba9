import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffContracts } from '../../src/diff/index.ts';
import { documentOf, json, load, O, ok, parameter, T, type Raw } from './documents.ts';

/** Where a schema may stand: each makes a document around one. */
const places: Readonly<Record<string, (schema: unknown) => Raw>> = {
  'JSON body': (schema) => documentOf({ requestBody: json(schema) }),
  'body by $ref': (schema) =>
    documentOf({ requestBody: json({ $ref: '#/components/schemas/S' }) }, { components: { schemas: { S: schema } } }),
  'requestBody by $ref': (schema) =>
    documentOf(
      { requestBody: { $ref: '#/components/requestBodies/R' } },
      { components: { requestBodies: { R: json(schema) } } },
    ),
  'vendor JSON body': (schema) => documentOf({ requestBody: { content: { 'application/vnd.x+json': { schema } } } }),
  'form body': (schema) =>
    documentOf({ requestBody: { content: { 'application/x-www-form-urlencoded': { schema: O({ f: schema }) } } } }),
  'part of a multipart body': (schema) =>
    documentOf({ requestBody: { content: { 'multipart/form-data': { schema: O({ f: schema }) } } } }),
  'header of a part': (schema) =>
    documentOf({
      requestBody: {
        content: {
          'multipart/form-data': { schema: O({ f: T }), encoding: { f: { headers: { 'X-Part': { schema } } } } },
        },
      },
    }),
  'query parameter': (schema) => parameter('query', schema),
  'header parameter': (schema) => parameter('header', schema),
  'cookie parameter': (schema) => parameter('cookie', schema),
  'parameter of the path item': (schema) => ({
    paths: { '/a': { parameters: [{ name: 'p', in: 'query', schema }], get: { responses: ok } } },
  }),
  'parameter by content': (schema) => documentOf({ parameters: [{ name: 'p', in: 'query', ...json(schema) }] }),
  'parameter by $ref': (schema) =>
    documentOf(
      { parameters: [{ $ref: '#/components/parameters/P' }] },
      { components: { parameters: { P: { name: 'p', in: 'query', schema } } } },
    ),
  'answer 200': (schema) => documentOf({ responses: { 200: { description: 'ok', ...json(schema) } } }),
  'default answer': (schema) => documentOf({ responses: { ...ok, default: { description: 'else', ...json(schema) } } }),
  'answer 2XX': (schema) => documentOf({ responses: { '2XX': { description: 'ok', ...json(schema) } } }),
  'header of an answer': (schema) =>
    documentOf({ responses: { 200: { description: 'ok', headers: { 'X-Info': { schema } } } } }),
  'body of a callback': (schema) =>
    documentOf({
      callbacks: { c: { '{$request.body#/url}': { post: { requestBody: json(schema), responses: ok } } } },
    }),
  'body of a callback by $ref': (schema) =>
    documentOf(
      { callbacks: { c: { $ref: '#/components/callbacks/C' } } },
      {
        components: {
          callbacks: { C: { '{$request.body#/url}': { post: { requestBody: json(schema), responses: ok } } } },
        },
      },
    ),
  'parameter of a callback': (schema) =>
    documentOf({
      callbacks: {
        c: { '{$request.body#/url}': { post: { parameters: [{ name: 'p', in: 'header', schema }], responses: ok } } },
      },
    }),
  'answer to a callback': (schema) =>
    documentOf({
      callbacks: {
        c: { '{$request.body#/url}': { post: { responses: { 200: { description: 'ok', ...json(schema) } } } } },
      },
    }),
  'body of a webhook': (schema) => ({
    paths: {},
    webhooks: { w: { post: { requestBody: json(schema), responses: ok } } },
  }),
  'parameter of a webhook': (schema) => ({
    paths: {},
    webhooks: { w: { parameters: [{ name: 'p', in: 'header', schema }], post: { responses: ok } } },
  }),
};

/** Where in a schema another one may stand. */
const within: Readonly<Record<string, (schema: unknown) => unknown>> = {
  itself: (schema) => schema,
  property: (schema) => O({ p: schema }),
  items: (schema) => ({ type: 'array', items: schema }),
  prefixItems: (schema) => ({ type: 'array', prefixItems: [schema] }),
  contains: (schema) => ({ type: 'array', contains: schema }),
  additionalProperties: (schema) => ({ type: 'object', additionalProperties: schema }),
  'additionalProperties through allOf': (schema) => ({ allOf: [{ type: 'object' }, { additionalProperties: schema }] }),
  unevaluatedProperties: (schema) => ({ allOf: [O({ q: T })], unevaluatedProperties: schema }),
  unevaluatedItems: (schema) => ({ type: 'array', prefixItems: [T], unevaluatedItems: schema }),
  patternProperties: (schema) => ({ type: 'object', patternProperties: { '^x': schema } }),
  dependentSchemas: (schema) => ({ type: 'object', dependentSchemas: { q: { properties: { p: schema } } } }),
  allOf: (schema) => ({ allOf: [schema, { description: 'more' }] }),
  anyOf: (schema) => ({ anyOf: [schema, { type: 'boolean' }] }),
  oneOf: (schema) => ({ oneOf: [schema, { type: 'boolean' }] }),
  not: (schema) => ({ not: { allOf: [{ type: ['string', 'object', 'array', 'number'] }, schema] } }),
  then: (schema) => ({ if: { type: 'string' }, then: schema, else: { type: ['object', 'array', 'number'] } }),
  else: (schema) => ({ if: { type: 'boolean' }, then: true, else: schema }),
  if: (schema) => ({ type: ['string', 'object', 'array', 'number'], if: schema, then: true, else: false }),
  'a property of a part of oneOf': (schema) => ({
    oneOf: [
      O({ kind: { const: 'a' }, p: schema }, { required: ['kind'] }),
      O({ kind: { const: 'b' } }, { required: ['kind'] }),
    ],
  }),
  propertyNames: (schema) => ({ type: 'object', propertyNames: schema }),
};

/** What binds, and the same without it or with less. Each takes more than before. */
const weakenings: Readonly<Record<string, readonly [object, object | true]>> = {
  maxLength: [{ type: 'string', maxLength: 5 }, T],
  minLength: [
    { type: 'string', minLength: 5 },
    { type: 'string', minLength: 2 },
  ],
  pattern: [{ type: 'string', pattern: '^a+$' }, T],
  'another pattern': [
    { type: 'string', pattern: '^a+$' },
    { type: 'string', pattern: '^[ab]+$' },
  ],
  format: [{ type: 'string', format: 'uuid' }, T],
  enum: [
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', enum: ['a', 'b', 'c'] },
  ],
  const: [{ const: 'a' }, T],
  maximum: [
    { type: 'number', maximum: 5 },
    { type: 'number', maximum: 50 },
  ],
  minimum: [{ type: 'number', minimum: 0 }, { type: 'number' }],
  exclusiveMaximum: [
    { type: 'number', exclusiveMaximum: 5 },
    { type: 'number', maximum: 5 },
  ],
  multipleOf: [
    { type: 'number', multipleOf: 4 },
    { type: 'number', multipleOf: 2 },
  ],
  type: [T, { type: ['string', 'number'] }],
  'no type': [{ type: 'number', maximum: 5 }, { maximum: 5 }],
  null: [T, { type: ['string', 'null'] }],
  required: [O({ a: T }, { required: ['a'] }), O({ a: T })],
  'additionalProperties: false': [O({ a: T }, { additionalProperties: false }), O({ a: T })],
  'additionalProperties: a schema': [
    { type: 'object', additionalProperties: { type: 'number' } },
    { type: 'object', additionalProperties: true },
  ],
  'a property more': [O({ a: T }, { additionalProperties: false }), O({ a: T, b: T }, { additionalProperties: false })],
  unevaluatedProperties: [{ allOf: [O({ a: T })], unevaluatedProperties: false }, { allOf: [O({ a: T })] }],
  maxProperties: [
    { type: 'object', maxProperties: 2 },
    { type: 'object', maxProperties: 20 },
  ],
  minProperties: [{ type: 'object', minProperties: 2 }, { type: 'object' }],
  propertyNames: [{ type: 'object', propertyNames: { pattern: '^a' } }, { type: 'object' }],
  patternProperties: [
    { type: 'object', patternProperties: { '^a': { type: 'number' } } },
    { type: 'object', patternProperties: { '^a': { type: ['number', 'string'] } } },
  ],
  dependentRequired: [O({ a: T }, { dependentRequired: { a: ['b'] } }), O({ a: T })],
  dependentSchemas: [O({ a: T }, { dependentSchemas: { a: { required: ['b'] } } }), O({ a: T })],
  maxItems: [{ type: 'array', maxItems: 3 }, { type: 'array' }],
  minItems: [
    { type: 'array', minItems: 3 },
    { type: 'array', minItems: 1 },
  ],
  uniqueItems: [{ type: 'array', uniqueItems: true }, { type: 'array' }],
  items: [{ type: 'array', items: { type: 'number' } }, { type: 'array' }],
  'items: false': [
    { type: 'array', prefixItems: [T], items: false },
    { type: 'array', prefixItems: [T] },
  ],
  contains: [{ type: 'array', contains: { const: 1 } }, { type: 'array' }],
  minContains: [
    { type: 'array', contains: { const: 1 }, minContains: 2 },
    { type: 'array', contains: { const: 1 } },
  ],
  maxContains: [
    { type: 'array', contains: { const: 1 }, maxContains: 2 },
    { type: 'array', contains: { const: 1 } },
  ],
  not: [{ type: 'string', not: { const: 'root' } }, T],
  'not, narrower': [
    { type: 'string', not: { enum: ['root', 'admin'] } },
    { type: 'string', not: { enum: ['root'] } },
  ],
  'if and then': [{ type: 'string', if: { minLength: 3 }, then: { pattern: '^a' } }, T],
  'then, wider': [
    { type: 'string', if: { minLength: 3 }, then: { maxLength: 5 } },
    { type: 'string', if: { minLength: 3 }, then: { maxLength: 9 } },
  ],
  'a part of allOf': [{ allOf: [T, { maxLength: 5 }] }, { allOf: [T] }],
  'a part of anyOf': [{ anyOf: [T] }, { anyOf: [T, { type: 'number' }] }],
  'a part of oneOf': [{ oneOf: [T] }, { oneOf: [T, { type: 'number' }] }],
  'nothing said': [T, {}],
  anything: [T, true],
  'an empty schema': [O({ a: T }), {}],
};

/** Each third of everything in everything, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const [place, document] of Object.entries(places))
  test(`no weakening is silent: ${place}`, async () => {
    const silent: string[] = [];
    const taken = /body|parameter/.test(place) && !/callback|webhook/.test(place);
    // Everything in everything where a schema is flattened; elsewhere that it is looked at.
    const few = place !== 'JSON body' && place !== 'answer 200';
    for (const [row, [keyword, [old, now]]] of Object.entries(weakenings).entries())
      for (const [column, [inside, wrap]] of Object.entries(within).entries()) {
        if (!few && (row + column) % step !== 0) continue;
        if (few && inside !== 'itself' && inside !== 'property') continue;
        // What narrows names speaks of texts only.
        if (inside === 'propertyNames' && !/"string"|const|^enum/.test(JSON.stringify(old))) continue;
        const [before, after] = await Promise.all([load(document(wrap(old))), load(document(wrap(now)))]);
        const changes = diffContracts(before, after);
        // What is excluded more is taken less, and what an answer gives less harms nobody.
        if (inside === 'not') {
          if (place === 'JSON body' && keyword !== 'null' && changes.length === 0)
            silent.push(`${keyword} in ${inside}`);
        } else if (changes.length === 0) silent.push(`${keyword} in ${inside}`);
        else if (taken && changes.every(({ kind, code }) => kind === 'breaking' || code === 'described-now'))
          silent.push(`${keyword} in ${inside} is told as ${changes.map(({ code }) => code).join(', ')}`);
      }
    assert.deepEqual(silent.join('; '), '');
  });
