// promise: last-good-stays
// promise: policies-reload
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { GuardOptions, Reloaded } from '@castellan/guard';
import { sides } from './both-sides.ts';
import { ordersContract } from './orders-contract.ts';
import { keys, ordersBehindGuard, type Orders } from './orders.ts';
import { send } from './send.ts';

const forbidsTea =
  'forbid (principal, action == Action::"getOrder", resource) when { resource has title && resource.title == "Tea" };';

for (const side of sides) {
  describe(`files that change while requests are served, ${side}`, { timeout: 60_000 }, () => {
    let api: Orders;
    let good: string;
    const folder = mkdtempSync(join(tmpdir(), 'castellan-contract-'));
    const contract = join(folder, 'openapi.json');
    const reloads = new EventEmitter();
    const status = async (path: string): Promise<number> =>
      (await send(api.url, path, { headers: { 'x-key': keys.ada } })).status;

    before(async () => {
      writeFileSync(contract, JSON.stringify(ordersContract));
      const options: Partial<GuardOptions> = {
        contract,
        onReload: (outcome) => void reloads.emit('reload', outcome),
        ...(side === 'in the application' ? { watch: true } : {}),
      };
      api = await ordersBehindGuard(side, options);
      good = readFileSync(api.policies, 'utf8');
    });
    after(async () => {
      await api.close();
      rmSync(folder, { recursive: true });
    });

    /** What the guard says of a change by itself: nobody calls reload. */
    async function saidAfter(change: () => void): Promise<Reloaded> {
      const said = once(reloads, 'reload') as Promise<[Reloaded]>;
      change();
      return (await said)[0];
    }
    async function staysInForce(change: () => void, pattern: RegExp): Promise<void> {
      const outcome = await saidAfter(change);
      assert.ok(!outcome.ok);
      assert.match(outcome.error.message, pattern);
      assert.doesNotMatch(outcome.error.message, /\n/, 'one line');
      const notice = api.guard.notices.find(({ code }) => code === 'reload-failed');
      assert.match(
        notice?.message ?? '',
        /; the last good contract and policies stay in force, since \d{4}-[\d-]+T[\d:.]+Z$/,
      );
      assert.equal(await status('/orders/a1'), 200);
      assert.equal(await status('/orders/b1'), 403);
    }
    async function takesEffect(change: () => void): Promise<void> {
      assert.deepEqual(await saidAfter(change), { ok: true });
      assert.ok(!api.guard.notices.some(({ code }) => code === 'reload-failed'));
    }

    test('a policy that is added decides', async () => {
      await takesEffect(() => appendFileSync(api.policies, forbidsTea));
      assert.equal(await status('/orders/a1'), 403);
    });
    test('a file put in the place of the old one decides', async () => {
      await takesEffect(() => {
        writeFileSync(`${api.policies}.new`, good);
        renameSync(`${api.policies}.new`, api.policies);
      });
      assert.equal(await status('/orders/a1'), 200);
    });
    test('a syntax error leaves the last good policies in force, and so does a file that vanished', async () => {
      await staysInForce(() => appendFileSync(api.policies, 'permit (principal'), /orders\.cedar:\d+:\d+: /);
      await staysInForce(() => rmSync(api.policies), /no file matches|is gone/);
      await takesEffect(() => writeFileSync(api.policies, good));
    });
    test('a second policy file counts, and cannot vanish: it is the one that forbids', async () => {
      const more = api.policies.replace('orders.cedar', 'more.cedar');
      await takesEffect(() => writeFileSync(more, forbidsTea));
      assert.equal(await status('/orders/a1'), 403);
      const outcome = await saidAfter(() => rmSync(more));
      assert.ok(!outcome.ok);
      assert.match(outcome.error.message, /more\.cedar: a policy file of the set in force is gone/);
      assert.equal(await status('/orders/a1'), 403);
      await takesEffect(() => writeFileSync(more, ''));
      assert.equal(await status('/orders/a1'), 200);
    });
    test('a contract that is broken leaves the last good one in force until it is mended', async () => {
      await staysInForce(() => writeFileSync(contract, '{ "openapi": '), /openapi\.json/);
      const without = structuredClone(ordersContract) as { info: { title: string } };
      without.info.title = 'Orders, later';
      await takesEffect(() => writeFileSync(contract, JSON.stringify(without)));
      assert.equal(api.guard.contract.title, 'Orders, later');
      assert.equal(await status('/orders/a1'), 200);
    });
    test('a file that the contract needs may come after it', async () => {
      const split = structuredClone(ordersContract) as {
        info: object;
        components: { schemas: Record<string, unknown> };
      };
      const part = join(folder, 'later.json');
      const later = { Later: { type: 'string', maxLength: 3 } };
      split.components.schemas.Later = { $ref: 'later.json#/Later' };
      await staysInForce(() => writeFileSync(contract, JSON.stringify(split)), /later\.json/);
      await takesEffect(() => writeFileSync(part, JSON.stringify(later)));
    });
  });
}
