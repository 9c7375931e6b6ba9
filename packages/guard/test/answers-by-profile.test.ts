// What leaves of an answer: kinds of content × what stands in them × profile × mode, in one process.
// promise: answers-checked
// promise: undocumented-removed
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { apiOf, asking, type Answered } from './asked.ts';

const profiles = ['toy', 'standard', 'bank'] as const;
type Profile = (typeof profiles)[number];
const thing = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
const closed = { ...thing, additionalProperties: false };

interface Sent {
  readonly status?: number;
  readonly type?: string | undefined;
  readonly coding?: string;
  readonly body?: string | Uint8Array;
}

async function answer(
  content: object,
  { status = 200, type, coding, body = '' }: Sent,
  profile: Profile,
  mode: 'enforce' | 'observe' = 'enforce',
  responses: object = {},
): Promise<Answered> {
  const described = { description: 'It', content };
  const guard = await asking(
    apiOf(
      { '/a': { get: { operationId: 'a', responses: { 200: described, 404: described, ...responses } } } },
      { 'x-castellan': { profile }, security: [] },
    ),
    () =>
      new Response(body === '' ? null : (body as string), {
        status,
        headers: {
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(coding === undefined ? {} : { 'content-encoding': coding }),
        },
      }),
    { mode, limits: { maxResponse: '10KB' } },
  );
  const answered = await guard.ask();
  await guard.end();
  return answered;
}

const json = (schema: object): object => ({ 'application/json': { schema } });
const withheld = (reason: string): string => `release response-withheld ${reason}`;

for (const [name, schema] of [
  ['open', thing],
  ['closed', closed],
] as const)
  for (const profile of profiles)
    test(`an undocumented property of an ${name} object, ${profile}`, async () => {
      const body = '{"id":1,"password":"x"}';
      const { status, body: left, refused } = await answer(json(schema), { type: 'application/json', body }, profile);
      if (profile === 'toy' && name === 'open') assert.deepEqual([status, left], [200, body]);
      else if (profile === 'standard') assert.deepEqual([status, left], [200, '{"id":1}']);
      else assert.equal(refused, withheld(name === 'open' ? 'undocumented-property' : 'schema'));
      const observed = await answer(json(schema), { type: 'application/json', body }, profile, 'observe');
      assert.deepEqual([observed.status, observed.body], [200, body]);
    });

for (const profile of profiles) {
  test(`a value that does not match, with and without an undocumented one, ${profile}`, async () => {
    for (const body of ['{"id":"x"}', '{"id":"x","password":"x"}', '{"password":"x"}'])
      for (const schema of [thing, closed]) {
        const { refused, body: left } = await answer(json(schema), { type: 'application/json', body }, profile);
        assert.equal(refused, withheld('schema'), body);
        assert.doesNotMatch(left, /password/);
      }
  });

  test(`what is no JSON, ${profile}`, async () => {
    for (const body of ['', ' ', '{', '{"id":1}}', 'null']) {
      const { refused } = await answer(json(thing), { type: 'application/json', body }, profile);
      assert.match(refused ?? '', /^release response-withheld /, JSON.stringify(body));
    }
  });
}

test('error bodies of JSON and text: what fits leaves, what does not or shows the inside is replaced', async () => {
  const content = { ...json(closed), 'text/plain': { schema: { type: 'string' } } };
  const trace = `Error: no\n    at Object.<anonymous> (/srv/app/orders.js:1:2)\n    at node:internal/x:1:1`;
  const cases: readonly (readonly [type: string, body: string, leaves: boolean])[] = [
    ['application/json', '{"id":1}', true],
    ['application/json', '{"id":"x"}', false],
    ['application/json', '{"id":1,"more":1}', false],
    ['application/json', '{', false],
    ['text/plain', 'not here', true],
    ['text/plain', trace, false],
  ];
  for (const [type, body, leaves] of cases) {
    const answered = await answer(content, { status: 404, type, body }, 'standard');
    assert.equal(answered.status, 404);
    assert.equal(answered.body === body, leaves, `${type} ${body}: ${answered.body}`);
    assert.doesNotMatch(answered.body, /srv/);
  }
  // The same text is no error where the status says so.
  assert.equal((await answer(content, { type: 'text/plain', body: trace }, 'standard')).body, trace);
});

