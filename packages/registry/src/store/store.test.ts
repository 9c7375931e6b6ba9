import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { CastellanError } from '@castellan/contract';
import { sql } from 'kysely';
import { contentOf, fillEveryTable } from '../../test/every-table.ts';
import { takeLease } from './lease.ts';
import { dropTables, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openStore, type Store } from './open.ts';
import { takeFolder } from './pglite.ts';
import { storable } from './storable.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-store-'));
let now = 1_000;
/** What needs no folder of its own: a start takes longer than what is tested. */
let memory: Store;
before(async () => {
  memory = await openStore({ url: 'memory:', clock: () => now });
});
after(async () => {
  await memory.close();
  rmSync(folder, { recursive: true });
});

async function columnsOf({ db }: Store): Promise<unknown> {
  const { rows } = await sql`select table_name, column_name, data_type, is_nullable from information_schema.columns
    where table_schema = 'public' order by 1, 2`.execute(db);
  return rows;
}

const whole = process.env['CASTELLAN_WHOLE'] === '1';

test('from every earlier version the tables become the same, and every row that they held stays', async () => {
  const { db } = memory;
  const all = Object.keys(migrations);
  const last = await columnsOf(memory);
  for (let at = 1; at < all.length; at++) {
    // Of all of them where there is time: CASTELLAN_WHOLE=1.
    if (!whole && at % 7 !== 1 && at !== all.length - 1) continue;
    const only = all.slice(0, at);
    await dropTables(db);
    await migrate(db, only);
    await fillEveryTable(memory, only, 8);
    const held = await contentOf(memory, only);
    assert.notDeepEqual(await columnsOf(memory), last, only.at(-1));
    await migrate(db, undefined);
    assert.deepEqual(await columnsOf(memory), last, only.at(-1));
    assertKept(held, await contentOf(memory, only), String(only.at(-1)));
  }
  await dropTables(db);
  await migrate(db, undefined);
});

test('a store in a folder is brought up to date when it is opened', async () => {
  const only = Object.keys(migrations).slice(0, 9);
  const url = `file:${folder}/old`;
  const old = await openStore({ url, only });
  await fillEveryTable(old, only, 3);
  const held = await contentOf(old, only);
  await old.close();
  const store = await openStore({ url });
  assert.deepEqual(await columnsOf(store), await columnsOf(memory));
  assertKept(held, await contentOf(store, only), String(only.at(-1)));
  await store.close();
});

/** Columns that came later stand beside those that were there. */
function assertKept(
  held: Readonly<Record<string, readonly string[]>>,
  kept: Readonly<Record<string, readonly string[]>>,
  version: string,
): void {
  for (const [table, rows] of Object.entries(held)) {
    const present = kept[table]?.map((row) => JSON.parse(row) as object) ?? [];
    assert.equal(present.length, rows.length, `${table} of ${version}`);
    for (const row of rows) {
      const was = JSON.parse(row) as object;
      assert.ok(
        present.some((one) => isDeepStrictEqual({ ...one, ...was }, one)),
        `${table} of ${version} lost ${row.slice(0, 300)}; it has ${JSON.stringify(present[0])?.slice(0, 300)}`,
      );
    }
  }
}

// promise: one-process
test('one process at a time: a second one gets an error that names who has it, and the lock of a process that is gone is taken over', async () => {
  const place = join(folder, 'old');
  const store = await openStore({ url: `file:${place}` });
  await assert.rejects(
    openStore({ url: `file:${place}` }),
    refused('store-in-use', new RegExp(`process ${process.pid} has`)),
  );
  await store.close();
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (const lock of [`${process.pid} 1\n`, 'nonsense', '']) {
    writeFileSync(join(place, 'lock'), lock);
    takeFolder(place)();
  }
  writeFileSync(join(place, 'lock'), `${child.pid} 12345\n`);
  await (await openStore({ url: `file:${place}` })).close();
});

// promise: newer-store-refused
test('a store of a newer castellan is refused in one line', async () => {
  const url = `file:${folder}/old`;
  const store = await openStore({ url });
  await sql`insert into kysely_migration (name, timestamp) values ('999-later', ${new Date(0).toISOString()})`.execute(
    store.db,
  );
  await store.close();
  await assert.rejects(openStore({ url }), refused('store-newer', /newer castellan/));
});

test('an address that is none is refused with the ways to write one', async () => {
  for (const url of ['mysql://db/x', 'file:', 'registry', ''])
    await assert.rejects(openStore({ url }), refused('store-url', /write file:\.castellan\/registry, or postgres:/));
  await assert.rejects(
    openStore({ url: 'postgres://castellan:hunter2@127.0.0.1:1/x' }),
    (error) =>
      refused('store-unreachable', /postgres:\/\/127\.0\.0\.1:1\/x/)(error) && !String(error).includes('hunter2'),
  );
});

test('a lease has one holder until it ends', async () => {
  const take = (who: string) => takeLease(memory, 'roll-up', who, 100);
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(take)), [true, false, false]);
  now += 99;
  assert.deepEqual([await take('b'), await take('a')], [false, true]);
  now += 99;
  assert.equal(await take('b'), false);
  now += 1;
  assert.deepEqual([await take('b'), await take('a')], [true, false]);
});

test('hostile text is stored, never an error of the database', async () => {
  for (const text of ['\0', 'a\0b', '\ud800', `'; drop table apis; --`, '😀'.repeat(3_000), '\u202e']) {
    await memory.db
      .insertInto('environments')
      .values({ name: storable(text), production: false })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  assert.equal((await memory.db.selectFrom('environments').selectAll().execute()).length, 6);
});

function refused(code: string, message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.equal(error.message.includes('\n'), false);
    return true;
  };
}
