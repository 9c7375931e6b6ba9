import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { diffContracts } from './index.ts';

type Part = Readonly<Record<string, unknown>>;

async function diff(before: Part, after: Part, openapi = '3.1.0', now = openapi): Promise<readonly string[]> {
  const load = (document: Part, version: string) =>
    loadContract({ openapi: version, info: { title: 'T', version: '1' }, ...document });
  return diffContracts(await load(before, openapi), await load(after, now)).map(
    ({ kind, code, severity }) => `${kind} ${code} ${severity}`,
  );
}

const text = { type: 'string', maxLength: 20 };
const list = { type: 'array', maxItems: 5, items: text };
const ok = { 200: { description: 'ok', content: { 'application/json': { schema: text } } } };
const get = (more: Part, path = '/things'): Part => ({ paths: { [path]: { get: { responses: ok, ...more } } } });
const body = (schema: Part, more: Part = {}): Part => ({
  paths: {
    '/things': {
      post: { requestBody: { required: true, content: { 'application/json': { schema, ...more } } }, responses: ok },
    },
  },
});

test('how a parameter is written is compared where it says something', async () => {
  const of = (more: Part, schema: Part = list): Part =>
    get({ parameters: [{ name: 'q', in: 'query', schema, ...more }] });
  for (const [old, now, said] of [
    [{ explode: true }, { explode: false }, ['breaking parameter-style-changed medium']],
    [{ style: 'form' }, { style: 'pipeDelimited', explode: false }, ['breaking parameter-style-changed medium']],
    [{ style: 'form', explode: true }, {}, []],
    [{}, { allowEmptyValue: true }, ['security empty-value-taken low']],
    [{ allowEmptyValue: true }, {}, []],
    [{}, { allowReserved: true }, ['security reserved-characters-taken low']],
  ] as const)
    assert.deepEqual(await diff(of(old), of(now)), said, JSON.stringify([old, now]));
  assert.deepEqual(
    await diff(of({ explode: true }, text), of({ explode: false }, text)),
    [],
    'of one text it says nothing',
  );
});

test('defaults: what decides about rights is told as security, others as good to know', async () => {
  const of = (name: string, value: unknown): Part =>
    body({ type: 'object', properties: { [name]: { ...text, ...(value === undefined ? {} : { default: value }) } } });
  for (const [name, said] of [
    ['role', 'security default-changed medium'],
    ['isAdmin', 'security default-changed medium'],
    ['sort', 'compatible default-changed info'],
  ] as const)
    for (const [old, now] of [
      ['a', 'b'],
      [undefined, 'b'],
      ['a', undefined],
    ])
      assert.deepEqual(await diff(of(name, old), of(name, now)), [said], name);
  const asked = (value: number): Part =>
    get({ parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100, default: value } }] });
  assert.deepEqual(await diff(asked(10), asked(100)), ['compatible default-changed info']);
  assert.deepEqual(await diff(asked(10), asked(10)), []);
});

test('servers: another host is told, plain HTTP is high, one that is gone breaks', async () => {
  const of = (...urls: readonly string[]): Part => ({ servers: urls.map((url) => ({ url })), ...get({}) });
  const one = 'https://api.example.com/v1';
  assert.deepEqual(await diff(of(one), of(one, 'https://api.example.com/v2')), ['compatible server-added info']);
  assert.deepEqual(await diff(of(one), of(one, 'https://other.example/v1')), ['security server-added low']);
  assert.deepEqual(await diff(of(one), of(one, 'http://api.example.com/v1')), ['security server-plain-http high']);
  assert.deepEqual(await diff(of(one, 'https://b.example'), of(one)), ['breaking server-removed low']);
  assert.deepEqual(await diff(of(one, 'https://b.example'), of('https://b.example', one)), []);
});

