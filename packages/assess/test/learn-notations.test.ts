// What is only written otherwise becomes a leniency, what only varies becomes a range, and formats of answers are no refusal.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, learnt, type Api, type Asked } from './learn-run.ts';
import type { Schema } from './learn-forms.ts';

const versions = ['2.0', '3.0.3', '3.1.0'] as const;
type Version = (typeof versions)[number];

/** An API with one operation, which takes `it` in the body, query and path, and answers with `shown`. */
function api(version: Version, it: object, shown: object = { type: 'object' }, words: object = {}): Schema {
  const swagger = version === '2.0';
  const body = { type: 'object', properties: { it, at: { type: 'array', items: it } } };
  const parameter = (where: string): object => ({
    name: 'it',
    in: where,
    required: where === 'path',
    ...(swagger ? it : { schema: it }),
  });
  const answer = swagger ? { schema: shown } : { content: { 'application/json': { schema: shown } } };
  return {
    ...(swagger
      ? { swagger: '2.0', consumes: ['application/json'], produces: ['application/json'] }
      : { openapi: version }),
    info: { title: 'Api', version: '1' },
    ...words,
    paths: {
      '/a': {
        post: {
          operationId: 'a',
          parameters: [parameter('query'), ...(swagger ? [{ name: 'body', in: 'body', schema: body }] : [])],
          ...(swagger ? {} : { requestBody: { content: { 'application/json': { schema: body } } } }),
          responses: { 200: { description: 'x', ...answer } },
        },
      },
      '/b/{it}': {
        get: { operationId: 'b', parameters: [parameter('path')], responses: { 200: { description: 'x', ...answer } } },
      },
    },
  };
}

const notations: readonly (readonly [
  name: string,
  schema: object,
  sent: readonly [string, string],
  places: readonly string[],
  wrong: string,
])[] = [
  [
    'naive-date-time',
    { type: 'string', format: 'date-time' },
    ['2026-01-02T03:04:05', '2025-11-12T23:00:01.5'],
    ['body', 'list', 'query', 'path'],
    '2026-13-02T03:04:05',
  ],
  [
    'plain-uuid',
    { type: 'string', format: 'uuid' },
    ['6f1c2e1a7c1d4d2b9a530d5f4a1b2c3d', '550e8400e29b41d4a716446655440000'],
    ['body', 'list', 'query', 'path'],
    '550e8400e29b41d4',
  ],
  ['boolean-words', { type: 'boolean' }, ['True', 'False'], ['query'], 'yes'],
];

for (const version of versions)
  for (const [name, schema, [first, second], places, wrong] of notations)
    for (const place of places)
      test(`${name} in ${place} of ${version}`, async () => {
        const asked = (value: string): Asked =>
          place === 'query'
            ? { method: 'POST', path: `/a?it=${value}` }
            : place === 'path'
              ? { path: `/b/${value}` }
              : { method: 'POST', path: '/a', body: place === 'body' ? { it: value } : { at: [value] } };
        const application: Api = () => ({ body: {} });
        const contract = api(version, schema);
        const [before] = await ask(contract, {}, application, [asked(first)]);
        assert.equal(before?.status, 400);
        const result = await learnt(contract, application, [asked(first)]);
        assert.match(JSON.stringify(result.overlay.actions), new RegExp(`"leniency":\\["${name}"\\]`));
        assert.equal(result.operations[0]?.passes, result.operations[0]?.accepted.times);
        const options = { overlays: [result.overlay] };
        const after = await ask(contract, options, application, [asked(first), asked(second), asked(wrong)]);
        assert.deepEqual(
          after.map(({ status }) => status),
          [200, 200, 400],
        );
      });

test('a leniency of the document stays beside the one of an operation', async () => {
  const contract = api(
    '3.1.0',
    { type: 'string', format: 'uuid' },
    { type: 'object' },
    { 'x-castellan': { leniency: ['absent-null'] } },
  );
  const asked: Asked = { method: 'POST', path: '/a', body: { it: '6f1c2e1a7c1d4d2b9a530d5f4a1b2c3d', at: null } };
  const { overlay } = await learnt(contract, () => ({ body: {} }), [asked]);
  const [answer] = await ask(contract, { overlays: [overlay] }, () => ({ body: {} }), [asked]);
  assert.equal(answer?.status, 200);
});

