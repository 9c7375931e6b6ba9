// Secrets in files are read again when they change; what was used once stays used.
// promise: secrets-reload
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard } from '../src/index.ts';
import { referencedFiles } from '../src/secrets/reference.ts';
import { filesOf } from '../src/watch.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';
import { audience, createIssuer, issuer } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-reload-'));
after(() => rmSync(folder, { recursive: true }));
const contract = (scheme: object) => ({
  openapi: '3.1.0',
  info: { title: 'Secrets', version: '1' },
  paths: { '/a': { get: { operationId: 'a', security: [{ s: [] }], responses: { 204: { description: '' } } } } },
  components: { securitySchemes: { s: scheme } },
});
const keyScheme = { type: 'apiKey', in: 'header', name: 'x-key' };

test('every file that authentication refers to is watched, wherever the reference stands', async () => {
  assert.deepEqual(
    referencedFiles({
      a: '${file:/one}',
      b: ['x ${file:/two} ${env:NO} ${file:/three}'],
      c: { '${file:/four}': { d: [{ e: '${file:/five}' }] } },
      f: new Map([['g', '${file:/not-looked-into}']]),
      h: null,
      i: 7,
    }),
    ['/one', '/two', '/three', '/four', '/five'],
  );
  const files = await filesOf({
    contract: {},
    authentication: {
      s: { keys: [{ key: '${file:/secrets/key}', subject: 'ada' }] },
      t: { issuer: 'https://id.company.com', audience: 'a', jwks: '/keys.json' },
      u: { issuer: 'https://id.company.com', audience: 'a', jwks: 'https://id.company.com/keys' },
    },
  });
  assert.deepEqual(files, ['/secrets/key', '/keys.json']);
});

test('a new secret is in force, and the old one is not; one that cannot be read changes nothing', async () => {
  const file = join(folder, 'key');
  const [old, fresh] = ['Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA', 'Yk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rB'];
  writeFileSync(file, `${old}\n`);
  const server = await guarded(
    { contract: contract(keyScheme), authentication: { s: { keys: [{ key: `\${file:${file}}`, subject: 'ada' }] } } },
    (_, response) => {
      response.statusCode = 204;
      response.end();
    },
  );
  const status = async (key: string) => (await send(server.url, '/a', { headers: { 'x-key': key } })).status;
  try {
    assert.deepEqual([await status(old), await status(fresh)], [204, 401]);
    writeFileSync(file, fresh);
    await server.guard.reload();
    assert.deepEqual([await status(old), await status(fresh)], [401, 204]);
    rmSync(file);
    await assert.rejects(server.guard.reload(), { code: 'unreadable-secret' });
    assert.deepEqual([await status(old), await status(fresh)], [401, 204]);
  } finally {
    await server.close();
  }
});

test('what was used once is used after a reload too', async () => {
  const { jwks, token } = await createIssuer();
  const authentication = { s: { issuer, audience, jwks, once: true } };
  const guard = await createGuard({ contract: contract({ type: 'http', scheme: 'bearer' }), authentication });
  const ask = (authorization: string) =>
    guard.admit(
      guard.open({
        method: 'GET',
        target: '/a',
        rawHeaders: ['host', 'localhost', 'authorization', authorization],
        headers: { host: 'localhost', authorization },
        httpVersion: '1.1',
        remoteAddress: '192.0.2.1',
        encrypted: true,
      }),
    );
  const [one, another] = [`Bearer ${await token({ jti: '1' })}`, `Bearer ${await token({ jti: '2' })}`];
  assert.equal(await ask(one), true);
  await guard.reload();
  assert.equal(await ask(one), false);
  assert.equal(await ask(another), true);
  await guard.end();
});
