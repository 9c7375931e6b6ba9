// How a registry finds its PostgreSQL, or says why it does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { openStore, type StoreOptions } from '@castellan/registry';
import { sql } from 'kysely';
import { freePort, hasProgram } from '../real/processes.ts';
import { startPostgres } from '../real/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-connection-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(options: StoreOptions): Promise<string> {
  try {
    await (await openStore(options)).close();
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(/\n|hunter2/.test(error.message), false, error.message);
    return error.message;
  }
}

test('a server that is not there is tried again for as long as said, and then told of in one line', async () => {
  const port = await freePort();
  const waits: number[] = [];
  const wait = async (duration: number): Promise<void> => void waits.push(duration);
  const url = `postgres://u:hunter2@127.0.0.1:${port}/x`;
  assert.match(await refusal({ url, patience: 10_000, wait }), /cannot be opened \(nothing listens there\)/);
  assert.deepEqual(waits, [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000]);
  assert.match(await refusal({ url, wait }), /nothing listens there/);
  assert.equal(waits.length, 7);
  assert.match(await refusal({ url: 'postgres://u:hunter2@db.invalid/x', wait }), /no such host|cannot be looked up/);
});

test('a server that takes connections and never answers is given up', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  assert.match(await refusal({ url: `postgres://u:hunter2@127.0.0.1:${port}/x` }), /nothing answers/);
  server.close();
});

test('what is wrong with user, database, TLS and authority is said; with the right ones it opens', async (t) => {
  if (!hasProgram('openssl')) return t.skip('openssl is not on this machine');
  const [ca, certificate, key, other] = ['ca', 'server', 'server-key', 'other'].map((name) =>
    join(folder, `${name}.pem`),
  );
  assert.ok(ca !== undefined && certificate !== undefined && key !== undefined && other !== undefined);
  const openssl = (...args: readonly string[]): unknown =>
    execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
  const authority = (file: string): unknown =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=authority',
      '-keyout',
      `${file}.key`,
      '-out',
      file,
    );
  authority(ca);
  authority(other);
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=db',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    key,
    '-out',
    'csr.pem',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'csr.pem',
    '-CA',
    ca,
    '-CAkey',
    `${ca}.key`,
    '-copy_extensions',
    'copy',
    '-out',
    certificate,
  );
  const plain = await startPostgres(t);
  if (plain === undefined) return t.skip('PostgreSQL is not on this machine');
  const plainUrl = plain.url.replace('unleash@', 'unleash:hunter2@');
  assert.match(await refusal({ url: `${plainUrl}?sslmode=require` }), /the server has no TLS/);
  assert.match(await refusal({ url: plainUrl.replace(/postgres$/, 'nothere') }), /no such database.*createdb/);
  assert.match(
    await refusal({ url: plainUrl.replace('unleash', 'nobody') }),
    /may not connect like this|user or password/,
  );
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chmodSync(folder, 0o711);
  chmodSync(key, 0o600);
  if (asRoot)
    for (const file of [key, certificate])
      chownSync(file, Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), -1);
  const secure = await startPostgres(t, [
    '-c',
    'ssl=on',
    '-c',
    `ssl_cert_file=${certificate}`,
    '-c',
    `ssl_key_file=${key}`,
  ]);
  assert.ok(secure !== undefined);
  const url = secure.url.replace('unleash@127.0.0.1', 'unleash:hunter2@localhost');
  assert.match(await refusal({ url: `${url}?sslmode=verify-full` }), /of no known authority|self-signed/);
  assert.match(await refusal({ url: `${url}?sslrootcert=${other}` }), /of no known authority|self-signed|certificate/);
  assert.match(
    await refusal({ url: `${url.replace('localhost', '127.0.0.1')}?sslmode=verify-full&sslrootcert=${ca}` }),
    /for another name/,
  );
  for (const good of [
    `${url}?sslrootcert=ca.pem`,
    `${url.replace('localhost', '127.0.0.1')}?sslmode=verify-ca&sslrootcert=ca.pem`,
  ]) {
    const store = await openStore({ url: good, cwd: folder });
    const { rows } = await sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(
      store.db,
    );
    assert.deepEqual(rows, [{ ssl: true }]);
    assert.equal(/hunter2|ca\.pem/.test(store.name), false);
    await store.close();
  }
});
