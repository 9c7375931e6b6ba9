// Every kind of status with every kind of body: what leaves, and why the rest does not. In one process, without sockets.
// promise: withheld-leaks-nothing
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, asking } from './asked.ts';

const object = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
const titled = { type: 'object', required: ['title'] };
const responses = {
  200: { description: 'All', content: { 'application/json': { schema: object }, 'text/plain': {}, 'image/*': {} } },
  201: { description: 'Nothing documented' },
  202: { description: 'Either', content: { 'application/json': { schema: object }, 'text/csv': {} } },
  203: { description: 'No schema', content: { 'application/json': {} } },
  '2XX': { description: 'Any', content: { 'text/plain': {} } },
  302: { description: 'Elsewhere' },
  '4xx': { description: 'Wrong', content: { 'application/json': { schema: titled } } },
  409: { description: 'Conflict', content: { 'text/plain': {} } },
};
const other = { ...responses, default: { description: 'Other' } };

const [json, problem, text, image, html] = [
  'application/json',
  'application/problem+json',
  'text/plain; charset=utf-8',
  'image/png',
  'text/html',
];
/** `json` is no media type. */
const types = [json, problem, text, image, html, 'json', undefined];
const bodies = ['', '{"id":"1"}', '{"id":1}', '{"id":"1","title":"t"}', 'x', 'OK', 'Accepted'] as const;
type Body = (typeof bodies)[number];
type Outcomes = Readonly<Partial<Record<Body, string>>> & { readonly rest?: string };

const leaves: Outcomes = { rest: 'leaves' };
const nothingElse: Outcomes = { '': 'leaves', rest: 'undeclared-media-type' };
const asJson: Outcomes = {
  '': 'empty-body',
  '{"id":"1"}': 'leaves',
  '{"id":1}': 'schema',
  '{"id":"1","title":"t"}': 'changed',
  rest: 'bad-json',
};
const nobodyKnows: Outcomes = { rest: 'undeclared-status' };
const replaced: Outcomes = { '': 'leaves', rest: 'error' };
const asError: Outcomes = { '': 'leaves', '{"id":"1","title":"t"}': 'leaves', rest: 'error' };

/** For each status what is documented, by media type; `rest` is every other one. */
const table: Readonly<Record<number, { readonly rest: Outcomes; readonly [type: string]: Outcomes }>> = {
  200: {
    [json]: asJson,
    [problem]: asJson,
    [text]: leaves,
    [image]: leaves,
    // The name of the status is no content.
    rest: { ...nothingElse, OK: 'empty' },
  },
  // A JSON body would have to be there, an empty note would not, and with nothing documented nothing is written for people.
  201: { rest: nothingElse },
  202: { [json]: asJson, [problem]: asJson, rest: { ...nothingElse, Accepted: 'empty' } },
  203: {
    [json]: { ...asJson, '{"id":1}': 'leaves', '{"id":"1","title":"t"}': 'leaves' },
    [problem]: { ...asJson, '{"id":1}': 'leaves', '{"id":"1","title":"t"}': 'leaves' },
    rest: nothingElse,
  },
  // 206 is a part of the documented 200 only where no range of statuses is nearer.
  206: { [text]: leaves, rest: nothingElse },
  299: { [text]: leaves, rest: nothingElse },
  302: { rest: { '': 'leaves', rest: 'empty' } },
  303: { rest: nobodyKnows },
  400: { [json]: asError, [problem]: asError, rest: replaced },
  409: { [text]: leaves, rest: replaced },
  500: { rest: { rest: 'error' } },
  503: { rest: { rest: 'error' } },
};

/** What is not documented does not leave, harmless or not. */
const strict = { undocumented: { statuses: 'refuse', mediaTypes: 'refuse' } } as const;

let answer: () => Response = () => new Response(null, { status: 204 });
const { ask, end } = await asking(
  apiOf({ '/a': { get: { responses }, post: { responses: other } } }, { security: [] }),
  () => answer(),
  strict,
);