test('a status that took the place of another is one line, however much the answer holds', async () => {
  const schema = {
    type: 'object',
    required: ['id', 'name'],
    properties: Object.fromEntries(['id', 'name', 'a', 'b', 'c', 'd', 'e'].map((name) => [name, text])),
  };
  const of = (...statuses: readonly number[]): Part =>
    get({
      responses: Object.fromEntries(
        statuses.map((status) => [
          status,
          { description: '', content: status < 300 ? { 'application/json': { schema } } : {} },
        ]),
      ),
    });
  for (const [old, now] of [
    [200, 201],
    [201, 202],
    [202, 200],
  ] as const)
    assert.deepEqual(await diff(of(old), of(now)), ['breaking status-changed medium']);
  assert.deepEqual(await diff(of(200), of(200, 404)), ['compatible status-added info']);
  assert.deepEqual(await diff(of(200, 404), of(200)), ['compatible status-removed info']);
});

test('fields of answers: what they hold is compared; one that is gone breaks, one more does no harm', async () => {
  const of = (headers: Part): Part => get({ responses: { 200: { description: 'ok', headers } } });
  const field = (schema: Part): Part => ({ 'X-State': { required: true, schema } });
  assert.deepEqual(await diff(of(field({ enum: ['a'] })), of(field({ enum: ['a', 'b'] }))), [
    'breaking answer-widened medium',
  ]);
  assert.deepEqual(await diff(of(field(text)), of({})), ['breaking response-value-removed medium']);
  assert.deepEqual(await diff(of({}), of(field(text))), []);
  assert.deepEqual(await diff(of({}), of({ 'X-Api-Key': { schema: text } })), ['security now-returned high']);
});

test('callbacks and webhooks', async () => {
  const of = (callbacks: Part): Part => {
    const post = { requestBody: { content: { 'application/json': { schema: body } } }, responses: ok, callbacks };
    return { paths: { '/jobs': { post } } };
  };
  const call = (schema: Part): Part => ({
    done: {
      'https://a.example/{$request.body#/id}': {
        post: { requestBody: { content: { 'application/json': { schema } } }, responses: {} },
      },
    },
  });
  assert.deepEqual(await diff(of({}), of(call(text))), ['security callback-added medium']);
  assert.deepEqual(await diff(of(call(text)), of({})), ['breaking callback-removed medium']);
  assert.deepEqual(await diff(of(call(text)), of(call(list))), ['breaking type-changed medium']);
  assert.deepEqual(await diff(of(call(text)), of(call({ ...text, description: 'words' }))), []);
  const hooks = (schema: Part): Part => ({
    ...get({}),
    webhooks: { paid: { post: { requestBody: { content: { 'application/json': { schema } } }, responses: {} } } },
  });
  assert.deepEqual(await diff(get({}), hooks(text)), ['compatible webhook-added info']);
  assert.deepEqual(await diff(hooks(text), get({})), ['breaking webhook-removed medium']);
  assert.deepEqual(await diff(hooks(text), hooks(list)), ['breaking type-changed medium']);
});

test('an operation and a property that are called otherwise are one line', async () => {
  const at = (path: string): Part => get({ operationId: 'readThings' }, path);
  assert.deepEqual(await diff(at('/things'), at('/items')), ['breaking operation-moved high']);
  const holds = (name: string, more: Part = {}): Part =>
    body({
      type: 'object',
      additionalProperties: false,
      properties: { [name]: { type: 'object', properties: { a: text, b: list } }, ...more },
    });
  assert.deepEqual(await diff(holds('address'), holds('home')), ['breaking renamed medium']);
  assert.deepEqual(
    (await diff(holds('address'), holds('home', { z: text, y: { type: 'boolean' } }))).toSorted(),
    ['breaking renamed medium', 'security now-writable low', 'security now-writable low'].toSorted(),
  );
  // What has another meaning is another thing.
  for (const name of ['password', 'iban', 'ownerId', 'isAdmin'])
    assert.ok(!(await diff(holds('address'), holds(name))).includes('breaking renamed medium'), name);
  // A type and nothing else is alike by chance.
  const flag = (name: string): Part =>
    body({ type: 'object', additionalProperties: false, properties: { [name]: { type: 'boolean' } } });
  assert.deepEqual(await diff(flag('a'), flag('isAdmin')), [
    'security now-writable high',
    'breaking request-value-removed medium',
  ]);
});

