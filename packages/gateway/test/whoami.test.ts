// Credentials that the upstream verifies, and whose holder an operation of it names: limits, policies and events know who calls.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import type { GatewayOptions } from '@castellan/gateway';
import { createGuard, type GuardEvent } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { before, httpUpstream } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-whoami-'));
after(() => rmSync(folder, { recursive: true }));

type Place = readonly [scheme: object, credential: (of: string) => Readonly<Record<string, string>>, query?: true];
const basic = (of: string): string => Buffer.from(`${of}:secret`).toString('base64');
const places: Readonly<Record<string, Place>> = {
  bearer: [{ type: 'http', scheme: 'bearer' }, (of) => ({ authorization: `Bearer ${of}` })],
  basic: [{ type: 'http', scheme: 'basic' }, (of) => ({ authorization: `Basic ${basic(of)}` })],
  field: [{ type: 'apiKey', in: 'header', name: 'X-Session' }, (of) => ({ 'x-session': of })],
  'Authorization as a key': [
    { type: 'apiKey', in: 'header', name: 'Authorization' },
    (of) => ({ authorization: `Token ${of}` }),
  ],
  cookie: [{ type: 'apiKey', in: 'cookie', name: 'sid' }, (of) => ({ cookie: `a=1; sid=${of}; b=2` })],
  query: [{ type: 'apiKey', in: 'query', name: 'key' }, () => ({}), true],
  oauth2: [
    { type: 'oauth2', flows: { password: { tokenUrl: '/token', scopes: {} } } },
    (of) => ({ authorization: `Bearer ${of}` }),
  ],
};

const json = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
const contractOf = (scheme: object) => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  servers: [{ url: '/v1' }],
  security: [{ it: [] }],
  paths: {
    '/me': { get: { operationId: 'getMe', responses: json } },
    '/orders': { get: { operationId: 'list', responses: json } },
    '/staff': { get: { operationId: 'staff', responses: json } },
  },
  components: { securitySchemes: { it: scheme } },
});

/** An API that knows ada and bob by the end of any credential; what it was asked, and what it lets happen. */
function people() {
  const state = {
    asked: [] as IncomingMessage[],
    answer: undefined as ((response: ServerResponse) => void) | undefined,
    gone: new Set<string>(),
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const isQuestion = request.url?.startsWith('/v1/me') === true && request.headers['x-request-id'] === undefined;
    if (isQuestion) state.asked.push(request);
    const decoded = Buffer.from(String(request.headers.authorization).split(' ')[1] ?? '', 'base64').toString();
    const all = `${JSON.stringify(request.headers)} ${request.url} ${decoded}`;
    const name = ['ada', 'bob'].find((one) => all.includes(`${one}-token`) && !state.gone.has(one));
    response.setHeader('content-type', 'application/json');
    if (isQuestion && state.answer !== undefined) return state.answer(response);
    response.statusCode = name === undefined ? 401 : 200;
    response.end(
      JSON.stringify(
        name === undefined ? {} : { username: name, id: 7, roles: name === 'ada' ? ['staff'] : ['guest'], org: 'acme' },
      ),
    );
  };
  return { state, listener };
}

const entry = { whoami: 'getMe', subject: '/username', groups: '/roles', tenant: '/org', cache: '10s' };

async function gatewayFor(t: TestContext, place: Place, options: Partial<GatewayOptions> = {}, more: object = {}) {
  const api = people();
  const upstream = await httpUpstream(t, api.listener);
  let now = 1_800_000_000_000;
  const { gateway, events } = await before(t, upstream, {
    contract: contractOf(place[0]) as never,
    authentication: { it: { ...entry, ...more } } as never,
    clock: () => now,
    ...options,
  });
  const get = async (path: string, of: string | undefined) => {
    const query = place[2] === true && of !== undefined ? `?key=${of}` : '';
    const answer = await fetch(`${gateway.url}/v1${path}${query}`, { headers: of === undefined ? {} : place[1](of) });
    await answer.arrayBuffer();
    await new Promise((resolve) => setImmediate(resolve));
    return answer.status;
  };
  return { gateway, events, state: api.state, get, later: (ms: number) => (now += ms) };
}
const bearer = places['bearer'] as Place;

describe('who calls, wherever the credential is', () => {
  for (const [name, place] of Object.entries(places)) {
    test(name, async (t) => {
      const { events, state, get } = await gatewayFor(t, place);
      assert.equal(await get('/orders', 'ada-token'), 200);
      const [event] = events.slice(-1);
      assert.equal(event?.actor.user?.uid, 'ada');
      assert.equal(await get('/orders', 'ada-token'), 200);
      assert.equal(await get('/orders', 'bob-token'), 200);
      assert.equal(events.at(-1)?.actor.user?.uid, 'bob');
      assert.equal(state.asked.length, 2);
      // The credential goes with the question, and nothing else that the caller said.
      assert.doesNotMatch(JSON.stringify(state.asked.map(({ headers }) => headers)), /a=1|b=2|user-agent/);
      assert.equal(await get('/orders', undefined), 401);
      assert.equal(await get('/orders', 'eve-token'), 401);
      assert.doesNotMatch(JSON.stringify(events), /-token/);
    });
  }
});

