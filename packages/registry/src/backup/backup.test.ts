import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import { contentOf, fillEveryTable } from '../../test/every-table.ts';
import { dropTables, migrate } from '../store/migrate.ts';
import { migrations } from '../store/migrations/index.ts';
import { openStore, type Store } from '../store/open.ts';
import { backUp, restoreFile } from './file.ts';
import { restoreBackup } from './restore.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-backup-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const all = Object.keys(migrations);
const file = join(folder, 'whole.backup');
/** What backups are made of: a start takes longer than what is tested. */
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:' });
});
after(() => store.close());

const codeOf = async (options: Parameters<typeof restoreFile>[0], from: string): Promise<string> => {
  try {
    await restoreFile(options, from);
    return 'restored';
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(error.message.includes('\n'), false);
    return error.code;
  }
};

// promise: backups-restored
test('what is backed up is restored, row for row, whatever they hold; numbers go on', async () => {
  const many = await fillEveryTable(store, all);
  const before = await contentOf(store, all);
  // Others write meanwhile: all of that is in it or nothing.
  const [size] = await Promise.all([
    backUp(store, file),
    store.db.insertInto('environments').values({ name: 'meanwhile', production: false }).execute(),
  ]);
  assert.ok(size > 1_000);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await assert.rejects(backUp(store, join(folder, 'no', 'folder')), /cannot be written \(ENOENT\)/);
  const url = `file:${folder}/restored`;
  const { rows } = await restoreFile({ url }, file);
  const restored = await openStore({ url });
  const kept = Object.fromEntries(Object.entries(before).filter(([table]) => table !== 'leases' && table !== 'jobs'));
  const { leases, jobs, ...content } = await contentOf(restored, all);
  const environments = content['environments']?.filter((row) => !row.includes('"meanwhile"')) ?? [];
  assert.deepEqual({ ...content, environments }, kept);
  assert.deepEqual([leases, jobs], [[], []]);
  assert.ok(rows >= many - 24 && rows <= many - 23, `${rows} of ${many}`);
  const ids = await restored.db.selectFrom('journal').select('id').execute();
  const { id } = await restored.db
    .insertInto('journal')
    .values({ time: new Date(0), actor: 'a', kind: 'k', detail: 'd' })
    .returning('id')
    .executeTakeFirstOrThrow();
  assert.equal(
    ids.some((one) => one.id === id),
    false,
  );
  await restored.close();
  // A store that holds something is left as it is.
  assert.equal(await codeOf({ url }, file), 'store-not-empty');
});

test('one of an older version is restored and brought up to date', async () => {
  // What each migration does to rows is tested with the store: here a few are enough.
  const whole = process.env['CASTELLAN_WHOLE'] === '1';
  for (const at of whole ? [1, Math.floor(all.length / 2), all.length - 1] : [Math.floor(all.length / 2)]) {
    const names = all.slice(0, at);
    await dropTables(store.db);
    await migrate(store.db, names);
    await fillEveryTable(store, names, 3);
    const from = join(folder, `${at}.backup`);
    await backUp(store, from);
    const before = await contentOf(store, names);
    const url = `file:${folder}/from-${at}`;
    // It was looked at before, and has empty tables.
    await (await openStore({ url })).close();
    // One that is cut off only while it is restored leaves nothing.
    const lines = gunzipSync(readFileSync(from)).toString('utf8').split('\n').slice(0, -2);
    await assert.rejects(restoreBackup({ url }, Readable.from(lines)), /cut off after \d\d+ rows/);
    await restoreFile({ url }, from);
    const restored = await openStore({ url });
    const content = await contentOf(restored, names);
    for (const [table, rows] of Object.entries(before)) {
      if (table === 'leases' || table === 'jobs') continue;
      assert.equal(content[table]?.length, rows.length, `${table} of ${names.at(-1)}`);
      for (const [n, row] of rows.entries())
        assert.deepEqual(
          { ...JSON.parse(content[table]?.[n] ?? '{}'), ...JSON.parse(row) },
          JSON.parse(content[table]?.[n] ?? '{}'),
        );
    }
    await restored.close();
  }
});

// promise: backups-whole
test('a backup that was cut off, changed or is none is refused in one line, and nothing is restored', async () => {
  const bytes = readFileSync(file);
  const text = gunzipSync(bytes).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const cuts = [0, 5, 20, bytes.length >> 1, bytes.length - 12].map((at) => bytes.subarray(0, at));
  const changed = [
    lines.slice(0, -1),
    lines.slice(0, lines.length >> 1),
    lines.toSpliced(5, 1),
    lines.toSpliced(6, 0, lines[5] ?? ''),
    lines.with(lines.length - 1, (lines.at(-1) ?? '').replace(/"rows":\d+/, '"rows":1')),
    lines.map((line) => line.replace('plain', 'other')),
    [...lines, '{}'],
    lines.slice(1),
    lines.map((line) => (line.startsWith('#{"table":"apis"') ? '#{"table":"pg_authid","columns":["oid"]}' : line)),
    lines.toSpliced(1, 0, '{"a":1}'),
    lines.toSpliced(3, 0, '{not json'),
    lines.toSpliced(3, 0, '#nonsense'),
    ['nonsense'],
    [],
  ].map((one) => gzipSync(`${one.join('\n')}\n`));
  const other = [Buffer.from('nonsense'), Buffer.from(text), Buffer.alloc(0)];
  const url = `file:${folder}/damaged`;
  const bad = join(folder, 'bad.backup');
  for (const [n, content] of [...cuts, ...changed, ...other].entries()) {
    writeFileSync(bad, content);
    assert.equal(await codeOf({ url }, bad), 'backup-damaged', `form ${n}`);
  }
  const newer = lines.with(0, (lines[0] ?? '').replace('"001-inventory"', '"001-inventory","999-later"'));
  writeFileSync(bad, gzipSync(`${newer.join('\n')}\n`));
  assert.equal(await codeOf({ url }, bad), 'backup-newer');
  writeFileSync(bad, gzipSync(`${lines.with(0, (lines[0] ?? '').replace('"form":1', '"form":2')).join('\n')}\n`));
  assert.equal(await codeOf({ url }, bad), 'backup-newer');
  assert.equal(await codeOf({ url }, join(folder, 'nothing')), 'unreadable');
  assert.equal(existsSync(join(folder, 'damaged')), false);
});
