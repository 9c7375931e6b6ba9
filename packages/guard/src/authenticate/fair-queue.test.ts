// promise: password-queue
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairQueue, type Rank } from './fair-queue.ts';

/** A queue of one place, with everybody's fate by name. */
function queueOf(waiting: number) {
  let now = 0;
  const queue = new FairQueue({ most: 1, waiting, patience: 100, now: () => now });
  const order: string[] = [];
  const sent: string[] = [];
  assert.equal(queue.enter('first', 'stranger'), true);
  return {
    order,
    sent,
    later: (milliseconds: number) => (now += milliseconds),
    join(name: string, from: string, rank: Rank = 'stranger') {
      const entered = queue.enter(from, rank);
      if (typeof entered === 'boolean') (entered ? order : sent).push(name);
      else void entered.then((admitted) => (admitted ? order : sent).push(name));
    },
    async next(turns: number) {
      for (let i = 0; i < turns; i++) {
        queue.leave();
        await Promise.resolve();
        await Promise.resolve();
      }
    },
  };
}

test('a crowd from one network waits behind itself', async () => {
  const queue = queueOf(100);
  for (let i = 0; i < 90; i++) queue.join(`crowd ${i}`, 'crowd');
  queue.join('ada', 'home');
  queue.join('bob', 'office');
  await queue.next(3);
  assert.deepEqual(queue.order, ['crowd 0', 'ada', 'bob']);
});

test('where it is full, the latest of the largest crowd goes, and not who comes from elsewhere', async () => {
  const queue = queueOf(10);
  for (let i = 0; i < 20; i++) queue.join(`crowd ${i}`, 'crowd');
  assert.equal(queue.sent.length, 10);
  for (let i = 0; i < 4; i++) queue.join(`other ${i}`, `network ${i}`);
  await queue.next(0);
  await Promise.resolve();
  assert.deepEqual(queue.sent.slice(10), ['crowd 9', 'crowd 8', 'crowd 7', 'crowd 6']);
  await queue.next(10);
  assert.equal(queue.order.length, 10);
  assert.equal(queue.order.filter((name) => name.startsWith('other')).length, 4);
});

test('known ones go first, and strangers get their share all the same', async () => {
  const queue = queueOf(100);
  for (let i = 0; i < 40; i++) queue.join(`known ${i}`, `k${i}`, 'known');
  for (let i = 0; i < 40; i++) queue.join(`stranger ${i}`, `s${i}`);
  await queue.next(40);
  const strangers = queue.order.filter((name) => name.startsWith('stranger')).length;
  assert.equal(strangers, 10);
  assert.ok(queue.order[0]?.startsWith('known'));
});

test('nobody waits longer than the deadline, and the place is not lost by it', async () => {
  const queue = queueOf(100);
  for (let i = 0; i < 5; i++) queue.join(`late ${i}`, `n${i}`);
  queue.later(101);
  queue.join('in time', 'here');
  await queue.next(1);
  await Promise.resolve();
  assert.deepEqual(queue.order, ['in time']);
  assert.equal(queue.sent.length, 5);
  await queue.next(1);
  queue.join('next', 'here');
  assert.deepEqual(queue.order, ['in time', 'next']);
});