test('a text that is neither is still learnt as a text of no format', async () => {
  const contract = api('3.1.0', { type: 'string', format: 'uuid' });
  const asked = ['6f1c2e1a7c1d4d2b9a530d5f4a1b2c3d', 'any-name'].map((it): Asked => ({
    method: 'POST',
    path: '/a',
    body: { it },
  }));
  const { overlay } = await learnt(contract, () => ({ body: {} }), asked);
  assert.doesNotMatch(JSON.stringify(overlay), /leniency/);
  const answers = await ask(contract, { overlays: [overlay] }, () => ({ body: {} }), asked);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
});

describe('formats of answers', () => {
  const shown: readonly (readonly [string, object, unknown])[] = [
    [
      'a text',
      { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } },
      { at: '2026-01-02 03:04' },
    ],
    [
      'alternatives',
      {
        type: 'object',
        properties: {
          at: {
            oneOf: [
              { type: 'string', format: 'date' },
              { type: 'string', format: 'date-time' },
            ],
          },
        },
      },
      { at: 'soon' },
    ],
    ['a list', { type: 'array', items: { type: 'string', format: 'uri' } }, ['/relative', 'http://a.example']],
  ];
  for (const profile of ['standard', 'bank'])
    for (const [what, schema, body] of shown)
      test(`${what} under ${profile}`, async () => {
        const contract = api('3.1.0', {}, schema, { 'x-castellan': { profile } });
        const asked: Asked[] = [{ path: '/b/x' }];
        const [now] = await ask(contract, {}, () => ({ body }), asked);
        assert.equal(now?.status, profile === 'bank' ? 500 : 200);
        // Nothing is made of what nobody called: the report tells what the document as it stands would do.
        const result = await learnt(contract, () => ({ body }), [{ ...asked[0], path: '/b/x', from: '192.0.2.9' }]);
        const [operation] = result.operations;
        assert.equal(operation?.refused, 0);
        const [after] = await ask(contract, { overlays: [result.overlay] }, () => ({ body }), asked);
        assert.equal(after?.status, 200);
      });
});

test('files of several media types: any', async () => {
  for (const version of versions) {
    const contract = api(version, {});
    const types = ['text/plain', 'image/svg+xml', 'text/markdown', 'application/x-own'];
    const answers: Api = ({ path }) => ({ body: 'a file', type: types[Number(path.slice(-1))] ?? '' });
    const { overlay, changes } = await learnt(contract, answers, [{ path: '/b/0' }, { path: '/b/1' }]);
    assert.ok(changes.some(({ what }) => what.includes('a file of any media type')));
    const after = await ask(contract, { overlays: [overlay] }, answers, [{ path: '/b/2' }, { path: '/b/3' }]);
    assert.deepEqual(
      after.map(({ status }) => status),
      [200, 200],
      version,
    );
    const one: Api = () => ({ body: 'a file', type: 'text/csv' });
    const single = await learnt(contract, one, [{ path: '/b/0' }]);
    assert.doesNotMatch(JSON.stringify(single.overlay), /\*\/\*/);
  }
});

test('what holds the same names under each of many names is a map', async () => {
  const contract = api('3.1.0', {}, { type: 'array', items: { type: 'string' } });
  const maps = ['apples pears plums cherries figs', 'dates limes kiwis'].map((names) =>
    Object.fromEntries(names.split(' ').map((name) => [name, { read: true, write: { to: name } }])),
  );
  const answers: Api = ({ path }) => ({ body: maps[Number(path.slice(-1))] });
  const { overlay } = await learnt(contract, answers, [{ path: '/b/0' }]);
  const after = await ask(contract, { overlays: [overlay] }, answers, [{ path: '/b/0' }, { path: '/b/1' }]);
  assert.deepEqual(
    after.map(({ body }) => JSON.parse(body) as unknown),
    maps,
  );
});

