// `x-castellan.url` counts wherever it stands in a request: places of a schema × bodies of every kind and parameters.
// promise: urls-restricted
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { guarded } from './guarded.ts';
import type { Started } from './adapters/servers.ts';

const bad = 'https://169.254.169.254/latest/meta-data';
const good = 'https://hooks.example.com/in';
const hook = { type: 'string', 'x-castellan': { url: { schemes: ['https'], private: 'deny' } } };
const ref = { $ref: '#/components/schemas/Hook' };

/** A schema, and a value of it with a URL in the restricted place. */
const places: Record<string, readonly [schema: object, holding: (url: string) => unknown]> = {};
const scalars: Readonly<Record<string, object>> = {
  'as it is': hook,
  'by $ref': ref,
  'by allOf': { allOf: [ref] },
  'nullable by anyOf': { anyOf: [ref, { type: 'null' }] },
  'nullable by oneOf': { oneOf: [{ type: 'null' }, ref] },
  'under a condition': { type: 'string', if: { type: 'string' }, then: ref },
};
for (const [how, schema] of Object.entries(scalars)) {
  places[`a property, ${how}`] = [{ type: 'object', properties: { a: schema } }, (url) => ({ a: url })];
  places[`items, ${how}`] = [{ type: 'array', items: schema }, (url) => [good, url]];
  places[`prefixItems, ${how}`] = [{ type: 'array', prefixItems: [{ type: 'integer' }, schema] }, (url) => [1, url]];
  places[`a map, ${how}`] = [{ type: 'object', additionalProperties: schema }, (url) => ({ any: good, other: url })];
  places[`patternProperties, ${how}`] = [
    { type: 'object', patternProperties: { '^x-': schema } },
    (url) => ({ 'x-1': url }),
  ];
}
places['a list that is restricted as a whole'] = [
  { type: 'object', properties: { a: { ...hook, type: 'array', items: { type: 'string' } } } },
  (url) => ({ a: [good, url] }),
];
for (const [name, [schema, holding]] of Object.entries({ ...places })) {
  places[`${name}, in a list`] = [{ type: 'array', items: schema }, (url) => [holding(good), holding(url)]];
  places[`${name}, in an alternative`] = [
    { type: 'object', properties: { c: { oneOf: [schema, { type: 'boolean' }] } } },
    (url) => ({ c: holding(url) }),
  ];
  places[`${name}, in a map`] = [{ type: 'object', additionalProperties: schema }, (url) => ({ k: holding(url) })];
}

interface Form {
  readonly name: string;
  /** Where the answer says that it stands. */
  readonly at: RegExp;
  readonly operation: object;
  readonly send: (base: string, url: string) => Promise<Response>;
}

const post = (content: object): object => ({ requestBody: { required: true, content }, responses: done });
const done = { 204: { description: '' } };
const sent = (base: string, type: string, body: string | Uint8Array<ArrayBuffer>, method = 'POST'): Promise<Response> =>
  fetch(base, { method, headers: { 'content-type': type }, body });

const forms: Form[] = Object.entries(places).flatMap(([name, [schema, holding]]): Form[] => [
  {
    name: `${name}, JSON`,
    at: /^\/.*/,
    operation: { post: post({ 'application/json': { schema } }) },
    send: (base, url) => sent(base, 'application/json', JSON.stringify(holding(url))),
  },
  {
    name: `${name}, JSON Lines`,
    at: /^\/1\/.*/,
    operation: { post: post({ 'application/jsonl': { itemSchema: schema } }) },
    send: (base, url) =>
      sent(base, 'application/jsonl', `${JSON.stringify(holding(good))}\n${JSON.stringify(holding(url))}\n`),
  },
]);

