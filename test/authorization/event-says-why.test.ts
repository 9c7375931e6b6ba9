// What the event of a decided request says: action, policies, object by a keyed hash, who acts; allowed and refused alike,
// in the application and at the gateway, enforced and observed. Ids of objects never stand in it.
// promise: ids-hashed
// promise: unknown-actor
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import type { GuardEvent, GuardOptions } from '@castellan/guard';
import { sides } from './both-sides.ts';
import { keys, ordersBehindGuard, type Orders } from './orders.ts';
import { send } from './send.ts';

type Why = GuardEvent['unmapped']['castellan'];

interface Question {
  readonly as: keyof typeof keys;
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly action: string;
  /** Who decided: policies that permit, or those that forbid; none where none permits. */
  readonly policies: readonly string[];
  readonly allowed: boolean;
  readonly type: string;
  readonly objects?: number;
}

const questions: readonly Question[] = [
  { as: 'ada', path: '/orders/a1', action: 'getOrder', policies: ['own-orders'], allowed: true, type: 'Order' },
  { as: 'ada', path: '/orders/b1', action: 'getOrder', policies: [], allowed: false, type: 'Order' },
  { as: 'ada', path: '/orders/a2', action: 'getOrder', policies: ['one-tenant'], allowed: false, type: 'Order' },
  { as: 'ada', path: '/orders/b1/secret', action: 'getSecretOrder', policies: [], allowed: false, type: 'Order' },
  { as: 'max', path: '/users/bob', action: 'getUser', policies: ['known-users'], allowed: true, type: 'User' },
  { as: 'bob', path: '/users/ada', action: 'getUser', policies: [], allowed: false, type: 'User' },
  { as: 'ada', path: '/products/p1', action: 'getProduct', policies: ['own-products'], allowed: true, type: 'Product' },
  {
    as: 'ada',
    method: 'PATCH',
    path: '/orders/a1',
    body: { title: 'x' },
    action: 'editOrder',
    policies: ['own-orders'],
    allowed: true,
    type: 'Order',
  },
  {
    as: 'bob',
    method: 'PATCH',
    path: '/orders/a1',
    body: { title: 'x' },
    action: 'editOrder',
    policies: [],
    allowed: false,
    type: 'Order',
  },
  {
    as: 'ada',
    method: 'POST',
    path: '/notes',
    body: { orderId: 'b1', text: 'x' },
    action: 'getOrder',
    policies: [],
    allowed: false,
    type: 'Order',
  },
  {
    as: 'ada',
    path: '/visible-orders',
    action: 'visibleOrders',
    policies: ['own-orders'],
    allowed: true,
    type: 'Order',
  },
  { as: 'ada', path: '/orders', action: 'listOrders', policies: ['one-tenant'], allowed: false, type: 'Order' },
];

async function whyOf(orders: Orders, { as, method = 'GET', path, body }: Question): Promise<[Why, string]> {
  await send(orders.url, path, {
    method,
    headers: { 'x-key': keys[as] },
    ...(body === undefined ? {} : { body }),
  });
  const event = orders.events.findLast(({ actor }) => actor.user?.uid === as);
  assert.ok(event !== undefined);
  return [event.unmapped.castellan, JSON.stringify(event)];
}

async function withOrders(
  side: (typeof sides)[number],
  options: Partial<GuardOptions>,
  run: (orders: Orders) => Promise<void>,
): Promise<void> {
  const orders = await ordersBehindGuard(side, options);
  try {
    await run(orders);
  } finally {
    await orders.close();
  }
}

for (const side of sides)
  for (const mode of ['enforce', 'observe'] as const)
    test(`${side}, ${mode}: the event names action, policies and object`, () =>
      withOrders(side, { mode }, async (orders) => {
        const names = new Map<string, Set<string>>();
        for (const question of questions) {
          const { action, policies, allowed, type, path } = question;
          const about = `${question.as} ${question.method ?? 'GET'} ${path}`;
          const [why, text] = await whyOf(orders, question);
          const refused = mode === 'enforce' ? why.refused : why.observed?.find((one) => one.action !== undefined);
          assert.equal(why.allowed !== undefined, allowed, about);
          assert.equal(refused === undefined, allowed, about);
          const said = allowed ? why.allowed?.find((one) => one.action === action) : refused;
          assert.equal(said?.action, action, about);
          assert.deepEqual(said?.policies, policies, about);
          assert.equal(said?.object?.type, type, about);
          for (const id of ['a1', 'a2', 'b1', 'm1', 'p1'])
            assert.ok(!new RegExp(`["/ ]${id}["/ :]`).test(text), `${about}: ${id} in ${text}`);
          const id = said?.object?.id;
          const key = `${type} ${path.split('/')[2] ?? ''}`;
          if (id !== undefined && /\/\w+\/\w+/.test(path)) names.set(key, (names.get(key) ?? new Set()).add(id));
        }
        // One object has one name, two objects have two.
        assert.ok([...names.values()].every((one) => one.size === 1));
        assert.equal(new Set([...names.values()].flatMap((one) => [...one])).size, names.size);
        assert.ok(names.size >= 6);
      }));

