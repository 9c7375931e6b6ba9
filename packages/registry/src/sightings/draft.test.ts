import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftDocument } from '@castellan/assess/learn';
import { loadContract } from '@castellan/contract';
import { harExchanges } from './har-exchanges.ts';

/** Mulberry32: the same numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const canary = 'KANARI';
const names = 'id name email address tags price notes owner createdAt items street city total currency active'.split(
  ' ',
);

/** A value of any JSON type, with the canary in whatever is a value. */
function anyValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 5 : 8));
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return Math.floor(random() * 1e6);
  if (kind === 3) return random() * 1e3;
  if (kind === 4) return `${canary}${random()}`;
  if (kind === 5) return Array.from({ length: Math.floor(random() * 4) }, () => anyValue(random, depth + 1));
  if (kind === 6)
    // A map: its keys are values.
    return Object.fromEntries(
      Array.from({ length: 3 }, () => [
        `${canary}-${Math.floor(random() * 1e9)}@example.com`,
        anyValue(random, depth + 2),
      ]),
    );
  const taken = names.filter(() => random() < 0.3);
  return Object.fromEntries(taken.map((name) => [name, anyValue(random, depth + 1)]));
}

const entry = (method: string, url: string, status: number, body: unknown, sent?: unknown): object => ({
  request: {
    method,
    url,
    headers: [{ name: 'Authorization', value: `Bearer ${canary}` }],
    ...(sent === undefined ? {} : { postData: { mimeType: 'application/json', text: JSON.stringify(sent) } }),
  },
  response: { status, content: { mimeType: 'application/json; charset=utf-8', text: JSON.stringify(body) } },
});

function recordingOf(seed: number): string {
  const random = randomOf(seed);
  const entries: object[] = [];
  for (let n = 0; n < 40; n++) {
    const id = Math.floor(random() * 1e6);
    const at = 'https://api.example.com/v1';
    entries.push(
      entry('GET', `${at}/users/${id}?limit=5&token=${canary}&${canary}${id}=1`, 200, anyValue(random, 0)),
      entry('POST', `${at}/users`, 201, anyValue(random, 0), {
        name: canary,
        ...(anyValue(random, 3) as object | null),
      }),
      entry('GET', `${at}/users/me`, 200, { id, name: canary }),
      entry('DELETE', `${at}/orders/${canary.toLowerCase()}-${id}/items/${id}`, 204, ''),
      entry('GET', `${at}/secret/${canary}`, 404, { error: canary }),
    );
  }
  return JSON.stringify({ log: { version: '1.2', entries } });
}

// promise: drafts-without-values
test('a draft has what was seen and no value of it, and castellan reads it', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const [host] = harExchanges(recordingOf(seed));
    assert.ok(host !== undefined);
    const { document, operations } = await draftDocument({
      title: 'Shop',
      servers: [host.origin],
      exchanges: host.exchanges,
      counted: [{ method: 'GET', template: '/v1/a/{id}/b/{id}' }],
    });
    const text = JSON.stringify(document);
    assert.doesNotMatch(text, new RegExp(canary, 'i'), `seed ${seed}`);
    assert.equal(operations, 5);
    const contract = await loadContract(document);
    assert.deepEqual(contract.operations.map(({ method, path }) => `${method} ${path}`).sort(), [
      'DELETE /v1/orders/{orderId}/items/{itemId}',
      'GET /v1/a/{id}/b/{id2}',
      'GET /v1/users/me',
      'GET /v1/users/{userId}',
      'POST /v1/users',
    ]);
    const query = contract.operations.flatMap(({ parameters }) => parameters.filter((one) => one.in === 'query'));
    assert.deepEqual([...new Set(query.map(({ name }) => name))], ['limit']);
  }
});

test('what is damaged in a recording is left out of its draft, wherever it is cut', () => {
  const whole = recordingOf(3);
  const random = randomOf(4);
  for (let n = 0; n < 60; n++) {
    const at = Math.floor(random() * whole.length);
    const broken =
      n % 2 === 0 ? whole.slice(0, at) : `${whole.slice(0, at)}${'"}{[]\u0000'.charAt(n % 6)}${whole.slice(at + 1)}`;
    for (const { exchanges } of harExchanges(broken)) assert.ok(exchanges.length <= 200);
  }
  assert.deepEqual(harExchanges('{"log":{}}'), []);
  assert.deepEqual(
    harExchanges('{"log":{"entries":[1,null,{},{"request":{"method":"GET","url":"file:///etc/passwd"}}]}}'),
    [],
  );
});
