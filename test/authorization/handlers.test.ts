import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGuard, type Guard, type GuardEvent } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { node } from '@castellan/guard/node';
import { ordersContract, ordersPolicies } from './orders-contract.ts';
import { keys } from './orders.ts';
import { send } from './send.ts';

const orders: Record<string, object> = {
  a1: { id: 'a1', tenantId: 'north', ownerId: 'ada', title: 'Tea' },
  b1: { id: 'b1', tenantId: 'north', ownerId: 'bob', title: 'Secret of Bob' },
};
const folder = mkdtempSync(join(tmpdir(), 'castellan-handlers-'));
const events: GuardEvent[] = [];
let guard: Guard;

before(async () => {
  const file = join(folder, 'orders.cedar');
  writeFileSync(file, ordersPolicies);
  guard = await createGuard({
    // Nobody loads anything: handlers decide. That is for them to say, so the profile does not ask for loaders.
    contract: { ...ordersContract, 'x-castellan': { profile: 'internal' } },
    policies: file,
    authentication: { key: { keys: { [keys.ada]: { subject: 'ada', tenant: 'north' } } } },
    onEvent: (event) => void events.push(event),
  });
});
after(async () => {
  await guard.end();
  rmSync(folder, { recursive: true });
});

test('a node:http handler decides on what it loaded; a refusal is answered by the guard, and the file may leave', async () => {
  const server = createServer(
    node(guard, async (request, response) => {
      const order = orders[String(request.params['orderId'])] ?? {};
      if (await request.permits('Order', order, 'editOrder')) response.setHeader('x-may-edit', 'yes');
      await request.authorize('Order', order);
      response.setHeader('content-type', 'text/plain');
      response.end('receipt');
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const own = await send(url, '/orders/a1/receipt', { headers: { 'x-key': keys.ada } });
    assert.deepEqual([own.status, own.text, own.headers['x-may-edit']], [200, 'receipt', 'yes']);
    const other = await send(url, '/orders/b1/receipt', { headers: { 'x-key': keys.ada } });
    assert.equal(other.status, 403);
    assert.match(other.text, /forbidden/);
    assert.equal(events.at(-1)?.unmapped.castellan.failure, undefined);
    assert.match(events.at(-1)?.unmapped.castellan.refused?.log ?? '', /getReceipt on Order \S+: no policy permits/);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a Fetch handler does the same', async () => {
  const handler = fetchGuard(guard, async (_request, { params, authorize }) => {
    await authorize('Order', orders[String(params['orderId'])] ?? {});
    return new Response('receipt', { headers: { 'content-type': 'text/plain' } });
  });
  const ask = (id: string): Promise<Response> =>
    handler(new Request(`http://localhost/orders/${id}/receipt`, { headers: { 'x-key': keys.ada } }));
  assert.equal((await ask('a1')).status, 200);
  assert.equal((await ask('b1')).status, 403);
});

test('a handler that forgets to decide sends nothing, and the event says where it stands', async () => {
  const server = createServer(
    node(guard, (_request, response) => {
      response.setHeader('content-type', 'text/plain');
      response.end('receipt');
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const answer = await send(url, '/orders/a1/receipt', { headers: { 'x-key': keys.ada } });
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.text, /receipt/);
    const event = events.at(-1);
    assert.equal(event?.severity_id, 5);
    assert.equal(event?.unmapped.castellan.refused?.reason, 'authorization-not-decided');
    assert.match(event?.unmapped.castellan.refused?.log ?? '', /getReceipt .*sent at .*handlers\.test\.ts:\d+/);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('what the policies leave open is said at start-up', () => {
  const codes = guard.notices.map((notice) => notice.code);
  assert.ok(codes.includes('undecidable-read'));
  assert.match(guard.notices.find((notice) => notice.code === 'undecidable-read')?.message ?? '', /getReceipt/);
});
