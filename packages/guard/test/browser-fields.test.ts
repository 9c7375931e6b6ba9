// Pages of other origins may send the fields that credentials need, and read what they have to answer to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SchemeConfigurations } from '../src/authenticate/index.ts';
import { send } from './client.ts';
import { authentication, guarded } from './guarded.ts';

const origin = 'https://app.company.com';
const own = authentication.token;

async function fieldsOf(token: SchemeConfigurations[string], cors: object = {}) {
  const server = await guarded({ authentication: { token }, cors: { origins: [origin], ...cors } });
  try {
    const ask = { origin, 'access-control-request-method': 'GET' };
    const preflight = await send(server.url, '/v1/orders', { method: 'OPTIONS', headers: ask });
    const answer = await send(server.url, '/v1/orders', { headers: { origin } });
    const names = (field: string | undefined): readonly string[] => (field ?? '').split(', ').filter(Boolean);
    return {
      sends: names(preflight.headers['access-control-allow-headers']),
      reads: names(answer.headers['access-control-expose-headers']),
      status: answer.status,
    };
  } finally {
    await server.close();
  }
}

test('proofs of possession: DPoP is sent, its nonce is read', async () => {
  for (const proof of [{}, { required: true, nonce: true }, { kinds: ['dpop' as const] }]) {
    const { sends, reads, status } = await fieldsOf({ ...own, proof });
    assert.equal(status, 401);
    assert.ok(sends.includes('dpop') && sends.includes('authorization'), sends.join());
    assert.deepEqual(reads, ['dpop-nonce', 'www-authenticate']);
  }
  // What somebody exposes stays, once.
  const more = await fieldsOf({ ...own, proof: {} }, { expose: ['X-Total', 'DPoP-Nonce'] });
  assert.deepEqual(more.reads, ['X-Total', 'DPoP-Nonce', 'www-authenticate']);
  const listed = await fieldsOf({ ...own, proof: {} }, { headers: ['authorization'] });
  assert.deepEqual(listed.sends, ['authorization'], 'a list that is written is the whole list');
});

test('tokens in fields of their own; nothing more where nothing needs it', async () => {
  assert.ok((await fieldsOf({ ...own, from: { header: 'X-Token' } })).sends.includes('x-token'));
  assert.ok((await fieldsOf([{ ...own, from: { header: 'X-Token' } }])).sends.includes('x-token'));
  for (const entry of [own, { ...own, proof: { kinds: ['certificate' as const] } }]) {
    const { sends, reads } = await fieldsOf(entry);
    assert.equal(sends.includes('dpop'), false);
    assert.deepEqual(reads, []);
  }
});
