// Guards of several processes send their events; one registry sees the attack that none of them sees alone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { createKey, openStore, serveRegistry, type RegistryServer, type Store } from '@castellan/registry';

let store: Store;
let server: RegistryServer;
before(async () => {
  store = await openStore({ url: 'memory:' });
  server = await serveRegistry(store, { port: 0, detect: { warmUp: 0, honey: ['/backup.sql'] } });
});
after(async () => {
  await server.close();
  await store.close();
});

interface Incidents {
  readonly incidents: readonly {
    readonly id: string;
    readonly api: string | null;
    readonly status: string;
    readonly addresses: readonly { readonly name: string }[];
    readonly text: string;
  }[];
}

async function ask<T>(
  method: string,
  path: string,
  body?: object,
  key = server.localKey,
): Promise<{ status: number; body: T }> {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'x-castellan-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

/** A service with a guard that sends its events. */
async function service(
  api: string,
  events: boolean,
): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const { key } = await createKey(store, { name: api, role: 'guard', api });
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: `The ${api} API`, version: '1' },
      paths: { '/things': { get: { operationId: 'listThings', responses: { 200: { description: 'All.' } } } } },
    },
    registry: { url: server.url, key, events },
  });
  const http = createServer(node(guard, (_request, response) => void response.end()));
  http.listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async end() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await guard.end();
    },
  };
}

test('what guards send is looked at together; an incident is listed, and dismissed by security', async () => {
  const services = [await service('orders', true), await service('payments', true), await service('silent', false)];
  for (const { url } of services) for (const path of ['/things', '/backup.sql']) await fetch(url + path);
  for (const one of services) await one.end();
  const { body } = await ask<Incidents>('GET', '/incidents');
  assert.ok(body.incidents.length > 0, JSON.stringify(body));
  const [first] = body.incidents;
  assert.ok(first !== undefined);
  assert.match(first.text, /the honey path/);
  assert.ok(first.text.includes(first.id));
  assert.equal(first.status, 'open');
  const apis = new Set(body.incidents.map(({ api }) => api));
  assert.ok(!apis.has('silent'), 'who sends no events is not looked at');
  // One attacker at two APIs is one incident, of no single API; an owner of one of them does not read what happened at the other.
  const owner = await createKey(store, { name: 'o', role: 'owner', teams: ['team-orders'] });
  const seen = await ask<Incidents>('GET', '/incidents', undefined, owner.key);
  assert.ok(seen.body.incidents.every(({ api }) => api === 'orders'));
  const viewer = await createKey(store, { name: 'v', role: 'viewer' });
  assert.equal((await ask('POST', `/incidents/${first.id}/dismissal`, { reason: 'a test' }, viewer.key)).status, 404);
  const security = await createKey(store, { name: 's', role: 'security' });
  assert.equal((await ask('POST', `/incidents/${first.id}/dismissal`, { reason: 'a test' }, security.key)).status, 200);
  assert.equal((await ask('POST', '/incidents/nothing/dismissal', { reason: 'a test' }, security.key)).status, 404);
  const closed = await ask<Incidents>('GET', '/incidents?status=closed');
  assert.deepEqual(
    closed.body.incidents.map(({ id }) => id),
    [first.id],
  );
});

test('a batch is looked at once; an event is of the API of its key, whatever it says, and one that is none is refused', async () => {
  const { key } = await createKey(store, { name: 'refunds', role: 'guard', api: 'refunds' });
  const event = { time: Date.now(), method: 'GET', template: '/backup.sql', status: 404, address: '203.0.113.9' };
  const batch = { id: 'events-0123456789', events: [event] };
  assert.deepEqual((await ask('POST', '/events', batch, key)).body, { taken: 1, known: false });
  assert.deepEqual((await ask('POST', '/events', batch, key)).body, { taken: 0, known: true });
  const { body } = await ask<Incidents>('GET', '/incidents?api=refunds');
  assert.deepEqual(
    body.incidents.map(({ addresses }) => addresses.map(({ name }) => name)),
    [['203.0.113.9']],
  );
  const wrong: readonly object[] = [
    { ...event, api: 'orders' },
    { ...event, time: 'now' },
    { ...event, time: -1 },
    { ...event, status: 'ok' },
    { ...event, method: undefined },
    { ...event, more: 1 },
    { ...event, template: 'x'.repeat(2_000) },
    [],
  ];
  for (const [n, one] of wrong.entries())
    assert.equal(
      (await ask('POST', '/events', { id: `wrong-events-000${n}`, events: [event, one] }, key)).status,
      400,
      JSON.stringify(one),
    );
  assert.equal(
    (await ask('POST', '/events', { ...batch, events: Array.from({ length: 501 }, () => event) }, key)).status,
    400,
  );
});