test('policies decide by the groups that the API names', async (t) => {
  const policies = join(folder, 'p.cedar');
  writeFileSync(policies, 'permit (principal in Group::"staff", action, resource);');
  const { get, events } = await gatewayFor(t, bearer, { policies });
  assert.equal(await get('/staff', 'ada-token'), 200);
  assert.equal(await get('/staff', 'bob-token'), 403);
  assert.equal(events.at(-1)?.actor.user?.uid, 'bob');
});

test('a limit is of the person, whatever the credential', async (t) => {
  const { get } = await gatewayFor(t, bearer, { limits: { perPrincipal: '2/minute' } });
  const statuses = [];
  for (const who of ['ada-token1', 'ada-token2', 'ada-token3', 'bob-token']) statuses.push(await get('/orders', who));
  assert.deepEqual(statuses, [200, 200, 429, 200]);
});

test('one question at a time for a credential, its answer for as long as was said', async (t) => {
  const { get, state, later } = await gatewayFor(t, bearer);
  await Promise.all(Array.from({ length: 8 }, () => get('/orders', 'ada-token')));
  assert.equal(state.asked.length, 1);
  later(9_999);
  await get('/orders', 'ada-token');
  assert.equal(state.asked.length, 1);
  later(2);
  await get('/orders', 'ada-token');
  assert.equal(state.asked.length, 2);
  // A refusal holds as long.
  for (let i = 0; i < 5; i++) assert.equal(await get('/orders', 'eve-token'), 401);
  assert.equal(state.asked.length, 3);
});

test('a 401 of the upstream ends what was remembered', async (t) => {
  const { get, state } = await gatewayFor(t, bearer, {}, { cache: '1h' });
  assert.equal(await get('/orders', 'ada-token'), 200);
  state.gone.add('ada');
  assert.equal(await get('/orders', 'ada-token'), 401);
  assert.equal(await get('/orders', 'ada-token'), 401);
  assert.equal(state.asked.length, 1);
});

test('an answer that says nothing is nobody', async (t) => {
  const { get, state, events } = await gatewayFor(t, bearer);
  for (const [status, body, message] of [
    [500, '{}', /answers 500/],
    [403, '{}', /answers 403/],
    [302, '', /answers 302/],
    [204, '', /answers 204/],
    [200, 'no', /no JSON object/],
    [200, '["ada"]', /no JSON object/],
    [200, '{"username":"ada","username":"root"}', /no JSON object/],
    [200, '{"username":""}', /no subject at \/username/],
    [200, '{"username":["ada"]}', /no subject/],
    [200, '{"username":"ada","roles":{"a":1}}', /groups of no known form/],
    [200, `{"username":"${'a'.repeat(600_000)}"}`, /more than/],
  ] as const) {
    state.answer = (response) => {
      response.statusCode = status;
      response.end(body.length === 0 ? undefined : body);
    };
    assert.equal(await get('/orders', 'ada-token'), 503, `${status} ${body.slice(0, 40)}`);
    const refused = events.at(-1)?.unmapped.castellan.refused;
    assert.equal(refused?.reason, 'whoami-failed');
    assert.match(refused?.log ?? '', message);
  }
  state.answer = (response) => response.destroy();
  assert.equal(await get('/orders', 'ada-token'), 503);
  state.answer = undefined;
  assert.equal(await get('/orders', 'ada-token'), 200);
});

test('guesses make their sender wait, and nobody who was let in before', async (t) => {
  for (const upstream of [false, true]) {
    const authentication = upstream ? { it: { upstream: true as const } } : { it: entry };
    const { get } = await gatewayFor(t, bearer, { authentication } as never);
    assert.equal(await get('/orders', 'ada-token'), 200);
    const statuses: number[] = [];
    for (let i = 0; i < 24; i++) statuses.push(await get('/orders', `guess-${i}`));
    assert.deepEqual([...new Set(statuses)], [401, 429], String(upstream));
    assert.equal(await get('/orders', 'ada-token'), 200);
  }
});

test('a guard asks at an address, and lets the question itself pass', async (t) => {
  const api = people();
  const upstream = await httpUpstream(t, api.listener);
  const events: GuardEvent[] = [];
  const guard = await createGuard({
    contract: contractOf(bearer[0]) as never,
    authentication: { it: { ...entry, at: upstream } } as never,
    onEvent: (event) => events.push(event),
  });
  t.after(() => guard.end());
  const url = await httpUpstream(t, node(guard, api.listener as never));
  const get = async (path: string, token: string) =>
    (await fetch(`${url}/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await get('/orders', 'ada-token'), 200);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(events.at(-1)?.actor.user?.uid, 'ada');
  const before_ = api.state.asked.length;
  assert.equal(await get('/me', 'bob-token'), 200);
  assert.equal(api.state.asked.length, before_ + 1, 'only the request itself came');
});

test('what cannot be asked is refused at start', async () => {
  const start = (it: object, scheme: object = bearer[0]) =>
    createGuard({ contract: contractOf(scheme) as never, authentication: { it } as never }).then((guard) =>
      guard.end(),
    );
  const at = 'http://127.0.0.1:1';
  await assert.rejects(start(entry), /add at: /);
  await assert.rejects(start({ ...entry, at, whoami: 'getMee' }), /did you mean getMe\?/);
  await assert.rejects(start({ ...entry, at, subjet: 'x' }), /did you mean subject\?/);
  await assert.rejects(start({ whoami: 'getMe', at }), /subject is missing/);
  await assert.rejects(start({ ...entry, at }, { type: 'mutualTLS' }), { code: 'bad-authentication' });
});
