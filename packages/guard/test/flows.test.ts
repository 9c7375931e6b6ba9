// Sensitive flows, each as people and as programs go through it: checkout, sign-up, password reset, coupon, voting.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import type { FetchHandler } from '@castellan/guard/fetch';
import { answer, answers, documentOf, json, limitsApi, type Call, type LimitsApi } from './limits-api.ts';
import { startRedis } from './redis.ts';

const open: (() => unknown)[] = [];
after(async () => {
  for (const end of open.toReversed()) await end();
});

const body = json({ type: 'object' });
const op = (operationId: string, flow?: object): object => ({
  operationId,
  requestBody: body,
  responses: answer(),
  ...(flow === undefined ? {} : { 'x-castellan': { flow } }),
});
const id = (name: string): object => ({ name, in: 'path', required: true, schema: { type: 'string' } });

async function apiOf(paths: object, handler: FetchHandler = answers(200), options: object = {}): Promise<LimitsApi> {
  const api = await limitsApi(paths, handler, { options: { limits: { byMeaning: false }, ...options } });
  open.push(api.end);
  return api;
}

const ada: Call = { as: 'ada', body: {} };
const reason = (api: LimitsApi): string | undefined => api.events.at(-1)?.unmapped.castellan.refused?.reason;

describe('checkout', () => {
  const paths = {
    '/carts/{cart}/items': { parameters: [id('cart')], post: op('fill') },
    '/carts/{cart}/address': { parameters: [id('cart')], post: op('address') },
    '/carts/{cart}/pay': {
      parameters: [id('cart')],
      post: op('pay', {
        name: 'checkout',
        after: ['fill', 'address'],
        ordered: true,
        minimum: '5s',
        within: '30m',
        once: '1h',
        pace: '3/hour',
      }),
    },
  };

  test('a person fills, tells the address, pays; and buys again', async () => {
    const api = await apiOf(paths);
    for (let at = 0; at < 2; at++) {
      for (const step of ['items', 'address']) {
        assert.equal(await api.call(`POST /carts/c1/${step}`, ada), 200);
        api.later(20_000);
      }
      assert.equal(await api.call('POST /carts/c1/pay', ada), 200);
      api.later(60_000);
    }
  });

  test('a program that leaves steps out, turns them round, is too fast, or pays twice does not', async () => {
    const api = await apiOf(paths);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 403);
    await api.call('POST /carts/c1/address', ada);
    api.later(1000);
    await api.call('POST /carts/c1/items', ada);
    api.later(10_000);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 403);
    assert.equal(reason(api), 'flow-order');
    await api.call('POST /carts/c1/address', ada);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 429);
    assert.equal(reason(api), 'flow-too-fast');
    api.later(5000);
    // Another cart, and another person, took no step.
    assert.equal(await api.call('POST /carts/c2/pay', ada), 403);
    assert.equal(await api.call('POST /carts/c1/pay', { as: 'bob', body: {} }), 403);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 200);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 403);
    assert.equal(reason(api), 'flow-once');
    api.later(31 * 60_000);
    assert.equal(await api.call('POST /carts/c1/pay', ada), 403);
    assert.equal(reason(api), 'flow-order');
  });

  test('a payment that failed may be tried again', async () => {
    let status = 200;
    const api = await apiOf(paths, () => Response.json({}, { status }));
    for (const step of ['items', 'address']) {
      await api.call(`POST /carts/c1/${step}`, ada);
      api.later(6000);
    }
    status = 402;
    assert.equal(await api.call('POST /carts/c1/pay', ada), 402);
    status = 200;
    assert.equal(await api.call('POST /carts/c1/pay', ada), 200);
  });
});

test('sign-up: the form comes first, for the same device, and nobody fills it in less than three seconds', async () => {
  const per = 'header.x-device';
  const api = await apiOf({
    '/signup/form': { post: op('form') },
    '/signup': { post: op('signUp', { name: 'sign-up', after: ['form'], minimum: '3s', pace: '2/day', per }) },
  });
  const on = (device: string): Call => ({ body: {}, headers: { 'x-device': device } });
  await api.call('POST /signup/form', on('d1'));
  assert.equal(await api.call('POST /signup', on('d1')), 429);
  api.later(3000);
  assert.equal(await api.call('POST /signup', on('d2')), 403);
  assert.equal(await api.call('POST /signup', { ...on('d1'), address: '203.0.113.5' }), 200);
  assert.equal(await api.call('POST /signup', on('d1')), 200);
  assert.equal(await api.call('POST /signup', on('d1')), 429);
});