test('what is too deep to be looked at is told where it changed, and only there', async () => {
  const deep = (levels: number, leaf: Part): Part =>
    levels === 0 ? leaf : { type: 'object', additionalProperties: false, properties: { a: deep(levels - 1, leaf) } };
  for (const levels of [13, 15, 20, 40]) {
    assert.deepEqual(await diff(body(deep(levels, text)), body(deep(levels, text))), [], `${levels} levels`);
    for (const leaf of [{ ...text, maxLength: 5_000 }, { type: 'string' }, { ...text, enum: ['a'] }]) {
      const said = await diff(body(deep(levels, text)), body(deep(levels, leaf)));
      assert.deepEqual(said, ['security not-judged medium'], `${levels} levels: ${JSON.stringify(leaf)}`);
    }
  }
});

test('what is too much to be looked at is told where it changed', async () => {
  const wide = (leaf: Part): Part => {
    const inner = {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`p${at}`, at === 99 ? leaf : text])),
    };
    return {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 80 }, (_, at) => [
          `o${at}`,
          at === 79 ? inner : { type: 'object', properties: { ...inner.properties, p99: text } },
        ]),
      ),
    };
  };
  assert.deepEqual(await diff(body(wide(text)), body(wide(text))), []);
  const said = await diff(body(wide(text)), body(wide({ type: 'string' })));
  assert.ok(said.includes('security not-judged medium'), JSON.stringify(said));
});

test('properties of open and closed objects, patterns and positions', async () => {
  const object = (properties: Part, more: Part = {}): Part => body({ type: 'object', properties, ...more });
  const closed = { additionalProperties: false };
  for (const [what, old, now, said] of [
    [
      'dropped from a closed one',
      object({ a: text, b: text }, closed),
      object({ a: text }, closed),
      ['breaking request-value-removed medium'],
    ],
    [
      'dropped from an open one',
      object({ a: text, b: text }),
      object({ a: text }),
      ['security no-longer-described low'],
    ],
    [
      'a role dropped from an open one',
      object({ role: { enum: ['user'] } }),
      object({}),
      ['security no-longer-described high'],
    ],
    ['described in an open one', object({}), object({ b: text }), ['compatible described-now info']],
    ['a role described in an open one', object({}), object({ role: text }), ['security now-writable high']],
    ['added to a closed one', object({}, closed), object({ b: text }, closed), ['security now-writable low']],
    [
      'left to wider others',
      object({ a: text }, { additionalProperties: { type: 'string' } }),
      object({}, { additionalProperties: { type: 'string' } }),
      ['security condition-dropped medium'],
    ],
    [
      'left to the same others',
      object({ a: text }, { additionalProperties: text }),
      object({}, { additionalProperties: text }),
      [],
    ],
    [
      'left to a pattern',
      object({ ax: text }, { ...closed, patternProperties: { '^a': text } }),
      object({}, { ...closed, patternProperties: { '^a': text } }),
      [],
    ],
    [
      'a pattern widened',
      object({}, { ...closed, patternProperties: { '^a': text } }),
      object({}, { ...closed, patternProperties: { '^a': { type: 'string' } } }),
      ['security limit-raised medium'],
    ],
    [
      'items described no longer',
      body(list),
      body({ type: 'array', maxItems: 5 }),
      ['security no-longer-described low'],
    ],
    ['items described', body({ type: 'array', maxItems: 5 }), body(list), ['breaking request-narrowed medium']],
    [
      'not: excludes less',
      body({ ...text, not: { enum: ['a', 'b'] } }),
      body({ ...text, not: { enum: ['a'] } }),
      ['security condition-dropped medium'],
    ],
    [
      'not: excludes more',
      body({ ...text, not: { enum: ['a'] } }),
      body({ ...text, not: { enum: ['a', 'b'] } }),
      ['breaking request-narrowed medium'],
    ],
    [
      'propertyNames widened',
      object({}, { propertyNames: { maxLength: 5 } }),
      object({}, { propertyNames: { maxLength: 9 } }),
      ['security condition-dropped medium'],
    ],
  ] as const)
    assert.deepEqual(await diff(old, now), said, what);
});

