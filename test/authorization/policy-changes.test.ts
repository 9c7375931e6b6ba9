import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { sides } from './both-sides.ts';
import { ordersContract } from './orders-contract.ts';
import { keys, ordersBehindGuard, type Orders } from './orders.ts';
import { send } from './send.ts';

for (const side of sides) {
  describe(`policies that change, ${side}`, () => {
    let api: Orders;
    let good: string;
    const status = async (path: string): Promise<number> =>
      (await send(api.url, path, { headers: { 'x-key': keys.ada } })).status;

    before(async () => {
      api = await ordersBehindGuard(side);
      good = readFileSync(api.policies, 'utf8');
    });
    beforeEach(() => writeFileSync(api.policies, good));
    after(() => api.close());

    /** The reload says what is wrong, and the last good set decides as before. */
    async function staysInForce(pattern: RegExp): Promise<void> {
      await assert.rejects(api.guard.reload(), (error: unknown) => {
        assert.ok(error instanceof CastellanError, String(error));
        assert.match(error.message, pattern);
        assert.doesNotMatch(error.message, /\n/, 'one line');
        return true;
      });
      assert.equal(await status('/orders/a1'), 200);
      assert.equal(await status('/orders/b1'), 403);
    }

    test('a good change takes effect', async () => {
      appendFileSync(
        api.policies,
        'forbid (principal, action == Action::"getOrder", resource) when { resource has title && resource.title == "Tea" };',
      );
      await api.guard.reload();
      assert.equal(await status('/orders/a1'), 403);
      writeFileSync(api.policies, good);
      await api.guard.reload();
      assert.equal(await status('/orders/a1'), 200);
    });
    test('a syntax error', async () => {
      appendFileSync(api.policies, 'permit (principal, action, resource) when { resource.ownerId = principal };');
      await staysInForce(/orders\.cedar:\d+:\d+: /);
    });
    test('a type error', async () => {
      appendFileSync(api.policies, 'permit (principal, action, resource is Order) when { resource.title > 7 };');
      await staysInForce(/orders\.cedar:\d+:\d+: /);
    });
    test('an action that no operation has', async () => {
      appendFileSync(api.policies, 'permit (principal, action == Action::"getOrders", resource);');
      await staysInForce(/orders\.cedar:\d+:\d+: .*getOrders/);
    });
    test('a group type that does not exist', async () => {
      appendFileSync(api.policies, 'permit (principal in Gruop::"x", action == Action::"getOrder", resource);');
      await staysInForce(/orders\.cedar:\d+:\d+: .*Gruop/);
    });
    test('a file that vanished', async () => {
      rmSync(api.policies);
      await staysInForce(/no file matches|is gone/);
    });
    test('one of several files that vanished: it may have been the one that forbids', async () => {
      const more = api.policies.replace('orders.cedar', 'more.cedar');
      writeFileSync(
        more,
        'forbid (principal, action == Action::"getOrder", resource) when { resource has title && resource.title == "Never" };',
      );
      await api.guard.reload();
      rmSync(more);
      await staysInForce(/more\.cedar: a policy file of the set in force is gone/);
      writeFileSync(more, '');
      await api.guard.reload();
    });
  });
}

test('a write whose object nobody can load is refused at start-up, with the mend', async () => {
  const api = await ordersBehindGuard('in the application');
  const options = {
    contract: ordersContract,
    policies: api.policies,
    authentication: { key: { keys: { 'a-key-of-some-length': { subject: 'x' } } } },
  };
  try {
    const guard = await createGuard(options);
    assert.throws(() => node(guard, () => undefined), {
      code: 'undecidable-write',
      message: /replaceOrders writes a Order.*register guard\.resource\('Order', load\)/,
    });
    await assert.rejects(createGuard({ ...options, resources: { Order: () => [] } }), {
      code: 'undecidable-write',
      message: /replaceUser writes a User/,
    });
    await assert.rejects(createGuard({ ...options, resources: { Ordr: () => [] } }), {
      code: 'unknown-resource',
      message: /did you mean Order\?/,
    });
    await guard.end();
  } finally {
    await api.close();
  }
});