test('a text is held to what its schema asks, but only to that', async () => {
  const asks = { 'text/plain': { schema: { type: 'string', pattern: '^[a-z]+$' } } };
  assert.equal((await answer(asks, { type: 'text/plain', body: 'abc' }, 'standard')).body, 'abc');
  assert.equal((await answer(asks, { type: 'text/plain', body: 'ABC' }, 'standard')).refused, withheld('schema'));
  assert.equal((await answer(asks, { type: 'text/plain', body: '' }, 'standard')).refused !== undefined, true);
  const free = { 'text/plain': { schema: { type: 'string', description: 'Anything' } } };
  assert.equal((await answer(free, { type: 'text/plain', body: 'ABC' }, 'standard')).body, 'ABC');
  assert.equal((await answer(free, { type: 'text/plain', body: '' }, 'standard')).refused, undefined);
});

test('nothing where something is documented, and something where nothing is', async () => {
  const text = { 'text/plain': { schema: { type: 'string' } } };
  assert.equal((await answer({}, {}, 'standard')).status, 200);
  assert.match((await answer(json(thing), {}, 'standard')).refused ?? '', /^release response-withheld/);
  assert.equal((await answer({ ...json(thing), ...text }, {}, 'standard')).status, 200);
  assert.equal((await answer({ 'application/json': {} }, {}, 'standard')).refused, undefined);
  assert.match(
    (await answer(json(thing), { type: 'application/xml', body: '<a/>' }, 'standard')).refused ?? '',
    /^release response-withheld/,
  );
});

for (const mode of ['enforce', 'observe'] as const)
  test(`coded answers, ${mode}`, async () => {
    const of = (coding: string, body: string | Uint8Array): Promise<Answered> =>
      answer(json(thing), { type: 'application/json', coding, body }, 'standard', mode);
    const good = await of('gzip', gzipSync('{"id":1}'));
    assert.deepEqual([good.refused, good.observed], [undefined, []]);
    assert.equal(good.body, gzipSync('{"id":1}').toString('utf8'));
    assert.equal((await of('Identity', '{"id":1}')).body, '{"id":1}');
    for (const [reason, coding, body] of [
      ['schema', 'gzip', gzipSync('{"id":"x"}')],
      ['response-over-limit', 'gzip', gzipSync(`{"id":1,"a":"${'a'.repeat(20_000)}"}`)],
      ['content-encoding', 'gzip', 'no gzip'],
      ['content-encoding', 'compress', '{"id":1}'],
    ] as const) {
      const { refused, observed, status } = await of(coding, body);
      const all = mode === 'enforce' ? [refused] : observed;
      assert.deepEqual(all, [withheld(reason)], `${coding} ${reason}`);
      assert.equal(status, mode === 'enforce' ? 500 : 200);
    }
    // What is left after something was taken out is sent as it is, and no longer coded.
    const cut = await of('gzip', gzipSync('{"id":1,"password":"x"}'));
    if (mode === 'enforce') assert.deepEqual([cut.body, cut.headers.get('content-encoding')], ['{"id":1}', null]);
    else assert.equal(cut.headers.get('content-encoding'), 'gzip');
  });

for (const profile of profiles)
  test(`items of a sequence, ${profile}`, async () => {
    const lines = { 'application/jsonl': { itemSchema: thing } };
    const of = (body: string, mode: 'enforce' | 'observe' = 'enforce'): Promise<Answered> =>
      answer(lines, { type: 'application/jsonl', body }, profile, mode);
    assert.equal((await of('{"id":1}\n{"id":2}\n')).body, '{"id":1}\n{"id":2}\n');
    const { body, refused } = await of('{"id":1}\n{"id":2,"password":"x"}\n{"id":3}\n');
    if (profile === 'bank') {
      assert.doesNotMatch(body, /password|"id":3/);
      assert.equal(refused, withheld('undocumented-property'));
    } else if (profile === 'standard') assert.equal(body, '{"id":1}\n{"id":2}\n{"id":3}\n');
    else assert.match(body, /password/);
    assert.doesNotMatch((await of('{"id":1}\n{"id":"x"}\n{"id":3}\n')).body, /"x"|"id":3/);
    const seen = await of('{"id":1}\n{"id":"x"}\n{"id":3}\n', 'observe');
    assert.equal(seen.body, '{"id":1}\n{"id":"x"}\n{"id":3}\n');
    assert.equal(seen.observed.length, 1);
  });

test('a body that is too deep to check does not leave', async () => {
  const recursive = { $ref: '#/components/schemas/Node' };
  const guard = await asking(
    apiOf(
      { '/a': { get: { responses: { 200: { description: 'It', content: json(recursive) } } } } },
      { components: { schemas: { Node: { type: 'array', items: recursive } } }, security: [] },
    ),
    () => new Response('['.repeat(200_000) + ']'.repeat(200_000), { headers: { 'content-type': 'application/json' } }),
  );
  const { status, refused } = await guard.ask();
  await guard.end();
  assert.deepEqual([status, refused], [500, withheld('too-complex')]);
});
