// A guard takes its contract from the registry: the bytes that were imported, by the key of its API, whether or not the registry is there.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { createGuard, type Guard } from '@castellan/guard';
import { importDocuments } from '../inventory/import-documents.ts';
import { recordSent } from '../inventory/record-sent.ts';
import { openStore } from '../store/open.ts';
import { createKey } from './access/keys.ts';
import { serveRegistry } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-take-'));
after(() => rmSync(folder, { recursive: true }));

const documentOf = (path: string, more = ''): string => `openapi: 3.1.0
info: { title: Orders, version: '${path}' }
${more}paths:
  /${path}:
    get:
      operationId: ${path}
      security: []
      responses: { 200: { description: ok, content: { application/json: { schema: { $ref: '../schemas/note.yaml#/Note' } } } } }
`;

test('it loads what was imported, with references and overlays, and starts without the registry', async () => {
  let now = Date.UTC(2026, 10, 29, 12);
  const store = await openStore({ url: 'memory:', clock: () => (now += 1000) });
  mkdirSync(join(folder, 'api'));
  mkdirSync(join(folder, 'schemas'));
  writeFileSync(join(folder, 'schemas/note.yaml'), 'Note: { type: object, properties: { text: { type: string } } }\n');
  writeFileSync(
    join(folder, 'overlay.yaml'),
    "overlay: 1.0.0\ninfo: { title: o, version: '1' }\nactions: [{ target: $.info, update: { description: 'é ✓' } }]\n",
  );
  const publish = async (path: string, overlays: readonly string[] = []): Promise<string> => {
    writeFileSync(join(folder, 'api/openapi.yaml'), documentOf(path));
    const [imported] = await importDocuments(store, [{ source: 'api/openapi.yaml', overlays }], { cwd: folder });
    assert.equal(imported?.outcome, 'imported');
    return (await loadContract('api/openapi.yaml', { cwd: folder, overlays })).digest;
  };
  const first = await publish('one', ['overlay.yaml']);
  const { key } = await createKey(store, { name: 'g', role: 'guard', api: 'orders' });
  const server = await serveRegistry(store, { port: 0 });
  const registry = { url: server.url, key };
  const cache = join(folder, 'cache');
  const open = (): Promise<Guard> => createGuard({ source: { registry: 'published', cache }, registry });
  const guard = await open();
  assert.deepEqual(
    [guard.contract.digest, guard.contract.operations[0]?.operationId, guard.stale],
    [first, 'one', undefined],
  );
  const second = await publish('two');
  await guard.reload();
  assert.equal(guard.contract.digest, second);

  // Others get nothing: no key, a key of a person, a guard of an API that the registry does not have.
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${server.url}/contract`, { headers })).status;
  assert.equal(await ask({}), 401);
  for (const role of ['viewer', 'administrator'] as const)
    assert.equal(await ask({ 'x-castellan-key': (await createKey(store, { name: 'p', role })).key }), 403, role);
  const other = await createKey(store, { name: 'g', role: 'guard', api: 'users' });
  assert.equal(await ask({ 'x-castellan-key': other.key }), 404);
  assert.equal(await ask({ 'x-castellan-key': key }), 200);

  // A draft is for who asks for the latest.
  const draft = 'x-castellan: { lifecycle: { state: draft } }\n';
  const sent = await recordSent(
    store,
    {
      source: 'sent.yaml',
      document: documentOf('three', draft),
      path: 'api/openapi.yaml',
      files: { 'schemas/note.yaml': 'Note: { type: object }\n' },
      api: 'orders',
    },
    () => Promise.resolve(undefined),
  );
  assert.equal(sent.outcome, 'imported', JSON.stringify(sent));
  await guard.reload();
  assert.match(guard.stale ?? '', /no published contract/);
  assert.equal(guard.contract.digest, second);
  const latest = await createGuard({ source: { registry: 'latest', cache: join(folder, 'latest') }, registry });
  assert.equal(latest.contract.operations[0]?.operationId, 'three');
  await latest.end();
  await guard.end();

  await server.close();
  await store.close();
  const alone = await open();
  assert.equal(alone.contract.digest, second);
  assert.match(alone.stale ?? '', /cannot be reached/);
  await alone.end();
  await assert.rejects(
    createGuard({ source: { registry: 'published', cache: join(folder, 'none') }, registry }),
    /cannot be reached/,
  );
});
