// Requests that say that they were forwarded, where no proxy is trusted: told, and they change nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from './client.ts';
import { guarded, token } from './guarded.ts';

const fields = [
  'X-Forwarded-For',
  'x-forwarded-for',
  'Forwarded',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'X-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
];
const told = (server: Awaited<ReturnType<typeof guarded>>): number =>
  server.guard.notices.filter(({ code }) => code === 'untrusted-proxy').length;

for (const field of fields) {
  test(field, async () => {
    const server = await guarded({});
    try {
      await send(server.url, '/v1/me', { token });
      assert.equal(told(server), 0);
      for (let call = 0; call < 2; call++) {
        const headers = {
          authorization: `Bearer ${token}`,
          [field]: field === 'Forwarded' ? 'for=192.0.2.7' : '192.0.2.7',
        };
        assert.equal((await send(server.url, '/v1/me', { headers })).status, 200);
        assert.equal(told(server), 1);
        assert.equal(server.events.at(-1)?.src_endpoint.ip, '127.0.0.1');
      }
      await server.guard.reload();
      assert.equal(told(server), 1);
    } finally {
      await server.close();
    }
  });
}

test('where proxies are trusted there is nothing to tell', async () => {
  const server = await guarded({ trustedProxies: ['loopback'] });
  try {
    await send(server.url, '/v1/me', { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '192.0.2.7' } });
    assert.equal(told(server), 0);
  } finally {
    await server.close();
  }
});
