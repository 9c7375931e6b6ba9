// promise: answers-recorded
// kill -9 at random moments; `npm run bench -- kill` does it 200 times.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { verifyLog } from '../../src/audit/log/verify.ts';
import { killOnce, startServer } from './killing.ts';
import { logFolder } from './lines.ts';

const moments = [60, 400];

for (const durability of ['fsync', 'required'])
  test(`${durability}: every answer that arrived has its request in the log`, { timeout: 120_000 }, async () => {
    const directory = logFolder();
    let answered = 0;
    for (const after of moments) {
      const { answers, lost } = await killOnce(directory, durability, after);
      assert.deepEqual(lost, []);
      assert.ok(answers > 0 || after < 100);
      if (answers > 0) answered += 1;
      assert.deepEqual(verifyLog(directory).findings, []);
    }
    // The next process closes and signs what the last one left.
    const { child } = await startServer(directory, durability);
    child.kill('SIGTERM');
    await once(child, 'exit');
    const { findings, notes } = verifyLog(directory);
    assert.deepEqual(findings, []);
    // One that was killed before it had written anything left nothing to tell of.
    const told = notes.filter((note) => note.includes('was killed')).length;
    assert.ok(told >= answered && told <= moments.length, `${told} of ${answered}`);
  });

test('async: what is lost was answered within the stated bound before', { timeout: 120_000 }, async () => {
  const directory = logFolder();
  const { answers, lost } = await killOnce(directory, 'async', 500);
  assert.ok(answers > 0);
  // 100 ms, and what a machine with other work to do adds.
  assert.ok(Math.max(0, ...lost) < 1000, `${Math.max(...lost)} ms`);
  assert.deepEqual(verifyLog(directory).findings, []);
});
