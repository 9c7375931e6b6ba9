import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { Outbox } from './outbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-outbox-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const place = (): string => join(folder, String((made += 1)));

function drain(outbox: Outbox): string[] {
  const ids: string[] = [];
  for (let next = outbox.next; next !== undefined; next = outbox.next) {
    assert.equal(next.text, `text of ${next.id}`);
    ids.push(next.id);
    outbox.remove(next.id);
  }
  return ids;
}

test('after a restart reports go in the order in which they were made, whatever the clock did', () => {
  // Clocks that go on, stand still, go back, and go back before the epoch.
  const clocks = [
    (n: number) => 1_000 + n,
    () => 5_000,
    (n: number) => 9_000 - n,
    (n: number) => (n % 2) * 1_000_000,
    (n: number) => -n,
  ];
  for (const clock of clocks) {
    const directory = place();
    const outbox = new Outbox(directory);
    const ids = Array.from({ length: 25 }, (_, n) => `11111111-1111-4111-8111-111111111111_${n + 1}`);
    for (const [n, id] of ids.entries()) outbox.add(id, `text of ${id}`, clock(n));
    outbox.remove(ids[0] ?? '');
    assert.deepEqual(drain(new Outbox(directory)), ids.slice(1));
    assert.deepEqual(readdirSync(directory), []);
  }
});

test('reports of several processes in one folder each keep their order, and a file that vanishes or is none is no matter', () => {
  const directory = place();
  const one = new Outbox(directory);
  const two = new Outbox(directory);
  for (let n = 1; n <= 12; n++) {
    one.add(`aaaaaaaa-1111-4111-8111-111111111111_${n}`, `text of aaaaaaaa-1111-4111-8111-111111111111_${n}`, 100 - n);
    two.add(`bbbbbbbb-1111-4111-8111-111111111111_${n}`, `text of bbbbbbbb-1111-4111-8111-111111111111_${n}`, 50 + n);
  }
  for (const name of ['making-x', 'report-1-x.json', 'other.json', 'report-000000000000001-.json'])
    writeFileSync(join(directory, name), '{');
  symlinkSync(join(directory, 'nothing'), join(directory, 'report-000000000000001-gone_1.json'));
  const ids = drain(new Outbox(directory));
  for (const begin of ['a', 'b']) {
    const sequence = ids.filter((id) => id.startsWith(begin)).map((id) => Number(id.split('_')[1]));
    assert.deepEqual(sequence, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  }
  // What another has sent already is sent once more, and that is all.
  assert.equal(drain(one).length, 12);
});

test('a folder that takes nothing never stops the process: reports wait in memory and it is told', () => {
  const directory = place();
  const told: string[] = [];
  const outbox = new Outbox(directory, (what) => void told.push(what));
  rmSync(directory, { recursive: true });
  writeFileSync(directory, 'a file');
  outbox.add('id_1', 'text of id_1', 1);
  assert.match(told[0] ?? '', /a report cannot be written to .* \(ENOTDIR\)/);
  assert.deepEqual(drain(outbox), ['id_1']);
  assert.throws(
    () => new Outbox(directory),
    (error) =>
      error instanceof CastellanError && error.code === 'registry-directory' && /EEXIST|ENOTDIR/.test(error.message),
  );
});

test('what is more than a thousand is given up, oldest first, and counted', () => {
  for (const directory of [undefined, place()]) {
    const outbox = new Outbox(directory);
    for (let n = 1; n <= 1_007; n++) outbox.add(`id_${n}`, `text of id_${n}`, n);
    assert.deepEqual([outbox.size, outbox.lost, outbox.next?.id], [1_000, 7, 'id_8']);
    if (directory !== undefined) assert.equal(readdirSync(directory).length, 1_000);
  }
});