describe('tokens in answers', () => {
  const names = [
    'access_token',
    'refresh_token',
    'id_token',
    'token',
    'accessToken',
    'refreshToken',
    'jwt',
    'expiresIn',
  ];
  const answers: Api = () => ({ body: Object.fromEntries(names.map((name) => [name, 'x'])) });
  const paths: readonly (readonly [path: string, safe: boolean])[] = [
    ['/auth/login', true],
    ['/api/v1/sign-in', true],
    ['/oauth/token', true],
    ['/auth/refresh', true],
    ['/users/list', false],
    ['/config', false],
  ];
  for (const [path, safe] of paths)
    test(`${path}: ${safe ? 'what it is for' : 'a question'}`, async () => {
      const contract: Schema = {
        openapi: '3.1.0',
        info: { title: 'Api', version: '1' },
        paths: { [path]: { post: { operationId: 'a', responses: { 200: { description: 'x' } } } } },
      };
      const asked: Asked[] = [{ method: 'POST', path }];
      const { overlay, changes } = await learnt(contract, answers, asked);
      const [answer] = await ask(contract, { overlays: [overlay] }, answers, asked);
      assert.equal(answer?.status, safe ? 200 : 500);
      assert.equal(changes[0]?.verdict, safe ? 'safe' : 'question');
      const secret: Api = () => ({ body: { token: 'x', password_hash: 'y' } });
      assert.equal((await learnt(contract, secret, asked)).changes[0]?.verdict, 'question');
    });
});

test('reports of parameters agree with what enforce does, wherever their schemas stand', async () => {
  const rules = {
    pattern: [{ type: 'string', pattern: '^[a-f]{2}$' }, 'ab', 'xyz'],
    maxLength: [{ type: 'string', maxLength: 2 }, 'ab', 'abc'],
    enum: [{ type: 'string', enum: ['ab', 'cd'] }, 'ab', 'ef'],
    maximum: [{ type: 'integer', maximum: 7 }, '7', '8'],
    type: [{ type: 'integer' }, '7', 'seven'],
  } as const;
  const places = {
    here: (rule: Schema) => [rule, {}],
    'by a reference': (rule: Schema) => [{ $ref: '#/components/schemas/A' }, { A: rule }],
    'by two references': (rule: Schema) => [
      { $ref: '#/components/schemas/A' },
      { A: { $ref: '#/components/schemas/B' }, B: rule },
    ],
    'in allOf': (rule: Schema) => [{ allOf: [{ $ref: '#/components/schemas/A' }] }, { A: rule }],
  } as const;
  for (const [keyword, [rule, good, odd]] of Object.entries(rules))
    for (const [place, written] of Object.entries(places))
      for (const where of ['path', 'query'] as const) {
        const [schema, schemas] = written(rule);
        const contract = {
          openapi: '3.1.0',
          info: { title: 'Notes', version: '1' },
          paths: {
            [where === 'path' ? '/notes/{id}' : '/notes']: {
              parameters: [{ name: 'id', in: where, required: true, schema }],
              get: {
                operationId: 'getNote',
                responses: {
                  200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } },
                },
              },
            },
          },
          components: { schemas },
        };
        const asked = [good, odd].map((id) => ({ path: where === 'path' ? `/notes/${id}` : `/notes?id=${id}` }));
        const answers200: Api = () => ({ body: {} });
        for (const accept of where === 'path' ? (['safe'] as const) : (['all'] as const)) {
          const { overlay, operations } = await learnt(contract, answers200, asked, accept);
          const answers = await ask(contract, { overlays: [overlay] }, answers200, asked);
          const refused = answers.filter(({ status }) => status !== 200).length;
          // Two callers sent each of them.
          assert.equal(
            operations.reduce((sum, one) => sum + one.refused, 0),
            refused * 2,
            `${keyword} ${place}, ${where}, ${accept}`,
          );
        }
      }
});