test('a list says how many objects were decided on, and names none', () =>
  withOrders('in the application', {}, async (orders) => {
    for (const id of ['a2', 'b1', 'm1']) delete orders.state.orders[id];
    orders.state.orders['a3'] = { id: 'a3', tenantId: 'north', ownerId: 'ada' };
    orders.state.orders['a4'] = { id: 'a4', tenantId: 'north', ownerId: 'ada' };
    const [{ allowed }] = await whyOf(orders, { ...questions[10], path: '/orders' } as Question);
    assert.deepEqual(
      allowed?.find(({ action }) => action === 'listOrders'),
      { action: 'listOrders', policies: ['own-orders'], object: { type: 'Order' }, objects: 3 },
    );
  }));

test('a request that fails after it was permitted says no allow', () =>
  withOrders('in the application', {}, async (orders) => {
    orders.state.override = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"a1","ownerId":"ada","title":7}');
      return true;
    };
    const [why] = await whyOf(orders, questions[7] as Question);
    assert.equal(why.refused?.type, 'response-withheld');
    assert.equal(why.allowed, undefined);
    assert.equal(why.explained, undefined);
  }));

const token = (claims: Readonly<Record<string, unknown>>): Partial<GuardOptions> => ({
  authentication: {
    key: {
      verify: (key: string) => ({ subject: 'ada', tenant: 'north', ...(key === keys.bob ? { claims } : {}) }),
    },
  },
});

test('@alarm: what a policy raises that decided, allowed and refused, stands in the event with severity 4', () =>
  withOrders('in the application', {}, async (orders) => {
    appendFileSync(
      orders.policies,
      `@id("break-glass") @alarm("break-glass")
       permit (principal in Group::"managers", action == Action::"getOrder", resource is Order);
       @id("trap") @alarm forbid (principal, action == Action::"getProduct", resource == Product::"p2");`,
    );
    await orders.guard.reload();
    const [glass] = await whyOf(orders, { ...questions[0], as: 'max', path: '/orders/b1' } as Question);
    assert.deepEqual([glass.alarms, glass.allowed?.[0]?.policies], [['break-glass'], ['break-glass']]);
    assert.equal(orders.events.at(-1)?.severity_id, 4);
    const [trap] = await whyOf(orders, { ...questions[6], as: 'bob', path: '/products/p2' } as Question);
    assert.deepEqual([trap.alarms, trap.refused?.policies], [['trap'], ['trap']]);
    const [plain] = await whyOf(orders, questions[0] as Question);
    assert.equal(plain.alarms, undefined);
    assert.equal(orders.events.at(-1)?.severity_id, 1);
  }));

for (const [claim, says, actor] of [
  [{ sub: 'helpdesk', iss: 'https://login.example' }, { sub: 'helpdesk', iss: 'https://login.example' }, 'helpdesk'],
  [{ sub: 'bot', act: { sub: 'gateway' } }, { sub: 'bot', act: { sub: 'gateway' } }, 'bot'],
  [{ client_id: 'reports' }, { sub: 'reports' }, 'reports'],
  ['plain', { sub: 'plain' }, 'plain'],
  [{ email: 'x' }, { sub: 'unknown' }, 'unknown'],
  [7, { sub: 'unknown' }, 'unknown'],
] as const)
  test(`who acts for the caller is in the event and in context.actor: ${JSON.stringify(claim)}`, () =>
    withOrders('in the application', token({ act: claim }), async (orders) => {
      appendFileSync(
        orders.policies,
        `@id("no-agents") forbid (principal, action == Action::"editOrder", resource)
         when { context has actor && context.actor == User::"${actor}" };`,
      );
      await orders.guard.reload();
      await send(orders.url, '/orders/a1', { headers: { 'x-key': keys.bob } });
      assert.deepEqual(orders.events.at(-1)?.unmapped.castellan.act, says);
      assert.ok(orders.events.at(-1)?.unmapped.castellan.allowed !== undefined);
      const edit = { method: 'PATCH', body: { title: 'x' } };
      const delegated = await send(orders.url, '/orders/a1', { ...edit, headers: { 'x-key': keys.bob } });
      assert.equal(delegated.status, 403);
      assert.deepEqual(orders.events.at(-1)?.unmapped.castellan.refused?.policies, ['no-agents']);
      const own = await send(orders.url, '/orders/a1', { ...edit, headers: { 'x-key': keys.ada } });
      assert.equal(own.status, 200);
      assert.equal(orders.events.at(-1)?.unmapped.castellan.act, undefined);
    }));
