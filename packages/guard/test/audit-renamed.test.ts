// Log rotation renames the audit file: what comes then is in a new one of its name, without a signal, and no event is lost.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openAuditFile, type AuditSink } from '../src/audit/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
after(() => rmSync(folder, { recursive: true }));

const lines = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
async function put(sink: AuditSink, line: string): Promise<void> {
  sink.write(line);
  await sink.flush();
}

test('renamed, removed, renamed again: each line is in the file that had the name then', async () => {
  const file = join(folder, 'a.jsonl');
  const sink = openAuditFile(file);
  await put(sink, 'one');
  renameSync(file, `${file}.1`);
  await put(sink, 'two');
  await put(sink, 'three');
  renameSync(file, `${file}.2`);
  await sink.reopen();
  assert.equal(existsSync(file), true);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await put(sink, 'four');
  unlinkSync(file);
  await put(sink, 'five');
  await sink.close();
  assert.deepEqual([lines(`${file}.1`), lines(`${file}.2`), lines(file)], [['one'], ['two', 'three'], ['five']]);
  assert.equal(sink.lost, 0);
});

test('where no new file can be made, events go on to the old one, and that is said once', async () => {
  const inside = join(folder, 'inside');
  mkdirSync(inside);
  const file = join(inside, 'a.jsonl');
  const sink = openAuditFile(file);
  const warned: (string | undefined)[] = [];
  const hear = (warning: NodeJS.ErrnoException): void => void warned.push(warning.code);
  process.on('warning', hear);
  await put(sink, 'one');
  renameSync(inside, `${inside}-moved`);
  await put(sink, 'two');
  await put(sink, 'three');
  await sink.close();
  process.off('warning', hear);
  assert.deepEqual(lines(join(`${inside}-moved`, 'a.jsonl')), ['one', 'two', 'three']);
  assert.deepEqual(warned, ['audit-renamed']);
});

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const noLimits = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit here';
const limitFiles = (bytes: number | 'unlimited'): void =>
  void execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);

for (let seed = 1; seed <= 10; seed++)
  test(
    `random walk ${seed}: rotated in every way, the disk full in between: each line is whole, once, or counted as lost`,
    { skip: noLimits },
    async () => {
      const pick = random(seed);
      const file = join(folder, `walk-${seed}`, 'a.jsonl');
      mkdirSync(join(folder, `walk-${seed}`));
      if (pick(2) === 0) appendFileSync(file, '{"half');
      const old: string[] = [];
      const rotated = (): string => {
        old.push(`${file}.${old.length}`);
        return old.at(-1) ?? '';
      };
      let sink = openAuditFile(file);
      let lost = 0;
      let put_ = 0;
      for (let step = 0; step < 30; step++) {
        const what = pick(8);
        const many = 1 + pick(5);
        for (let n = 0; n < many; n++) sink.write(`{"n":${++put_},"is":"${'x'.repeat(pick(300))}"}`);
        if (what === 5) {
          // So much more goes in, and it ends within a line.
          limitFiles((existsSync(file) ? statSync(file).size : 0) + pick(400));
          try {
            await sink.flush();
          } finally {
            limitFiles('unlimited');
          }
        }
        await sink.flush();
        if (what === 0) renameSync(file, rotated());
        if (what === 1) {
          copyFileSync(file, rotated());
          truncateSync(file, 0);
        }
        if (what === 2) {
          renameSync(file, rotated());
          writeFileSync(file, '', { mode: 0o600 });
        }
        if (what === 3) {
          renameSync(file, rotated());
          await sink.reopen();
        }
        if (what === 4) {
          await sink.close();
          lost += sink.lost;
          sink = openAuditFile(file);
        }
      }
      await sink.close();
      lost += sink.lost;
      const found = [...old, file].flatMap((name) => (existsSync(name) ? readFileSync(name, 'utf8').split('\n') : []));
      const whole = found
        .filter((line) => /^\{"n":\d+,"is":"x*"\}$/.test(line))
        .map((line) => (JSON.parse(line) as { n: number }).n);
      assert.equal(new Set(whole).size, whole.length, 'none is there twice');
      assert.deepEqual(
        whole.toSorted((a, b) => a - b),
        whole,
        'they are in their order',
      );
      assert.equal(whole.length + lost, put_, 'what is not there is counted');
    },
  );
