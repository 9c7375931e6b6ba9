import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffContracts } from '../../src/diff/index.ts';
import { documentOf, json, load, O, ok, parameter, T, two, type Raw } from './documents.ts';

/** What is written around schemas: an operation, what it refers to beside it, and the same with less control or another meaning. */
const around: Readonly<Record<string, readonly [old: Raw, now: Raw]>> = {
  'the schema of a body': [
    documentOf({ requestBody: json(T) }),
    documentOf({ requestBody: { content: { 'application/json': {} } } }),
  ],
  'the schema of a form': [
    documentOf({ requestBody: { content: { 'application/x-www-form-urlencoded': { schema: O({ a: T }) } } } }),
    documentOf({ requestBody: { content: { 'application/x-www-form-urlencoded': {} } } }),
  ],
  'the schema of an answer': [
    documentOf({ responses: { 200: { description: 'ok', ...json(T) } } }),
    documentOf({ responses: { 200: { description: 'ok', content: { 'application/json': {} } } } }),
  ],
  'the schema of a parameter': [
    parameter('query', { type: 'string', maxLength: 5 }),
    documentOf({ parameters: [{ name: 'p', in: 'query', content: { 'text/plain': {} } }] }),
  ],
  'a schema that becomes content': [
    parameter('query', { type: 'string', maxLength: 5 }),
    documentOf({ parameters: [{ name: 'p', in: 'query', ...json({ type: 'string', maxLength: 5 }) }] }),
  ],
  ...Object.fromEntries(
    Object.entries({
      style: ['form', 'pipeDelimited'],
      explode: [true, false],
      allowReserved: [false, true],
      allowEmptyValue: [false, true],
    }).map(([key, [old, now]]) => [
      `${key} of a parameter`,
      [
        documentOf({ parameters: [{ name: 'p', in: 'query', schema: { type: 'array', items: T }, [key]: old }] }),
        documentOf({ parameters: [{ name: 'p', in: 'query', schema: { type: 'array', items: T }, [key]: now }] }),
      ] as const,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      contentType: ['image/png', '*/*'],
      style: ['form', 'deepObject'],
      explode: [false, true],
      allowReserved: [false, true],
      headers: [{ 'X-A': { required: true, schema: T } }, {}],
    }).map(([key, [old, now]]) => {
      const of = (value: unknown): Raw =>
        documentOf({
          requestBody: {
            content: { 'multipart/form-data': { schema: O({ f: T }), encoding: { f: { [key]: value } } } },
          },
        });
      return [`${key} of an encoding`, [of(old), of(now)] as const];
    }),
  ),
  'mapping of a discriminator': two(
    (['A', 'B'] as const).map((name) =>
      documentOf(
        {
          requestBody: json({
            oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }],
            discriminator: { propertyName: 'kind', mapping: { a: `#/components/schemas/${name}` } },
          }),
        },
        { components: { schemas: { A: O({ kind: T, a: T }), B: O({ kind: T, b: T }) } } },
      ),
    ),
  ),
  'name of a discriminator': two(
    (['kind', 'type'] as const).map((name) =>
      documentOf({
        requestBody: json({ oneOf: [O({ kind: T, type: T })], discriminator: { propertyName: name } }),
      }),
    ),
  ),
  'operation of a link': two(
    (['getA', 'removeA'] as const).map((operationId) =>
      documentOf({ responses: { 200: { description: 'ok', links: { next: { operationId } } } } }),
    ),
  ),
  'server of a link': two(
    (['https://a.example.com', 'https://evil.example.net'] as const).map((url) =>
      documentOf({ responses: { 200: { description: 'ok', links: { next: { operationId: 'a', server: { url } } } } } }),
    ),
  ),
  ...Object.fromEntries(
    ['document', 'path item', 'operation'].map((level) => {
      const of = (url: string): Raw => {
        const servers = [{ url }];
        const base = documentOf(level === 'operation' ? { servers } : {}) as { paths: Record<string, object> };
        if (level === 'document') return { ...base, servers };
        if (level === 'operation') return base;
        return {
          paths: Object.fromEntries(Object.entries(base.paths).map(([path, item]) => [path, { ...item, servers }])),
        };
      };
      return [`server of the ${level}`, [of('https://a.example.com'), of('http://a.example.com')] as const];
    }),
  ),
  'values of a server variable': two(
    ([['a'], ['a', 'evil']] as const).map((listed) => ({
      ...documentOf({}),
      servers: [{ url: 'https://{host}.example.com', variables: { host: { default: 'a', enum: listed } } }],
    })),
  ),
  'security of a callback': two(
    ([[{ key: [] }], []] as const).map((security) =>
      documentOf(
        { callbacks: { c: { '{$request.body#/url}': { post: { security, responses: ok } } } } },
        { components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } } },
      ),
    ),
  ),
  'address of a callback': two(
    (['{$request.body#/url}', '{$request.query.url}'] as const).map((address) =>
      documentOf({ callbacks: { c: { [address]: { post: { responses: ok } } } } }),
    ),
  ),
  'method of a callback': two(
    (['post', 'put'] as const).map((method) =>
      documentOf({ callbacks: { c: { '{$request.body#/url}': { [method]: { responses: ok } } } } }),
    ),
  ),
  'signature of a webhook': two(
    ([[{ name: 'X-Signature', in: 'header', required: true, schema: T }], []] as const).map((parameters) => ({
      paths: {},
      webhooks: { w: { post: { parameters, responses: ok } } },
    })),
  ),
  'the default answer': [documentOf({ responses: { ...ok, default: { description: 'else' } } }), documentOf({})],
  'an answer 401': [documentOf({ responses: { ...ok, 401: { description: 'who?' } } }), documentOf({})],
  'a required body': [
    documentOf({ requestBody: { required: true, ...json(T) } }),
    documentOf({ requestBody: json(T) }),
  ],
  'a required parameter': [
    documentOf({ parameters: [{ name: 'p', in: 'header', required: true, schema: T }] }),
    parameter('header', T),
  ],
  'a body at all': [documentOf({}), documentOf({ requestBody: json(T) })],
  ...Object.fromEntries(
    Object.entries<readonly [unknown, unknown]>({
      rateLimit: [
        { rate: '10/minute', by: 'address' },
        { rate: '100/minute', by: 'address' },
      ],
      concurrency: [5, 50],
      maxBody: ['1KB', '1MB'],
      flow: [
        { name: 'a', pace: '5/minute' },
        { name: 'a', pace: '50/minute' },
      ],
    }).map(([key, [old, now]]) => [
      `x-castellan.${key}`,
      [documentOf({ 'x-castellan': { [key]: old } }), documentOf({ 'x-castellan': { [key]: now } })] as const,
    ]),
  ),
};

for (const [what, [old, now]] of Object.entries(around))
  test(`what is written around schemas is never silent: ${what}`, async (t) => {
    let contracts;
    try {
      contracts = await Promise.all([load(old), load(now)]);
    } catch (error) {
      t.diagnostic(String(error));
      throw error;
    }
    const [before, after] = contracts;
    assert.notDeepEqual(diffContracts(before, after), []);
    assert.deepEqual(diffContracts(before, await load(old)), []);
  });
