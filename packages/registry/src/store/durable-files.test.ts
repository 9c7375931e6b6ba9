import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from './open.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'castellan-durable-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

// promise: acknowledged-on-disk
test('each commit reaches the disk before it is acknowledged, and one that does not is an error', async (t) => {
  const really = fs.fsyncSync;
  let synced = 0;
  let broken = false;
  t.mock.method(fs, 'fsyncSync', (descriptor: number) => {
    if (broken) throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    really(descriptor);
    synced += 1;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const store = await openStore({ url: `file:${folder}/store` });
  if (store.cleansItself) return store.close();
  const add = (name: string) => store.db.insertInto('environments').values({ name, production: false }).execute();
  for (let n = 0; n < 10; n++) {
    const before = synced;
    await add(`e${n}`);
    assert.ok(synced > before, `commit ${n}`);
  }
  const before = synced;
  await store.db.selectFrom('environments').selectAll().execute();
  assert.equal(synced, before);
  broken = true;
  await assert.rejects(add('lost'));
  broken = false;
  await store.close().catch(() => undefined);
  return undefined;
});
