// Names of different kinds share no name space, and two things have no one name.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fastify as createFastify } from 'fastify';
import { frozen } from '../src/authenticate/claims.ts';
import { fastify } from '../src/fastify/index.ts';
import { createGuard } from '../src/index.ts';
import { addKey, importKeys, listKeys, readUsage, revokeKey, setUser, listUsers } from '../src/keys/index.ts';
import { openKeyFile } from '../src/keys/file-store.ts';
import { credentialKinds, RevocationFile, RevocationList } from '../src/revocation/index.ts';
import { send } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-names-'));
after(() => rmSync(folder, { recursive: true }));

describe('a credential that is revoked by its kind', () => {
  const identity = (kind: string) =>
    ({ subject: 's', issuer: 'i', scopes: [], groups: [], claims: {}, credential: { kind, id: 'ada' } }) as never;
  for (const kindOf of credentialKinds)
    test(`${kindOf} ada is not ada of another kind`, async () => {
      const file = join(folder, `${kindOf}.jsonl`);
      new RevocationFile(file).append({ kind: 'credential', id: 'ada', of: kindOf, at: 1 });
      const list = await new RevocationList({ file }).open();
      for (const kind of credentialKinds) assert.equal(list.isRevoked(identity(kind)), kind === kindOf, kind);
      await list.close();
    });
  test('where no kind is said, each of them is', async () => {
    const list = new RevocationList();
    await list.revoke({ kind: 'credential', id: 'ada' });
    await list.revoke({ kind: 'credential', id: 'ada', of: 'session' });
    for (const kind of credentialKinds) assert.ok(list.isRevoked(identity(kind)));
  });
  test('a kind that there is not is no revocation', async () => {
    const list = new RevocationList();
    for (const wrong of ['key', '', 'API-KEY', 7, null, {}])
      await assert.rejects(list.revoke({ kind: 'credential', id: 'ada', of: wrong } as never), /no revocation/);
    await assert.rejects(list.revoke({ kind: 'subject', id: 'ada', of: 'session' }), /no revocation/);
  });
});

describe('two keys have no one id', () => {
  const key = (i: number): string => `Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0r${i}`;
  const entry = (i: number, id?: string) => ({ key: key(i), subject: `s${i}`, ...(id === undefined ? {} : { id }) });
  test('in one import, or with a key that is there', async () => {
    const file = join(folder, 'import.json');
    await assert.rejects(
      importKeys(file, [entry(0, 'a'), entry(1, 'a')], 0),
      /entry 1 .* the id 'a' is that of another key/,
    );
    assert.deepEqual(listKeys(file), []);
    await importKeys(file, [entry(0, 'a'), entry(1)], 0);
    await assert.rejects(importKeys(file, [entry(2, 'a')], 0), /the id 'a' is that of another key/);
    assert.equal((await importKeys(file, [entry(0, 'a')], 0)).length, 0, 'the same key again is no other one');
    assert.equal(listKeys(file).length, 2);
  });
  test('a store that has one is refused, with the place', async () => {
    const file = join(folder, 'twice.json');
    const { record } = await addKey(file, { subject: 'ada' }, 0);
    const content = JSON.parse(readFileSync(file, 'utf8')) as { records: object[] };
    writeFileSync(file, JSON.stringify({ ...content, records: [record, { ...record, hash: 'other' }] }));
    assert.throws(() => listKeys(file), /twice\.json.*records\[1\] has the id of records\[0\]/);
  });
});

test('a name that objects have by themselves is a name', async () => {
  const [keys, users] = [join(folder, 'proto.json'), join(folder, 'users.json')];
  for (const [i, id] of ['__proto__', 'constructor', 'toString'].entries()) {
    const key = `Qk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0r${i}`;
    await importKeys(keys, [{ key, subject: id, id }], 0);
    await setUser(users, id, { password: 'copper lantern quietly 42' }, { subject: id }, 0);
    const store = openKeyFile(keys);
    assert.equal((await store.find(key))?.subject, id);
    store.used?.(id, 1000 + i);
    await store.close?.();
    assert.equal(readUsage(`${keys}.used`).get(id) ?? 1000 + i, 1000 + i);
    await revokeKey(keys, id, 5);
  }
  assert.deepEqual(
    listKeys(keys).map(({ id, revokedAt }) => [id, revokedAt]),
    [
      ['__proto__', 5],
      ['constructor', 5],
      ['toString', 5],
    ],
  );
  assert.equal(listUsers(users).length, 3);
  assert.deepEqual([...readUsage(join(folder, 'none'))], []);
});

test('a claim of any name is a claim, and none is inherited', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const claims = frozen(JSON.parse(`{"${name}":{"tenant":"a","groups":["admins"]}}`)) as Readonly<
      Record<string, unknown>
    >;
    assert.deepEqual(Object.keys(claims), [name]);
    assert.equal(claims['tenant'], undefined);
    assert.equal(Object.getPrototypeOf(claims), Object.prototype);
    assert.equal(Object.isFrozen(Object.getOwnPropertyDescriptor(claims, name)?.value), true);
  }
});

test('Fastify runs the address that was checked, also where it rewrites it', async () => {
  const get = (operationId: string, security: object[]) => ({
    get: { operationId, security, responses: { 200: { description: '', content: { 'text/plain': {} } } } },
  });
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Rewritten', version: '1' },
      paths: { '/open': get('open', []), '/secret': get('secret', [{ s: [] }]) },
      components: { securitySchemes: { s: { type: 'http', scheme: 'bearer' } } },
    },
    authentication: { s: { verify: (token) => (token === 'right' ? { subject: 'ada' } : undefined) } },
  });
  const app = createFastify({
    rewriteUrl: ({ url = '' }) => (url === '/open' ? '/secret' : url === '/door' ? '/open' : url),
  });
  app.register(fastify(guard) as never);
  app.get('/open', (_, reply) => reply.type('text/plain').send('open'));
  app.get('/secret', (_, reply) => reply.type('text/plain').send('secret'));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    assert.equal((await send(url, '/open')).status, 401);
    assert.equal((await send(url, '/open', { token: 'right' })).text, 'secret');
    assert.equal((await send(url, '/door')).text, 'open');
    assert.equal((await send(url, '/secret')).status, 401);
  } finally {
    await app.close();
    await guard.end();
  }
});
