// Several registries on one PostgreSQL look at events together: whichever takes them, one sees all, and what is dismissed at one is
// dismissed at all, whichever ends meanwhile.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createKey, openStore, serveRegistry, type RegistryServer, type Store } from '@castellan/registry';
import { startPostgres } from '../real/postgres.ts';

const honey = ['/backup.sql', '/private/keys', '/.env.old', '/dump.zip'];

interface Listed {
  readonly id: string;
  readonly api: string | null;
  readonly status: string;
  readonly addresses: readonly { readonly name: string }[];
  readonly text: string;
}

interface Registry {
  readonly store: Store;
  readonly server: RegistryServer;
}

async function ask<T>({ server }: Registry, method: string, path: string, body?: object, key = server.localKey) {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'x-castellan-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

const listed = async (registry: Registry): Promise<readonly Listed[]> =>
  (await ask<{ incidents: readonly Listed[] }>(registry, 'GET', '/incidents')).body.incidents;

async function until<T>(what: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const began = performance.now();
  for (;;) {
    const value = await what();
    if (holds(value)) return value;
    assert.ok(performance.now() - began < 60_000, `still ${JSON.stringify(value).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

async function world(t: TestContext, clock: () => number) {
  const open: Registry[] = [];
  // They end before their database does.
  t.after(async () => {
    while (open[0] !== undefined) await end(open[0]);
  });
  const postgres = await startPostgres(t);
  if (postgres === undefined) return undefined;
  const begin = async (): Promise<Registry> => {
    const store = await openStore({ url: postgres.url, clock });
    const server = await serveRegistry(store, { port: 0, detect: { honey, key: 'a key of the audit log' } });
    const registry = { store, server };
    open.push(registry);
    return registry;
  };
  const end = async (registry: Registry): Promise<void> => {
    open.splice(open.indexOf(registry), 1);
    await registry.server.close();
    await registry.store.close();
  };
  return { begin, end };
}

/** A refused sign-in: one secret for another account each time. */
const signIn = (time: number, n: number) => ({
  id: `sign-in-${n}`,
  time,
  method: 'POST',
  template: '/login',
  operation: 'login',
  status: 401,
  address: `198.51.100.${n}`,
  attempt: { kind: 'password', account: `account-${n}`, secret: 'one-secret' },
});

test(
  'an attack whose requests go through all of them is one incident; ending, starting and dismissing lose nothing',
  { timeout: 280_000 },
  async (t) => {
    let now = Date.now();
    const made = await world(t, () => now);
    if (made === undefined) return t.skip('PostgreSQL is not on this machine');
    const { begin, end } = made;
    // How often one is asked depends on the machine; what happens does not.
    const pick = random(7);
    const which = random(8);
    const registries = [await begin(), await begin(), await begin()];
    const any = (): Registry => registries[which(registries.length)] ?? assert.fail();
    const { key } = await createKey(any().store, { name: 'orders', role: 'guard', api: 'orders' });
    let batches = 0;
    const send = async (events: readonly object[], registry = any()): Promise<void> => {
      const answer = await ask<{ taken: number }>(
        registry,
        'POST',
        '/events',
        { id: `batch-of-events-${++batches}`, events },
        key,
      );
      assert.deepEqual([answer.status, answer.body.taken], [200, events.length]);
    };
    for (let n = 0; n < 12; n++) await send([signIn((now += 1000), n)], registries[n % registries.length]);
    const sprayed = await until(
      () => listed(any()),
      (list) => list.length > 0,
    );
    assert.equal(sprayed.length, 1);
    assert.match(sprayed[0]?.text ?? '', /one secret was refused for \d+ accounts/);
    /** Which canary of whom was dismissed, and which is open. */
    const silent = new Set<string>();
    const open = new Set<string>();
    for (let step = 0; step < (process.env['CASTELLAN_WHOLE'] === '1' ? 60 : 10); step++) {
      now += 60_000;
      const address = `203.0.113.${pick(3)}`;
      const template = honey[pick(honey.length)] ?? '';
      const what = pick(4);
      if (what < 2) {
        await send([{ id: `canary-${step}`, time: now, method: 'GET', template, status: 404, address }]);
        if (silent.has(`${address} ${template}`)) continue;
        open.add(`${address} ${template}`);
        await until(
          () => listed(any()),
          (list) => list.some((one) => one.status === 'open' && one.addresses.some(({ name }) => name === address)),
        );
      } else if (what === 2) {
        const at = pick(registries.length);
        const [gone] = registries.splice(at, 1);
        if (gone !== undefined) await end(gone);
        registries.push(await begin());
      } else {
        const registry = any();
        const incident = (await listed(registry)).find(
          (one) => one.status === 'open' && one.addresses.some(({ name }) => name.startsWith('203.')),
        );
        if (incident === undefined) continue;
        const path = `/incidents/${incident.id}/dismissal`;
        assert.equal((await ask(registry, 'POST', path, { reason: `step ${step}` })).status, 200);
        const whom = incident.addresses.map(({ name }) => name);
        for (const one of open) if (whom.some((name) => one.startsWith(`${name} `))) silent.add(one);
        for (const other of registries)
          await until(
            () => listed(other),
            (list) => {
              const found = list.find(({ id }) => id === incident.id);
              return found?.status === 'closed' && found.text.includes(`step ${step}`);
            },
          );
        // Whoever looks knows it after its next look.
        for (const { server } of registries) await server.looking.settled();
      }
    }
    assert.ok(silent.size > 0, 'something was dismissed');
    const before = await listed(any());
    for (const one of silent) {
      const [address, template] = one.split(' ');
      await send([{ id: `again-${one}`, time: now, method: 'GET', template, status: 404, address }]);
    }
    // What is sent after them is seen after them.
    await send([{ id: 'last', time: now, method: 'GET', template: honey[0], status: 404, address: '192.0.2.99' }]);
    const after = await until(
      () => listed(any()),
      (list) => list.some(({ addresses }) => addresses.some(({ name }) => name === '192.0.2.99')),
    );
    assert.equal(after.length, before.length + 1);
    assert.ok(after.every(({ api }) => api === 'orders'));
  },
);

test(
  'events wait while nobody looks, and the one that takes over sees all of them',
  { timeout: 200_000 },
  async (t) => {
    let now = Date.now();
    const made = await world(t, () => now);
    if (made === undefined) return t.skip('PostgreSQL is not on this machine');
    const first = await made.begin();
    const { store } = first;
    // One that was killed while it looked: its lease holds for a while.
    await store.db
      .updateTable('leases')
      .set({ holder: 'killed', until: new Date(now + 15_000) })
      .where('name', '=', 'events')
      .execute();
    now += 6_000;
    await first.server.looking.settled();
    const { key } = await createKey(store, { name: 'orders', role: 'guard', api: 'orders' });
    for (let n = 0; n < 40; n++)
      await ask(first, 'POST', '/events', { id: `batch-of-events-${n}`, events: [signIn(now, n)] }, key);
    assert.deepEqual(await listed(first), []);
    now += 12_000;
    const [incident] = await until(
      () => listed(first),
      (list) => list.length > 0,
    );
    assert.match(incident?.text ?? '', /one secret was refused for (?:[4-9]|\d\d) accounts/);
    assert.deepEqual(await store.db.selectFrom('event_batches').select('id').execute(), []);
  },
);

test('what a process that did not come back saw ends; each gateway beside a registry reports, whichever started last', async (t) => {
  let now = Date.now();
  const store = await openStore({ url: 'memory:', clock: () => now });
  const running: RegistryServer[] = [];
  t.after(async () => {
    for (const server of running) await server.close();
    await store.close();
  });
  const begin = async (): Promise<RegistryServer> => {
    const server = await serveRegistry(store, { port: 0, detect: { honey } });
    running.push(server);
    return server;
  };
  const holder = { name: 'orders', role: 'guard', api: 'orders' } as const;
  let batches = 0;
  const send = async (server: RegistryServer, key: string): Promise<number> => {
    const id = `batch-of-events-${++batches}`;
    const event = { id, time: now, method: 'GET', template: honey[0], status: 404, address: '192.0.2.9' };
    return (await ask({ store, server }, 'POST', '/events', { id, events: [event] }, key)).status;
  };
  const first = await begin();
  assert.equal(await send(first, await first.localGuardKey('serve:host:orders', holder)), 200);
  await first.close();
  running.pop();
  const [one, two] = [await begin(), await begin()];
  assert.deepEqual(
    (await listed({ store, server: one })).map(({ status, api }) => [status, api]),
    [['open', 'orders']],
  );
  now += 14 * 3_600_000;
  await until(
    () => listed({ store, server: one }),
    ([incident]) => incident?.status === 'closed',
  );
  // The first starts its gateway again while that of the second runs.
  const keys: string[] = [];
  for (const server of [one, two, one]) keys.push(await server.localGuardKey('serve:host:orders', holder));
  const [a = '', b = '', c = ''] = keys;
  assert.deepEqual([await send(one, a), await send(two, b), await send(one, c)], [200, 200, 200]);
  assert.equal(await send(two, a), 401, 'a key is of its own process');
});