async function outcomeOf(method: string, status: number, type: string | undefined, body: string): Promise<string> {
  answer = () => {
    const response = new Response(body === '' ? null : Buffer.from(body), { status });
    if (type !== undefined) response.headers.set('content-type', type);
    return response;
  };
  const answered = await ask({ method });
  if (answered.refused !== undefined) {
    const [stage, kind, reason = ''] = answered.refused.split(' ');
    assert.deepEqual([stage, kind, answered.status], ['release', 'response-withheld', 500]);
    return reason;
  }
  assert.equal(answered.status, status);
  if (answered.body === body) return 'leaves';
  if (answered.body === '') return 'empty';
  if (!answered.body.includes('about:blank')) return 'changed';
  assert.match(answered.headers.get('content-type') ?? '', /^application\/(?:problem\+)?json$/);
  const { title, status: told } = JSON.parse(answered.body) as Record<string, unknown>;
  assert.equal(told, status);
  assert.equal(typeof title, 'string');
  return 'error';
}

for (const [key, plan] of Object.entries(table))
  test(`what leaves under ${key}`, async () => {
    for (const type of types) {
      const { rest, ...outcomes } = plan[type ?? 'none'] ?? plan.rest;
      for (const body of bodies) {
        // A body without a media type is written by frameworks for people only.
        const expected = (outcomes as Outcomes)[body] ?? rest ?? '';
        assert.equal(await outcomeOf('GET', Number(key), type, body), expected, `${type} ${body}`);
      }
    }
  });

test('what `default` documents is documented: without a body', async () => {
  for (const status of [303, 304, 500, 503])
    for (const type of types) assert.equal(await outcomeOf('POST', status, type, ''), 'leaves', `${status} ${type}`);
  for (const [status, expected] of [
    [303, 'empty'],
    [500, 'error'],
  ] as const)
    for (const type of types) assert.equal(await outcomeOf('POST', status, type, 'x'), expected, `${status} ${type}`);
});

test('204 and 304 leave without a body, 304 only of what is read', async () => {
  for (const method of ['GET', 'HEAD', 'POST'])
    assert.equal(await outcomeOf(method, 204, undefined, ''), 'leaves', method);
  for (const method of ['GET', 'HEAD']) assert.equal(await outcomeOf(method, 304, undefined, ''), 'leaves', method);
  const changing = await asking(
    apiOf({ '/a': { post: { responses: { 200: { description: 'It' } } }, head: { responses: {} } } }, { security: [] }),
    () => new Response(null, { status: 304 }),
    strict,
  );
  assert.match((await changing.ask({ method: 'POST' })).refused ?? '', /undeclared-status/);
  assert.equal((await changing.ask({ method: 'HEAD' })).refused, undefined);
  await changing.end();
});

test('HEAD has the status of a documented answer and no body', async () => {
  for (const status of [200, 201, 202, 203, 206, 299, 302, 400, 409])
    for (const type of types) assert.equal(await outcomeOf('HEAD', status, type, ''), 'leaves', `${status} ${type}`);
  assert.equal(await outcomeOf('HEAD', 303, undefined, ''), 'undeclared-status');
  await end();
});

test('a part of the documented answer is documented, and only that', async () => {
  const guard = await asking(
    apiOf(
      { '/a': { get: { responses: { 200: { description: 'It', content: { 'image/png': {} } } } } } },
      { security: [] },
    ),
    () => answer(),
    strict,
  );
  for (const [status, type, refused] of [
    [206, 'image/png', undefined],
    [206, 'text/html', 'undeclared-media-type'],
    [207, 'image/png', 'undeclared-status'],
  ] as const) {
    answer = () => new Response('x', { status, headers: { 'content-type': type } });
    assert.equal((await guard.ask()).refused?.split(' ').at(-1), refused, `${status} ${type}`);
  }
  await guard.end();
});

test('documented media types are compared by what they name', async () => {
  const content = { 'application/*': { schema: { type: 'string' } }, 'application/vnd.api+json; version=2': {} };
  const guard = await asking(
    apiOf({ '/a': { get: { responses: { 200: { description: 'It', content } } } } }, { security: [] }),
    () => answer(),
    strict,
  );
  for (const [type, body, refused] of [
    ['application/json', '"x"', undefined],
    ['APPLICATION/JSON ; charset=utf-8', '1', 'schema'],
    ['application/vnd.api+json; version=2', '1', undefined],
    ['application/vnd.api+json; version=3', '1', 'schema'],
    ['application/json; charset', '1', 'schema'],
    ['text/json', '"x"', 'undeclared-media-type'],
  ] as const) {
    answer = () => new Response(Buffer.from(body), { headers: { 'content-type': type } });
    assert.equal((await guard.ask()).refused?.split(' ').at(-1), refused, type);
  }
  await guard.end();
});
