// Credentials that the upstream verifies: they have to be there and well-formed, are passed on, and make nobody trusted.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-upstream-'));
after(() => rmSync(folder, { recursive: true }));

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
/** A scheme, a request that carries a credential of it, and requests that carry none that can be one. */
const schemes: Readonly<
  Record<string, readonly [scheme: object, good: Record<string, string>, ...bad: Record<string, string>[]]>
> = {
  bearer: [
    { type: 'http', scheme: 'bearer' },
    { authorization: 'Bearer made-up' },
    { authorization: 'Bearer t\u00f6ken' },
    { authorization: basic('ada:x') },
  ],
  basic: [
    { type: 'http', scheme: 'basic' },
    { authorization: basic('ada:secret') },
    { authorization: 'Basic !' },
    { authorization: basic('nocolon') },
    { authorization: 'Bearer x' },
  ],
  header: [{ type: 'apiKey', in: 'header', name: 'x-key' }, { 'x-key': 'made-up' }, { 'x-key': 'two words' }],
  cookie: [{ type: 'apiKey', in: 'cookie', name: 'sid' }, { cookie: 'sid=made-up' }, { cookie: 'other=1' }],
  oauth2: [
    {
      type: 'oauth2',
      flows: { clientCredentials: { tokenUrl: 'https://login.company.com/token', scopes: { read: '' } } },
    },
    { authorization: 'Bearer made-up' },
    { authorization: 'Token made-up' },
  ],
  openIdConnect: [
    { type: 'openIdConnect', openIdConnectUrl: 'https://login.company.com/.well-known/openid-configuration' },
    { authorization: 'Bearer made-up' },
  ],
  custom: [{ type: 'http', scheme: 'hoba' }, { authorization: 'HOBA result="x"' }, { authorization: 'Bearer x' }],
};

const contractOf = (scheme: object, more: object = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [{ it: [] }],
  paths: {
    '/orders': Object.fromEntries(
      ['get', 'post'].map((method) => [
        method,
        {
          operationId: `${method}Orders`,
          responses: {
            200: {
              description: '',
              content: {
                'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } } },
              },
            },
          },
          ...(method === 'get' ? { 'x-castellan': { denied: 'remove', ...more } } : {}),
        },
      ]),
    ),
  },
  components: {
    securitySchemes: { it: scheme },
    schemas: {
      Order: { type: 'object', 'x-castellan': { resource: 'Order' }, properties: { id: { type: 'string' } } },
    },
  },
});
const upstream = { it: { upstream: true as const } };

for (const [name, [scheme, good, ...bad]] of Object.entries(schemes)) {
  test(name, async () => {
    const seen: (string | undefined)[] = [];
    const server = await guarded({ contract: contractOf(scheme), authentication: upstream }, (request, response) => {
      seen.push(...Object.keys(good).map((field) => String(request.headers[field])));
      response.setHeader('content-type', 'application/json');
      response.end('[]');
    });
    try {
      for (const headers of [{}, ...bad]) {
        assert.equal(
          (await send(server.url, '/orders', { headers })).status,
          401,
          JSON.stringify(headers).slice(0, 60),
        );
        assert.deepEqual(seen, []);
      }
      assert.equal((await send(server.url, '/orders', { headers: good })).status, 200);
      assert.deepEqual(seen, Object.values(good));
      const [event] = server.events.slice(-1);
      assert.match(event?.actor.user?.uid ?? '', /^unverified:[0-9a-f]{32}$/);
      assert.doesNotMatch(JSON.stringify(server.events), /made-up|YWRh|result=/);
      assert.deepEqual(server.guard.notices.filter(({ code }) => code === 'authenticated-by-upstream').length, 1);
      // Its defence against forged requests is the upstream's own.
      const post = { method: 'POST', headers: { ...good, origin: 'https://elsewhere.example' } };
      assert.equal((await send(server.url, '/orders', post)).status, 200);
    } finally {
      await server.close();
    }
  });
}

test('two credentials are two callers, one is one', async () => {
  const server = await guarded(
    { contract: contractOf({ type: 'http', scheme: 'bearer' }), authentication: upstream },
    (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('[]');
    },
  );
  try {
    for (const token of ['one', 'two', 'one']) await send(server.url, '/orders', { token });
    const [one, two, again] = server.events.map(({ actor }) => actor.user?.uid);
    assert.equal(one, again);
    assert.notEqual(one, two);
  } finally {
    await server.close();
  }
});

test('a policy that could forbid by a group refuses, because nobody knows the groups', async () => {
  const file = join(folder, 'forbid.cedar');
  const permit = 'permit (principal, action, resource);';
  for (const [policies, orders] of [
    [permit, 1],
    [`${permit} forbid (principal in Group::"contractors", action, resource);`, 0],
  ] as const) {
    writeFileSync(file, policies);
    const server = await guarded(
      {
        contract: contractOf({ type: 'http', scheme: 'bearer' }),
        authentication: upstream,
        policies: file,
        resources: { Order: () => [] },
      },
      (_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end('[{"id":"1"}]');
      },
    );
    try {
      const answer = await send(server.url, '/orders', { token: 'made-up' });
      assert.equal(answer.status === 200 ? (answer.json as unknown as unknown[]).length : 0, orders);
    } finally {
      await server.close();
    }
  }
});

describe('in observe nothing has to be configured', () => {
  const all = { ...schemes, certificate: [{ type: 'mutualTLS' }] as const };
  for (const [name, [scheme]] of Object.entries(all)) {
    test(name, async () => {
      const options = { contract: contractOf(scheme), authentication: {} };
      for (const mode of ['observe', 'off'] as const) {
        const guard = await createGuard({ ...options, mode });
        const [notice] = guard.notices.filter(({ code }) => code === 'authenticated-by-upstream');
        assert.match(notice?.message ?? '', /scheme 'it'.*enforce needs authentication\.it: \{/);
        await guard.end();
      }
      await assert.rejects(createGuard(options), { code: 'unconfigured-scheme' });
      const enforced = { ...options, contract: contractOf(scheme, { mode: 'enforce' }) };
      await assert.rejects(createGuard({ ...enforced, mode: 'observe' }), { code: 'unconfigured-scheme' });
    });
  }
});

test('only true can be written, and a certificate cannot be passed on', async () => {
  for (const value of [false, 'yes', 1, null, {}])
    await assert.rejects(
      createGuard({
        contract: contractOf({ type: 'http', scheme: 'bearer' }),
        authentication: { it: { upstream: value } } as never,
      }),
      /authentication\.it/,
    );
  await assert.rejects(createGuard({ contract: contractOf({ type: 'mutualTLS' }), authentication: upstream }), {
    code: 'bad-authentication',
  });
});
