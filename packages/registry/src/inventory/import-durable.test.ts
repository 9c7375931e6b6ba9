// What an import said to be done outlives a `kill -9` at once after it, though each document did not wait for the disk.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../store/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-import-durable-'));
after(() => rmSync(folder, { recursive: true }));

test('documents are there after a kill, all that were said to be', { timeout: 120_000 }, async () => {
  const module = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
  const url = `file:${join(folder, 'store')}`;
  const program = `
    import { writeFileSync } from 'node:fs';
    import { openStore } from ${module('../store/open.ts')};
    import { importDocuments } from ${module('import-documents.ts')};
    const store = await openStore({ url: ${JSON.stringify(url)} });
    const sources = Array.from({ length: 12 }, (_, n) => {
      writeFileSync(n + '.json', JSON.stringify({ openapi: '3.1.0', info: { title: 'API ' + n, version: '1' }, paths: {} }));
      return { source: n + '.json' };
    });
    const imported = await importDocuments(store, sources);
    process.stdout.write(String(imported.length), () => process.kill(process.pid, 'SIGKILL'));
    await new Promise(() => setInterval(() => undefined, 1_000));`;
  const { stdout, signal } = spawnSync(
    process.execPath,
    ['--conditions=@castellan/source', '--input-type=module-typescript', '-e', program],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.deepEqual([stdout, signal], ['12', 'SIGKILL']);
  const store = await openStore({ url });
  try {
    assert.equal((await store.db.selectFrom('apis').select('id').execute()).length, 12);
  } finally {
    await store.close();
  }
});