const parameter = (more: object): object => ({ get: { parameters: [{ name: 'to', ...more }], responses: done } });
const query = (base: string, to: string): Promise<Response> => fetch(`${base}?to=${encodeURIComponent(to)}`);
for (const [how, schema] of Object.entries(scalars))
  forms.push(
    {
      name: `a query parameter, ${how}`,
      at: /^\/query\/to$/,
      operation: parameter({ in: 'query', schema }),
      send: query,
    },
    {
      name: `a header parameter, ${how}`,
      at: /^\/header\/to$/,
      operation: parameter({ in: 'header', schema }),
      send: (base, to) => fetch(base, { headers: { to } }),
    },
    {
      name: `a cookie parameter, ${how}`,
      at: /^\/cookie\/to$/,
      operation: parameter({ in: 'cookie', schema }),
      send: (base, to) => fetch(base, { headers: { cookie: `to=${encodeURIComponent(to)}` } }),
    },
    {
      name: `a parameter with content, ${how}`,
      at: /^\/query\/to\/a$/,
      operation: parameter({
        in: 'query',
        content: { 'application/json': { schema: { type: 'object', properties: { a: schema } } } },
      }),
      send: (base, a) => query(base, JSON.stringify({ a })),
    },
    {
      name: `a list in the query, ${how}`,
      at: /^\/query\/to\/1$/,
      operation: parameter({ in: 'query', schema: { type: 'array', items: schema } }),
      send: (base, to) => fetch(`${base}?to=${encodeURIComponent(good)}&to=${encodeURIComponent(to)}`),
    },
    {
      name: `a form, ${how}`,
      at: /^\/to$/,
      operation: {
        post: post({ 'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { to: schema } } } }),
      },
      send: (base, to) => sent(base, 'application/x-www-form-urlencoded', new URLSearchParams({ to }).toString()),
    },
    {
      name: `multipart, ${how}`,
      at: /^\/to$/,
      operation: {
        post: post({ 'multipart/form-data': { schema: { type: 'object', properties: { to: schema } } } }),
      },
      send(base, to) {
        const body = new FormData();
        body.set('to', to);
        return fetch(base, { method: 'POST', body });
      },
    },
    {
      name: `a text, ${how}`,
      at: /^$/,
      operation: { post: post({ 'text/plain': { schema } }) },
      send: (base, to) => sent(base, 'text/plain', to),
    },
    {
      name: `a merge patch, ${how}`,
      at: /^\/to$/,
      operation: {
        patch: post({ 'application/merge-patch+json': { schema: { type: 'object', properties: { to: schema } } } }),
      },
      send: (base, to) => sent(base, 'application/merge-patch+json', JSON.stringify({ to }), 'PATCH'),
    },
  );
for (const place of ['query', 'header'])
  forms.push({
    name: `said of the ${place} parameter itself`,
    at: new RegExp(`^/${place}/to$`),
    operation: parameter({ in: place, schema: { type: 'string' }, 'x-castellan': hook['x-castellan'] }),
    send: (base, to) => (place === 'query' ? query(base, to) : fetch(base, { headers: { to } })),
  });

const changes: Readonly<Record<string, (url: string) => object>> = {
  'at its path': (value) => ({ op: 'replace', path: '/callback', value }),
  'added to a list': (value) => ({ op: 'add', path: '/hooks/-', value }),
  'in a value': (callback) => ({ op: 'add', path: '', value: { id: '1', callback } }),
};
const patched = {
  'application/json-patch+json': { schema: { type: 'array', items: { type: 'object', additionalProperties: true } } },
};
const subject = { 'x-castellan': { resource: { type: 'Subscription', id: 'path.id' } } };
const ids = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];

const contract = {
  openapi: '3.2.0',
  info: { title: 'Hooks', version: '1' },
  components: {
    schemas: {
      Hook: hook,
      Subscription: {
        type: 'object',
        'x-castellan': { resource: 'Subscription' },
        properties: {
          id: { type: 'string' },
          title: { type: 'string' },
          callback: ref,
          hooks: { type: 'array', items: ref },
        },
      },
    },
  },
  paths: {
    ...Object.fromEntries(forms.map(({ operation }, index) => [`/forms/${index}`, operation])),
    '/subscriptions/{id}': {
      parameters: ids,
      get: {
        responses: {
          200: {
            description: '',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Subscription' } } },
          },
        },
      },
      patch: { ...subject, ...post(patched) },
    },
  },
};

let server: Started;
let observing: Started;
before(async () => {
  const options = { contract, limits: { perAddress: 'off' } } as const;
  const handler = (_: unknown, response: { statusCode: number; end(): void }): void => {
    response.statusCode = 204;
    response.end();
  };
  server = await guarded({ ...options, authentication: {} }, handler as never);
  observing = await guarded({ ...options, authentication: {}, mode: 'observe' }, handler as never);
});
after(async () => {
  await server.close();
  await observing.close();
});

for (const [index, { name, at, send }] of forms.entries())
  test(`${name}: a forbidden URL is refused, an allowed one passes`, async () => {
    const path = `/forms/${index}`;
    const refused = await send(server.url + path, bad);
    const text = await refused.text();
    assert.equal(refused.status, 400, text);
    const { errors } = JSON.parse(text) as { errors: { pointer: string; keyword: string }[] };
    assert.deepEqual(
      errors.map(({ keyword }) => keyword),
      ['url'],
    );
    assert.match(errors[0]?.pointer ?? '-', at);
    assert.doesNotMatch(text, /169\.254/);
    const passed = await send(server.url + path, good);
    assert.equal(passed.status, 204, await passed.text());
    assert.equal((await send(observing.url + path, bad)).status, 204);
  });

test('a JSON Patch brings no forbidden URL to a resource', async () => {
  const patch = (change: object): Promise<Response> =>
    sent(`${server.url}/subscriptions/1`, 'application/json-patch+json', JSON.stringify([change]), 'PATCH');
  for (const [where, change] of Object.entries(changes)) {
    assert.equal((await patch(change(bad))).status, 400, where);
    assert.equal((await patch(change(good))).status, 204, where);
  }
  for (const op of ['copy', 'move'])
    assert.equal((await patch({ op, from: '/title', path: '/callback' })).status, 400, op);
  for (const change of [
    { op: 'replace', path: '/title', value: bad },
    { op: 'remove', path: '/callback' },
    { op: 'copy', from: '/title', path: '/other' },
  ])
    assert.equal((await patch(change)).status, 204, JSON.stringify(change));
});
