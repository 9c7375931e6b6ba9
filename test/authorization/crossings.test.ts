import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sides } from './both-sides.ts';
import { keys, ordersBehindGuard, type Orders } from './orders.ts';
import { send, type Answer, type Sent } from './send.ts';

for (const side of sides) {
  describe(`objects and properties, ${side}`, () => {
    let api: Orders;
    const as = (who: keyof typeof keys, path: string, sent: Sent = {}): Promise<Answer> =>
      send(api.url, path, { ...sent, headers: { 'x-key': keys[who], ...sent.headers } });
    const write = (who: keyof typeof keys, method: string, path: string, body?: unknown): Promise<Answer> =>
      as(who, path, { method, body });
    const last = () => api.events.at(-1);
    const refused = () => last()?.unmapped.castellan.refused;
    const leaksNothing = (answer: Answer): void => assert.doesNotMatch(answer.text, /Secret of Bob|Moved away/);

    before(async () => {
      api = await ordersBehindGuard(side);
    });
    beforeEach(() => {
      api.state.writes.length = 0;
      api.state.override = undefined;
      Object.assign(api.state.orders, { a2: { id: 'a2', tenantId: 'south', ownerId: 'ada', title: 'Moved away' } });
      delete api.state.orders['big'];
    });
    after(() => api.close());

    test("one's own object: yes; other people's: 403, and nothing of it leaves", async () => {
      assert.equal((await as('ada', '/orders/a1')).json['title'], 'Tea');
      const answer = await as('ada', '/orders/b1');
      assert.equal(answer.status, 403);
      leaksNothing(answer);
      assert.match(refused()?.log ?? '', /getOrder (?:answers|on) Order /);
    });

    test("one's own object in another tenant: no", async () => {
      const answer = await as('ada', '/orders/a2');
      assert.equal(answer.status, 403);
      leaksNothing(answer);
      assert.match(refused()?.log ?? '', /forbidden by one-tenant/);
    });

    test('a list with an object of somebody else is withheld whole, or where the contract says so without that object', async () => {
      const whole = await as('bob', '/orders');
      assert.equal(whole.status, side === 'in the application' ? 500 : 502);
      assert.equal(refused()?.reason, 'object-denied');
      assert.match(refused()?.log ?? '', /listOrders answers Order \S+: .*, at \/items\/0/);
      const visible = await as('bob', '/visible-orders');
      assert.deepEqual(visible.json['items'], [
        { id: 'b1', tenantId: 'north', ownerId: 'bob', title: 'Secret of Bob' },
      ]);
      // Three objects, and three properties of them that Bob may not read.
      assert.equal(last()?.unmapped.castellan.removed, 6);
    });

    test('where existence is secret, what is not there and what is not for the caller look the same', async () => {
      const strip = (answer: Answer): string => answer.text.replace(/"requestId":"[^"]*"/, '');
      const other = await as('ada', '/orders/b1/secret');
      const none = await as('ada', '/orders/none/secret');
      assert.equal(other.status, 404);
      assert.equal(none.status, 404);
      assert.equal(strip(other), strip(none));
      assert.equal(other.headers['content-type'], none.headers['content-type']);
    });

    test('an error of the application about an object keeps its body', async () => {
      const none = await as('ada', '/orders/none');
      assert.equal(none.status, 404);
      assert.match(none.text, side === 'in the application' ? /nothing here|not found/ : /not found/);
    });

    test('a write is decided before the handler runs', async () => {
      assert.equal((await write('ada', 'PATCH', '/orders/a1', { title: 'Coffee' })).status, 200);
      assert.deepEqual(api.state.writes, ['PATCH /orders/a1']);
      const answer = await write('ada', 'PATCH', '/orders/b1', { title: 'Mine now' });
      assert.equal(answer.status, 403);
      leaksNothing(answer);
      assert.equal((await write('ada', 'PATCH', '/orders/none', { title: 'x' })).status, 404);
      assert.deepEqual(api.state.writes, ['PATCH /orders/a1']);
    });

    test('a body that names another object than the path is refused', async () => {
      const answer = await write('ada', 'PUT', '/users/ada', { id: 'bob', name: 'Bob' });
      assert.equal(answer.status, 400);
      assert.match(answer.text, /"pointer":"\/id"/);
      assert.equal((await write('ada', 'PATCH', '/orders/a1', { orderId: 'b1', title: 'x' })).status, 400);
      assert.deepEqual(api.state.writes, []);
      assert.equal((await write('ada', 'PUT', '/users/ada', { id: 'ada', name: 'Ada' })).status, 200);
    });

    test('ids in a bulk operation: all of them must be permitted', async () => {
      assert.equal((await write('ada', 'POST', '/order-removals', { ids: ['a1'] })).status, 200);
      assert.equal((await write('ada', 'POST', '/order-removals', { ids: ['a1', 'b1'] })).status, 403);
      assert.equal((await write('ada', 'POST', '/order-removals', { ids: ['b1', 'a1'] })).status, 403);
      assert.equal(api.state.writes.length, 1);
    });

    test('a batch: each object in it', async () => {
      api.state.override = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"items":[]}');
        return true;
      };
      if (side === 'at the gateway') api.state.override = undefined;
      const mixed = await write('ada', 'PUT', '/orders', [
        { id: 'a1', title: 'x' },
        { id: 'b1', title: 'stolen' },
      ]);
      assert.equal(mixed.status, 403);
      assert.deepEqual(api.state.writes, []);
    });

    test('objects nested in a body, and objects that it only names', async () => {
      assert.equal((await write('ada', 'PATCH', '/orders/a1', { product: { id: 'p1' } })).status, 200);
      assert.equal((await write('ada', 'PATCH', '/orders/a1', { product: { id: 'p2' } })).status, 403);
      assert.equal((await write('ada', 'POST', '/notes', { orderId: 'a1', text: 'x' })).status, 200);
      assert.equal((await write('ada', 'POST', '/notes', { orderId: 'b1', text: 'x' })).status, 403);
    });

    test('objects nested in an answer count like those that stand alone', async () => {
      Object.assign(api.state.orders, { big: { id: 'big', tenantId: 'north', ownerId: 'ada', owner: { id: 'ada' } } });
      assert.equal((await as('ada', '/orders/big')).status, 200);
      Object.assign(api.state.orders, {
        big: { id: 'big', tenantId: 'north', ownerId: 'ada', owner: { id: 'bob', name: 'Bob' } },
      });
      const answer = await as('ada', '/orders/big');
      assert.equal(answer.status, side === 'in the application' ? 500 : 502);
      assert.match(refused()?.log ?? '', /getOrder answers User \S+: no policy permits getUser, at \/owner/);
    });

    test('an owner that changes between check and use is noticed on the answer', async () => {
      api.state.override = (request, response) => {
        if (request.method !== 'PATCH') return false;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: 'a1', tenantId: 'north', ownerId: 'bob', title: 'Secret of Bob' }));
        return true;
      };
      const answer = await write('ada', 'PATCH', '/orders/a1', { title: 'x' });
      assert.equal(answer.status, side === 'in the application' ? 500 : 502);
      leaksNothing(answer);
      assert.equal(refused()?.reason, 'object-denied');
    });

    test('another object than the one that was asked for is decided on by what it is', async () => {
      api.state.override = (request, response) => {
        if (request.method !== 'GET') return false;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(api.state.orders['b1']));
        return true;
      };
      leaksNothing(await as('ada', '/orders/a1'));
    });

    test('properties: unreadable ones are taken out, unwritable ones are refused by name', async () => {
      const own = await as('ada', '/orders/a1');
      assert.deepEqual(own.json, { id: 'a1', tenantId: 'north', ownerId: 'ada', title: 'Tea', note: 'kept' });
      assert.equal((await as('max', '/orders/m1')).json['margin'], 9);
      const answer = await write('ada', 'PATCH', '/orders/a1', { discount: 100 });
      assert.equal(answer.status, 403);
      assert.match(answer.text, /"pointer":"\/discount"/);
      assert.deepEqual(api.state.writes, []);
      assert.equal((await write('max', 'PATCH', '/orders/m1', { discount: 100 })).status, 200);
    });

    test('a body where none is documented does not reach the handler', async () => {
      assert.equal((await as('ada', '/orders/a1', { body: { id: 'b1' } })).status, 400);
    });

    test('HEAD, conditional reads and answers that show no object are not let out undecided', async () => {
      const head = await as('ada', '/orders/b1', { method: 'HEAD' });
      assert.ok(head.status >= 400, String(head.status));
      api.state.override = (_request, response) => {
        response.writeHead(304);
        response.end();
        return true;
      };
      const conditional = await as('ada', '/orders/b1', { headers: { 'if-none-match': '"x"' } });
      assert.ok(conditional.status >= 400, String(conditional.status));
    });

    test('a file about an object leaves only where the object was decided on before', async () => {
      const other = await as('ada', '/orders/b1/receipt');
      assert.ok(other.status >= 400);
      leaksNothing(other);
      const own = await as('ada', '/orders/a1/receipt');
      if (side === 'in the application') assert.equal(own.text, 'receipt of Tea');
      else {
        assert.equal(own.status, 502);
        assert.equal(refused()?.reason, 'authorization-not-decided');
        assert.match(refused()?.log ?? '', /getReceipt/);
        assert.equal(last()?.severity_id, 5);
      }
    });
  });
}
