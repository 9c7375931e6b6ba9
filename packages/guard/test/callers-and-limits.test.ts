// Whose limit a request takes from, when an operation ends, and bodies where none is documented. In one process, by its clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, asking } from './asked.ts';
import { authentication, identity, token } from './guarded.ts';

const identityTime = Date.now();
const done = { responses: { 204: { description: 'Done' } } };
const schemes = { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } };

test('callers that nobody knows share no limit, and neither do those that are known', async () => {
  const limited = { ...done, security: [{}, { token: [] }], 'x-castellan': { rateLimit: { rate: '2/hour' } } };
  let now = Date.now();
  const { ask, end } = await asking(apiOf({ '/a': { get: limited } }, schemes), undefined, {
    authentication,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    clock: () => now,
  });
  const bob = await identity.token({ sub: 'bob' });
  const of = async (from: string, credential?: string): Promise<number> =>
    (await ask({ from, fields: credential === undefined ? {} : { authorization: `Bearer ${credential}` } })).status;
  for (const [from, credential] of [
    ['192.0.2.1', undefined],
    ['192.0.2.2', undefined],
    ['2001:db8::1', undefined],
    ['192.0.2.1', token],
    ['192.0.2.1', bob],
  ] as const)
    assert.deepEqual(
      [await of(from, credential), await of(from, credential), await of(from, credential)],
      [204, 204, 429],
    );
  assert.equal(await of('192.0.2.9', token), 429, 'somebody who is known takes his limit along');
  assert.equal(await of('192.0.2.3'), 204);
  now += 1_800_000;
  assert.equal(await of('192.0.2.1'), 204);
  await end();
});

test('a budget of records is each caller’s own, known or not', async () => {
  const list = { type: 'array', items: { type: 'integer' } };
  const responses = { 200: { description: 'All', content: { 'application/json': { schema: list } } } };
  const get = { responses, security: [{}, { token: [] }], 'x-castellan': { budget: { records: '2/day' } } };
  const { ask, end } = await asking(apiOf({ '/a': { get } }, schemes), () => Response.json([1, 2]), {
    authentication,
    clock: () => identityTime,
  });
  const of = async (from: string, fields = {}): Promise<number> => (await ask({ from, fields })).status;
  const known = { authorization: `Bearer ${token}` };
  for (const [from, fields] of [['192.0.2.1'], ['192.0.2.2'], ['192.0.2.2', known]] as const)
    assert.deepEqual([await of(from, fields), await of(from, fields)], [200, 429], from);
  assert.equal(await of('192.0.2.3', known), 429);
  await end();
});

test('the limit of principals leaves alone who is none', async () => {
  const { ask, end } = await asking(
    apiOf({ '/a': { get: { ...done, security: [{}, { token: [] }] } } }, schemes),
    undefined,
    { authentication, limits: { perAddress: 'off', perPrincipal: '1/hour' } },
  );
  for (let i = 0; i < 3; i++) assert.equal((await ask()).status, 204);
  const fields = { authorization: `Bearer ${token}` };
  assert.equal((await ask({ fields })).status, 204);
  const { status, refused } = await ask({ fields });
  assert.deepEqual([status, refused], [429, 'throttle rate-limited principal-limit']);
  await end();
});

test('an operation ends at its sunset, to the millisecond', async () => {
  const sunset = Date.parse('2030-01-01T00:00:00Z');
  let now = sunset - 1;
  const lifecycle = { state: 'deprecated', sunset: '2030-01-01' };
  const { ask, end } = await asking(
    apiOf({ '/a': { get: { ...done, deprecated: true, 'x-castellan': { lifecycle } } } }, { security: [] }),
    undefined,
    { clock: () => now },
  );
  assert.equal((await ask()).status, 204);
  now = sunset;
  const { status, refused } = await ask();
  assert.deepEqual([status, refused], [410, 'route retired retired']);
  await end();
});

test('a body where none is documented is refused before the handler, an empty one is none', async () => {
  const { ask, end } = await asking(apiOf({ '/a': { post: done } }, { security: [] }));
  assert.equal((await ask({ method: 'POST' })).status, 204);
  assert.equal((await ask({ method: 'POST', body: '' })).status, 204);
  const { status, handled } = await ask({ method: 'POST', body: 'x', fields: { 'content-type': 'text/plain' } });
  assert.deepEqual([status, handled], [400, false]);
  await end();
});
