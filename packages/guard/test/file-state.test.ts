// A state in a folder over a kill: what may be done once is never forgotten, and of what is counted the last second at most.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createInterface } from 'node:readline';
import { FileState } from '../src/state/file/file-state.ts';

const root = mkdtempSync(join(tmpdir(), 'castellan-killed-'));
after(() => rmSync(root, { recursive: true }));
let number = 0;
const place = (): string => join(root, String(++number));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What another process would find if this one were killed now. */
function killed(folder: string, now: number): FileState {
  const copy = place();
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'state.lock'), { force: true });
  return new FileState(copy, () => now);
}

describe('a process that is killed', () => {
  for (const lines of [1, 7, 100, 1501, 5000])
    test(`after ${lines} answers has forgotten none of them`, async () => {
      const folder = place();
      const told: number[] = [];
      for (const [index, most] of [lines, lines + 3].entries()) {
        const child = spawn(
          process.execPath,
          [...process.execArgv, join(import.meta.dirname, 'killed-state.ts'), folder, String(index * 1_000_000)],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const exited = once(child, 'exit');
        let count = 0;
        for await (const line of createInterface(child.stdout)) {
          const [at, outcome] = line.split(' ');
          assert.equal(outcome, 'fresh');
          told.push(Number(at));
          if (++count === most) child.kill('SIGKILL');
        }
        const [, signal] = (await exited) as [unknown, string];
        assert.equal(signal, 'SIGKILL');
      }
      const state = new FileState(folder, Date.now);
      const used = state.replay('token');
      for (const at of told) {
        assert.equal(await used.use(`proof ${at}`, Date.now() + 1000, Date.now()), 'used', `${at}`);
        assert.equal(await state.steps.has(`step ${at}`), true);
      }
      assert.equal(await used.use('another', Date.now() + 1000, Date.now()), 'fresh');
      await state.close();
    });

  test('has counted what was there a second before, guesses too', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const [folder, now] = [place(), 1e12];
    const state = new FileState(folder, () => now);
    await state.open();
    const rate = { count: 100, seconds: 86_400 };
    await state.counter('calls', rate).take('ada', 60);
    state.tally('failures', 60_000).add('bob', 1, now);
    t.mock.timers.tick(1000);
    await state.counter('calls', rate).take('ada', 10);
    const next = killed(folder, now);
    const left = next.counter('calls', rate);
    assert.equal(await left.take('ada', 40), undefined, 'the last second is forgotten');
    assert.notEqual(await left.take('ada', 1), undefined, 'and nothing before it');
    assert.equal(next.tally('failures', 60_000).count('bob', now), 1);
    await next.close();
    await state.close();
  });

  test('while the file is written anew has forgotten nothing, at whatever part', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const [folder, now] = [place(), 1e12];
    const state = new FileState(folder, () => now);
    await state.open();
    const rate = { count: 10, seconds: 86_400 };
    const counter = state.counter('calls', rate);
    const file = join(folder, 'state.jsonl');
    // More than a million bytes of lines, most of them for the same callers.
    let most = 0;
    for (let round = 0; round < 20 && !existsSync(`${file}.new`); round++) {
      most = Math.max(most, statSync(file).size);
      for (let i = 0; i < 3000; i++) await counter.take(`caller ${i}`, 0.5);
      t.mock.timers.tick(1000);
    }
    assert.ok(existsSync(`${file}.new`));
    await counter.take('late', 10);
    state.steps.add('late step');
    for (const part of [0, 1, 40, 130, 191]) {
      for (let i = 0; i < part; i++) await turn();
      const next = killed(folder, now);
      const copy = next.counter('calls', rate);
      for (let i = 0; i < 3000; i++) assert.notEqual(await copy.take(`caller ${i}`, 9.9), undefined, `${part}: ${i}`);
      assert.equal(await next.steps.has('late step'), true);
      await next.close();
    }
    for (let i = 0; i < 400; i++) await turn();
    assert.ok(!existsSync(`${file}.new`) && statSync(file).size < most / 4, 'it is short again');
    await state.close();
    const last = killed(folder, now);
    assert.notEqual(await last.counter('calls', rate).take('late'), undefined);
    await last.close();
  });

  test('in the middle of a line leaves the others', async () => {
    const folder = place();
    const state = new FileState(folder, () => 1e12);
    await state.open();
    state.steps.add('one');
    await state.close();
    const file = join(folder, 'state.jsonl');
    for (const rest of ['[', '["once",12', '["once",1,2,3]']) {
      const whole = readFileSync(file, 'utf8');
      appendFileSync(file, rest);
      const next = new FileState(folder, () => 1e12);
      assert.equal(await next.steps.has('one'), true);
      await next.close();
      writeFileSync(file, whole);
    }
  });
});

test('a file that cannot be written is told, and written whole when it can be again', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const folder = place();
  const state = new FileState(folder, () => 1e12);
  await state.open();
  const rate = { count: 1, seconds: 86_400 };
  const codes = (): string => state.notices.map(({ code }) => code).join();
  await state.counter('calls', rate).take('ada');
  // The folder is gone while it runs, and the file with it.
  t.mock.timers.tick(1000);
  assert.equal(codes(), '');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  for (let i = 0; i < 40_000; i++) await state.counter('calls', rate).take(`caller ${i}`);
  t.mock.timers.tick(1000);
  assert.match(codes(), /state-not-written/);
  rmSync(folder);
  mkdirSync(folder);
  t.mock.timers.tick(1000);
  assert.equal(codes(), '');
  const next = killed(folder, 1e12);
  assert.notEqual(await next.counter('calls', rate).take('ada'), undefined);
  assert.notEqual(await next.counter('calls', rate).take('caller 39999'), undefined);
  await next.close();
  await state.close();
});