test('password reset: a new password only after the code of the same account was right, and once', async () => {
  let right = false;
  const api = await apiOf(
    {
      '/reset/code': { post: op('checkCode') },
      '/reset/password': {
        post: op('newPassword', { name: 'reset', after: ['checkCode'], within: '10m', once: '1h', per: 'body.email' }),
      },
    },
    (_, { operation }) => Response.json({}, { status: operation?.operationId === 'checkCode' && !right ? 400 : 200 }),
  );
  const of = (email: string): Call => ({ body: { email } });
  await api.call('POST /reset/code', of('ada@example.com'));
  assert.equal(await api.call('POST /reset/password', of('ada@example.com')), 403);
  right = true;
  await api.call('POST /reset/code', of('eve@example.com'));
  assert.equal(await api.call('POST /reset/password', of('ada@example.com')), 403);
  assert.equal(await api.call('POST /reset/password', of('Eve@example.com')), 200);
  assert.equal(await api.call('POST /reset/password', of('eve@example.com')), 403);
  await api.call('POST /reset/code', of('ada@example.com'));
  api.later(11 * 60_000);
  assert.equal(await api.call('POST /reset/password', of('ada@example.com')), 403);
});

test('coupon: one each, and tries are slow', async () => {
  const api = await apiOf({
    '/coupons/{code}/redeem': {
      parameters: [id('code')],
      post: op('redeem', { name: 'coupon', once: '30 days', pace: '5/minute' }),
    },
  });
  assert.equal(await api.call('POST /coupons/SPRING/redeem', ada), 200);
  assert.equal(await api.call('POST /coupons/SPRING/redeem', ada), 403);
  assert.equal(await api.call('POST /coupons/SUMMER/redeem', ada), 200);
  assert.equal(await api.call('POST /coupons/SPRING/redeem', { as: 'bob', body: {} }), 200);
  const tries: number[] = [];
  for (let at = 0; at < 10; at++) tries.push(await api.call(`POST /coupons/C${at}/redeem`, ada));
  assert.equal(tries.filter((status) => status === 200).length, 2);
});

test('voting: one vote, also where many are sent at once', async () => {
  const api = await apiOf({
    '/polls/{poll}/votes': {
      parameters: [id('poll')],
      post: op('vote', { name: 'vote', once: '365 days', per: ['principal'] }),
    },
  });
  const all = await Promise.all(Array.from({ length: 30 }, () => api.call('POST /polls/p1/votes', ada)));
  assert.equal(all.filter((status) => status === 200).length, 1);
  assert.equal(await api.call('POST /polls/p2/votes', ada), 200);
});

test('over instances that share Redis: steps of one count on the other, and once is once on all', async (t) => {
  const redis = await startRedis();
  if (redis === undefined) return t.skip('redis-server is not installed');
  open.push(redis.close);
  const paths = {
    '/a': { post: op('first') },
    '/b': { post: op('second', { name: 'two', after: ['first'], once: '1 day' }) },
  };
  const one = (): Promise<LimitsApi> => {
    const { command, close } = redis.connect();
    open.push(close);
    return apiOf(paths, answers(200), { state: { redis: command, timeout: 5000 } });
  };
  const [here, there] = [await one(), await one()];
  assert.equal(await there.call('POST /b', ada), 403);
  assert.equal(await here.call('POST /a', ada), 200);
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? here : there).call('POST /b', ada)),
  );
  assert.equal(all.filter((status) => status === 200).length, 1);
});

test('a flow that contradicts itself is refused', async () => {
  for (const [flow, message] of [
    [{ after: ['a'], within: '2 hours' }, /an hour at most/],
    [{ minimum: '3s' }, /after names none/],
    [{ after: ['a'], minimum: '20m', within: '10m' }, /nobody can take it/],
    [{ after: ['a'], ordered: true }, /order of one step/],
    [{ after: ['a'], per: 'query.device' }, /does not have/],
    [{ after: ['a'], per: 'prinzipal' }, /did you mean principal\?/],
    [{ after: ['a'], minimum: '3' }, /15 minutes/],
    [{ once: true }, /15 minutes/],
  ] as const)
    await assert.rejects(
      loadContract(documentOf({ '/a': { post: op('a') }, '/b': { post: op('b', { name: 'x', ...flow }) } })),
      message,
    );
});