test('x-castellan: a key that is gone or changed is told, one that is new is not', async () => {
  const of = (castellan: Part): Part => ({
    paths: {
      '/things/{id}': {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
          responses: ok,
          'x-castellan': castellan,
        },
      },
    },
  });
  assert.deepEqual(await diff(of({ denied: 'withhold' }), of({})), ['security control-dropped medium']);
  assert.deepEqual(await diff(of({}), of({ denied: 'withhold' })), ['compatible control-changed info']);
  assert.deepEqual(await diff(of({ owner: 'a' }), of({ owner: 'b' })), []);
});

test('an upgrade from 3.0 to 3.1 that means the same says nothing', async () => {
  const forms: readonly (readonly [Part, Part])[] = [
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      { type: 'integer', minimum: 1, exclusiveMinimum: true },
      { type: 'integer', exclusiveMinimum: 1 },
    ],
    [
      { type: 'number', maximum: 9, exclusiveMaximum: true },
      { type: 'number', exclusiveMaximum: 9 },
    ],
    [{ type: 'string', enum: ['a'] }, { const: 'a' }],
    [
      { type: 'string', maxLength: 9, example: 'a' },
      { type: 'string', maxLength: 9, examples: ['a'] },
    ],
    [
      { type: 'string', format: 'byte' },
      { type: 'string', contentEncoding: 'base64' },
    ],
    [
      { type: 'string', format: 'binary' },
      { type: 'string', contentMediaType: 'application/octet-stream' },
    ],
  ];
  for (const [old, now] of forms) {
    const wrap: readonly ((schema: Part) => Part)[] = [
      (schema) => body({ type: 'object', properties: { p: schema } }),
      (schema) => body({ type: 'array', items: schema }),
      (schema) => get({ parameters: [{ name: 'q', in: 'query', schema }] }),
      (schema) =>
        get({
          responses: {
            200: {
              description: 'ok',
              content: { 'application/json': { schema: { type: 'object', properties: { p: schema } } } },
            },
          },
        }),
      (schema) => body({ allOf: [{ type: 'object' }, { type: 'object', properties: { p: schema } }] }),
    ];
    for (const [index, make] of wrap.entries())
      assert.deepEqual(
        await diff(make(old), make(now), '3.0.3', '3.1.0'),
        [],
        `${index}: ${JSON.stringify([old, now])}`,
      );
  }
});

test('a reference along which something is said passes over none of it', async () => {
  const along = (maxLength: number, steps: number): Part => {
    const schemas: Record<string, Part> = {
      S0: { type: 'object', properties: { a: text } },
      S1: { $ref: '#/components/schemas/S0', properties: { n: { type: 'string', maxLength } } },
    };
    for (let step = 2; step <= steps; step++)
      schemas[`S${step}`] = { $ref: `#/components/schemas/S${step - 1}`, description: 'Says nothing of a value' };
    return { ...body({ $ref: `#/components/schemas/S${steps}` }), components: { schemas } };
  };
  for (const steps of [1, 2, 3, 4]) {
    assert.deepEqual(await diff(along(5, steps), along(50, steps)), ['security limit-raised medium'], String(steps));
    assert.deepEqual(await diff(along(5, steps), along(5, steps)), []);
    // Nothing counts beside a reference there.
    assert.deepEqual(await diff(along(5, steps), along(50, steps), '3.0.3'), []);
  }
});
