// One behaviour, every framework, over real sockets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard, type GuardEvent } from '@castellan/guard';
import { servers, type Started } from './adapters/servers.ts';
import { send } from './client.ts';
import { contract } from './contract.ts';
import { audience, createIssuer, issuer } from './tokens.ts';

for (const [name, start] of Object.entries(servers)) {
  describe(name, () => {
    let guard: Guard;
    let server: Started;
    let token: string;
    const events: GuardEvent[] = [];
    const last = (): GuardEvent['unmapped']['castellan'] | undefined => events.at(-1)?.unmapped.castellan;

    before(async () => {
      const identity = await createIssuer();
      token = await identity.token();
      guard = await createGuard({
        contract,
        authentication: { token: { issuer, audience, jwks: identity.jwks } },
        onEvent: (event) => events.push(event),
      });
      server = await start(guard);
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    test('a good request arrives decoded, with its defaults', async () => {
      const answer = await send(server.url, '/v1/orders?status=open', { token });
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json, { limit: 20 });
      const coerced = await send(server.url, '/v1/orders?limit=7', { token });
      assert.deepEqual(coerced.json, { limit: 7 });
      assert.equal(last()?.refused, undefined);
    });

    test('a body arrives decoded, with its defaults', async () => {
      const answer = await send(server.url, '/v1/orders', { method: 'POST', token, body: '{"name":"Tea"}' });
      assert.equal(answer.status, 201);
      assert.deepEqual(answer.json, { id: 'new', name: 'Tea', quantity: 1 });
    });

    test('the handler knows who calls', async () => {
      const answer = await send(server.url, '/v1/me', { token });
      assert.equal(answer.json['subject'], 'ada');
      assert.deepEqual(answer.json['schemes'], ['token']);
      assert.deepEqual(answer.json['scopes'], ['orders:read', 'orders:write']);
      assert.deepEqual((await send(server.url, '/v1/open')).json, { anonymous: true });
    });

    test('without a credential: 401 with a challenge, and the handler is not reached', async () => {
      const answer = await send(server.url, '/v1/orders');
      assert.equal(answer.status, 401);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer realm="Orders"/);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.match(String(answer.json['type']), /#unauthenticated$/);
      assert.equal(last()?.refused?.stage, 'authenticate');
    });

    test('what is not documented is refused', async () => {
      assert.equal((await send(server.url, '/v1/nothing', { token })).status, 404);
      const method = await send(server.url, '/v1/me', { method: 'DELETE', token });
      assert.equal(method.status, 405);
      assert.equal(method.headers['allow'], 'GET, HEAD, OPTIONS');
      const parameter = await send(server.url, '/v1/orders?limit=5&admin=true', { token });
      assert.equal(parameter.status, 400);
      assert.match(JSON.stringify(parameter.json['errors']), /\/query\/admin/);
    });

    test('a request that does not match is answered with what to change', async () => {
      const answer = await send(server.url, '/v1/orders?limit=1000', { token });
      assert.equal(answer.status, 400);
      const [error] = answer.json['errors'] as { pointer: string; keyword: string; fix: string }[];
      assert.equal(error?.pointer, '/query/limit');
      assert.equal(error?.keyword, 'maximum');
      assert.notEqual(error?.fix, '');
      const body = await send(server.url, '/v1/orders', { method: 'POST', token, body: '{"name":"Tea","id":"mine"}' });
      assert.equal(body.status, 400);
      assert.match(JSON.stringify(body.json['errors']), /"pointer":"\/id","keyword":"readOnly"/);
      const media = await send(server.url, '/v1/orders', {
        method: 'POST',
        token,
        body: '<a/>',
        headers: { 'content-type': 'application/xml' },
      });
      assert.equal(media.status, 415);
    });

    test('a property that nobody documented cannot be sent', async () => {
      const answer = await send(server.url, '/v1/orders', {
        method: 'POST',
        token,
        body: '{"name":"Tea","role":"admin"}',
      });
      assert.equal(answer.status, 400);
      assert.match(JSON.stringify(answer.json['errors']), /"pointer":"\/role"/);
    });

    test('undocumented properties never leave', async () => {
      const answer = await send(server.url, '/v1/orders/leaks', { token });
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json, { id: 'leaks', name: 'x' });
      assert.equal(last()?.removed, 1);
    });

    for (const [id, reason] of [
      ['mismatch', 'schema'],
      ['undeclared', 'undeclared-status'],
      ['html', 'undeclared-media-type'],
    ] as const) {
      test(`a response that is ${id} is withheld whole`, async () => {
        const answer = await send(server.url, `/v1/orders/${id}`, { token });
        assert.equal(answer.status, 500);
        assert.match(String(answer.json['type']), /#response-withheld$/);
        assert.doesNotMatch(answer.text, /do not tell|script/);
        assert.equal(last()?.refused?.reason, reason);
      });
    }

    test('documented errors pass, undocumented ones lose their body', async () => {
      const missing = await send(server.url, '/v1/orders/missing', { token });
      assert.equal(missing.status, 404);
      assert.equal(missing.json['title'], 'No such order');
      const teapot = await send(server.url, '/v1/orders/teapot', { token });
      assert.equal(teapot.status, 418);
      assert.doesNotMatch(teapot.text, /secret/);
      assert.equal(teapot.headers['content-type'], 'application/problem+json');
    });

    test('an exception becomes a 500 that tells nothing', async () => {
      const answer = await send(server.url, '/v1/orders/throws', { token });
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.text, /secret inside|at /);
      assert.notEqual(answer.json['requestId'], undefined);
    });

    test('answers carry the security fields and say nothing of the software', async () => {
      const answer = await send(server.url, '/v1/open');
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers['x-frame-options'], 'DENY');
      assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/);
      assert.equal(answer.headers['x-powered-by'], undefined);
      assert.equal((await send(server.url, '/v1/orders')).headers['x-powered-by'], undefined, 'a refusal');
      assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    });

    test('204, HEAD and files are right', async () => {
      const gone = await send(server.url, '/v1/orders/1', { method: 'DELETE', token });
      assert.equal(gone.status, 204);
      assert.equal(gone.text, '');
      const head = await send(server.url, '/v1/open', { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.text, '');
      const file = await send(server.url, '/v1/file');
      assert.equal(file.text, 'bytes');
      // Express adds a charset of its own.
      assert.match(String(file.headers['content-type']), /^application\/octet-stream/);
    });

    test('OPTIONS tells the methods', async () => {
      const answer = await send(server.url, '/v1/orders', { method: 'OPTIONS' });
      assert.equal(answer.status, 204);
      assert.equal(answer.headers['allow'], 'GET, POST, HEAD, OPTIONS');
    });

    test('one event per request, with who, what and how it ended, and no secret', async () => {
      events.length = 0;
      await send(server.url, '/v1/orders?limit=3', { token });
      assert.equal(events.length, 1);
      const [event] = events;
      assert.equal(event?.class_uid, 6003);
      assert.equal(event?.api.operation, 'listOrders');
      assert.equal(event?.actor.user?.uid, 'ada');
      assert.equal(event?.http_response.code, 200);
      assert.doesNotMatch(JSON.stringify(events), new RegExp(token.slice(-20)));
    });
  });
}
