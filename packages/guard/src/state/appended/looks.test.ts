import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Looks } from './looks.ts';

test('what was said before a look was asked for is seen when it ends, however the looks before it fall', async () => {
  const ends: (() => void)[] = [];
  let said = 0;
  let seen = 0;
  let running = 0;
  const looks = new Looks(async () => {
    running += 1;
    assert.equal(running, 1, 'one look at a time');
    const read = said;
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
    if (random(10) === 0) throw new Error('away');
    seen = read;
  });
  let state = 7;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const asked: Promise<void>[] = [];
  for (let step = 0; step < 2000; step++) {
    const what = random(3);
    if (what === 0) said += 1;
    else if (what === 1) {
      const before = said;
      asked.push(
        looks.again().then(
          () => assert.ok(seen >= before, `${seen} of ${before}`),
          (error: Error) => assert.equal(error.message, 'away'),
        ),
      );
    } else {
      ends.shift()?.();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  }
  const all = Promise.all([...asked, looks.ended().catch(() => undefined)]);
  for (let turn = 0; turn < 50; turn++) {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  assert.equal(running, 0);
});
