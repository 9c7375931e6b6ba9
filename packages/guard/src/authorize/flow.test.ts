// Order and pace of a flow, and who may touch a property.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { Limiters } from '../limits/limiters.ts';
import type { Refusal } from '../problem.ts';
import { flow } from './flow.ts';
import { mayTouch } from './rules.ts';

const step = (operationId: string, flowOf?: object, variables: readonly string[] = ['cart']): object => ({
  operationId,
  parameters: variables.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  responses: { 204: { description: 'Done' } },
  ...(flowOf === undefined ? {} : { 'x-castellan': { flow: flowOf } }),
});
const contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  security: [],
  paths: {
    '/carts/{cart}/fill': { post: step('fill') },
    '/carts/{cart}/check': { post: step('check') },
    '/carts/{cart}/items/{item}': { post: step('add', undefined, ['cart', 'item']) },
    '/carts/{cart}/pay': { post: step('pay', { name: 'buy', after: ['fill', 'check'], pace: '2/day' }) },
    '/carts/{cart}/ship': { post: step('ship', { name: 'send', after: ['add'] }) },
    '/carts/{cart}/look': { get: step('look') },
    '/carts/{cart}/slow': { post: step('slow', { name: 'slow', after: [], pace: '1/day' }) },
  },
});

function shop(): {
  readonly call: (
    id: string,
    more?: { status?: number; cart?: string; item?: string; subject?: string },
  ) => string | undefined;
  readonly later: (milliseconds: number) => void;
  readonly core: GuardCore;
} {
  let now = 1_000_000_000;
  const core = { contract, limiters: new Limiters(() => now) } as unknown as GuardCore;
  const stages = new Map(
    contract.operations.map((operation) => [operation.operationId, flow.compile(core, operation)]),
  );
  return {
    core,
    later: (milliseconds) => (now += milliseconds),
    call(id, { status = 204, cart = 'c', item = 'i', subject = 'ada' } = {}) {
      const exchange = {
        auth: { subject, issuer: 'i' },
        parameters: { path: { cart, item } },
        status: 0,
        finish: undefined,
      } as unknown as Exchange;
      let ended = 0;
      exchange.finish = () => (ended += 1);
      const refusal = stages.get(id)?.(exchange) as Refusal | undefined;
      exchange.status = status;
      exchange.finish?.();
      assert.equal(ended, 1);
      return refusal?.reason;
    },
  };
}

test('a step comes after all that it needs, each answered well', () => {
  const { call } = shop();
  assert.equal(call('pay'), 'flow-order');
  assert.equal(call('fill'), undefined);
  assert.equal(call('pay'), 'flow-order');
  for (const status of [199, 300, 404, 500, 0]) call('check', { status });
  assert.equal(call('pay'), 'flow-order');
  call('check', { status: 200 });
  assert.equal(call('pay'), undefined);
  const other = shop();
  other.call('fill', { status: 299 });
  other.call('check', { status: 200 });
  assert.equal(other.call('pay'), undefined);
});

test('a step counts for its caller, its cart, and an hour', () => {
  const { call, later } = shop();
  for (const id of ['fill', 'check']) call(id);
  assert.equal(call('pay', { cart: 'other' }), 'flow-order');
  assert.equal(call('pay', { subject: 'bob' }), 'flow-order');
  later(3_599_000);
  assert.equal(call('pay'), undefined);
  later(2_000);
  assert.equal(call('pay'), 'flow-order');
});

test('only the parameters that both have count', () => {
  const { call } = shop();
  call('add', { item: 'x' });
  assert.equal(call('ship', { item: 'y' }), undefined);
  assert.equal(call('ship', { cart: 'other' }), 'flow-order');
});

test('a flow has its pace, for each caller', () => {
  const { call } = shop();
  assert.deepEqual(
    [call('slow'), call('slow'), call('slow', { subject: 'bob' })],
    [undefined, 'flow-limit', undefined],
  );
  // What comes too early takes nothing.
  for (let i = 0; i < 5; i++) assert.equal(call('pay'), 'flow-order');
  for (const id of ['fill', 'check']) call(id);
  assert.deepEqual([call('pay'), call('pay'), call('pay')], [undefined, undefined, 'flow-limit']);
});

test('operations of no flow cost nothing', () => {
  const { core } = shop();
  for (const [id, takesPart] of [
    ['look', false],
    ['fill', true],
    ['add', true],
    ['pay', true],
  ] as const) {
    const operation = contract.operations.find(({ operationId }) => operationId === id) as Operation;
    assert.equal(flow.compile(core, operation) !== undefined, takesPart, id);
  }
});

test('who may touch a property: groups, scopes and actions', () => {
  const group = { type: 'Group', id: 'staff' };
  const object = { type: 'Note', id: '1' };
  const authorizationOf = (allowed: boolean, parents: readonly object[] = []): object => ({
    principal: { parents },
    rule: (facts: { id: string }, resource: object) => {
      assert.deepEqual([facts.id, resource], ['edit', object]);
      return { allowed };
    },
  });
  const core = { authority: { facts: (id: string) => (id === 'edit' ? { id } : undefined) } };
  const auth = { groups: ['staff'], scopes: ['notes:edit'] };
  for (const [allowed, exchange, owner, touches, authority = core] of [
    [[], { auth }, undefined, false],
    [['staff'], { auth }, undefined, true],
    [['others'], { auth }, undefined, false],
    [['others', 'staff'], { auth }, undefined, true],
    [['staff'], {}, undefined, false],
    [['scope:notes:edit'], { auth }, undefined, true],
    [['scope:notes'], { auth }, undefined, false],
    [['scope:notes:edit'], {}, undefined, false],
    [['notes:edit'], { auth }, undefined, false],
    [['scope:staff'], { auth }, undefined, false],
    // With policies, the groups are those of the principal, who may be in others than the credential says.
    [['staff'], { auth, rulings: authorizationOf(false) }, undefined, false],
    [['staff'], { rulings: authorizationOf(false, [group]) }, undefined, true],
    [['staff'], { rulings: authorizationOf(false, [{ ...group, type: 'User' }]) }, undefined, false],
    [['staff'], { rulings: authorizationOf(false, [{ ...group, id: 'x' }]) }, undefined, false],
    [['scope:notes:edit'], { auth, rulings: authorizationOf(false) }, undefined, true],
    [['action:edit'], { auth, rulings: authorizationOf(true) }, object, true],
    [['action:edit'], { auth, rulings: authorizationOf(false) }, object, false],
    [['action:edit', 'scope:notes:edit'], { auth, rulings: authorizationOf(false) }, object, true],
    [['action:edit'], { auth, rulings: authorizationOf(true) }, undefined, false],
    [['action:other'], { auth, rulings: authorizationOf(true) }, object, false],
    [['action:edit'], { auth }, object, false],
    [['action:edit'], { auth, rulings: authorizationOf(true) }, object, false, {}],
  ] as readonly (readonly [readonly string[], object, object | undefined, boolean, object?])[])
    assert.equal(
      mayTouch(authority as never, exchange as never, { name: 'p', allowed } as never, () => owner as never),
      touches,
      `${allowed.join()} ${JSON.stringify(exchange)}`,
    );
});
