// Who guesses waits; who knows does not. By a clock that comes in.
// promise: accounts-never-closed
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempts } from './attempts.ts';

const start = 1_000_000;

/** One wrong guess: begun, and never ended. */
const wrong = (attempts: Attempts, account: string, address: string, now = start): number => {
  const begun = attempts.begin(account, address, now);
  return typeof begun === 'number' ? begun : 0;
};
const many = (count: number, guess: (at: number) => number): number[] =>
  Array.from({ length: count }, (_, at) => guess(at));

test('one account from one address: five are free, then each waits twice as long', () => {
  const attempts = new Attempts();
  let now = start;
  assert.deepEqual(
    many(6, () => wrong(attempts, 'ada', '192.0.2.1', now)),
    [0, 0, 0, 0, 0, 0],
  );
  for (const wait of [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
    assert.equal(attempts.wait('ada', '192.0.2.1', now), wait);
    assert.equal(wrong(attempts, 'ada', '192.0.2.1', now), wait);
    now += wait * 1000 - 1;
    assert.equal(attempts.wait('ada', '192.0.2.1', now), 1);
    now += 1;
    assert.equal(attempts.wait('ada', '192.0.2.1', now), 0);
    assert.equal(wrong(attempts, 'ada', '192.0.2.1', now), 0);
  }
});

test('one address and many accounts: ten are free; an IPv6 network of 48 bits has sixty', () => {
  const first = (most: number, address: (at: number) => string): number => {
    const attempts = new Attempts();
    const waits = many(most, (at) => wrong(attempts, `user ${at}`, address(at)));
    return waits.findIndex((wait) => wait > 0);
  };
  assert.equal(
    first(30, () => '192.0.2.1'),
    11,
  );
  assert.equal(
    first(30, (at) => `192.0.2.${at}`),
    -1,
  );
  assert.equal(
    first(30, (at) => `2001:db8::${at}`),
    11,
    'a /64 is one address',
  );
  assert.equal(
    first(90, (at) => `2001:db8:0:${at}::1`),
    61,
  );
  assert.equal(
    first(90, (at) => `2001:db8:${at}::1`),
    -1,
  );
});

test('an account that is guessed at from everywhere leaves a stranger one guess', () => {
  const attempts = new Attempts();
  for (let at = 0; at < 50; at++) assert.equal(wrong(attempts, 'ada', `192.0.${at}.1`), 0);
  assert.equal(wrong(attempts, 'ada', '198.51.100.1'), 0);
  assert.equal(wrong(attempts, 'ada', '198.51.100.1'), 2);
  assert.equal(wrong(attempts, 'bob', '198.51.100.1'), 0);
});

test('who was right is known there from then on, and strangers’ guesses are none of his', () => {
  const attempts = new Attempts();
  const begun = attempts.begin('ada', '192.0.2.1', start);
  assert.ok(typeof begun === 'object');
  assert.equal(attempts.isKnown('ada', '192.0.2.1', start), false);
  begun.ended(true);
  assert.deepEqual(
    [
      attempts.isKnown('ada', '192.0.2.1', start),
      attempts.isKnown('ada', '192.0.2.2', start),
      attempts.isKnown('bob', '192.0.2.1', start),
    ],
    [true, false, false],
  );
  for (let at = 0; at < 12; at++) wrong(attempts, `user ${at}`, '192.0.2.1');
  assert.equal(attempts.wait('eve', '192.0.2.1', start) > 0, true);
  assert.equal(attempts.wait('ada', '192.0.2.1', start), 0);
  assert.equal(wrong(attempts, 'ada', '192.0.2.1'), 0);
  // His own guesses count for him.
  assert.equal(many(8, () => wrong(attempts, 'ada', '192.0.2.1')).filter((wait) => wait > 0).length > 0, true);
});

test('a known caller’s guesses are not the address’s', () => {
  const attempts = new Attempts();
  const begun = attempts.begin('ada', '192.0.2.1', start);
  assert.ok(typeof begun === 'object');
  begun.ended(true);
  for (let at = 0; at < 5; at++) wrong(attempts, 'ada', '192.0.2.1');
  assert.equal(
    many(11, (at) => wrong(attempts, `user ${at}`, '192.0.2.1')).every((wait) => wait === 0),
    true,
  );
});

test('what was not tried, or was right, counts for nothing', () => {
  const attempts = new Attempts();
  for (const right of [false, true])
    for (let at = 0; at < 100; at++) {
      const begun = attempts.begin(`user ${String(right)} ${at}`, '192.0.2.1', start);
      assert.ok(typeof begun === 'object', `${right} ${at}`);
      begun.ended(right);
      begun.ended(right);
    }
  // One that is taken back takes its own wait back: those that are left count, in whatever order they came.
  const first = attempts.begin('ada', '198.51.100.1', start);
  for (let at = 0; at < 4; at++) wrong(attempts, 'ada', '198.51.100.1');
  const last = attempts.begin('ada', '198.51.100.1', start);
  assert.ok(typeof first === 'object' && typeof last === 'object');
  assert.equal(attempts.wait('ada', '198.51.100.1', start), 2);
  last.ended(false);
  assert.equal(attempts.wait('ada', '198.51.100.1', start), 0);
  assert.deepEqual([wrong(attempts, 'ada', '198.51.100.1'), attempts.wait('ada', '198.51.100.1', start)], [0, 2]);
  first.ended(false);
  assert.equal(attempts.wait('ada', '198.51.100.1', start), 0, 'five are left');
  assert.deepEqual([wrong(attempts, 'ada', '198.51.100.1'), attempts.wait('ada', '198.51.100.1', start)], [0, 2]);
});

test('right after wrong ones forgives the pair', () => {
  const attempts = new Attempts();
  for (let at = 0; at < 5; at++) wrong(attempts, 'ada', '192.0.2.1');
  const right = attempts.begin('ada', '192.0.2.1', start);
  assert.ok(typeof right === 'object');
  right.ended(true);
  assert.deepEqual(
    many(6, () => wrong(attempts, 'ada', '192.0.2.1')),
    [0, 0, 0, 0, 0, 0],
  );
});

test('half an hour without a guess forgets them', () => {
  for (const [pause, wait] of [
    [30 * 60_000, 2],
    [30 * 60_000 + 1, 0],
  ] as const) {
    const attempts = new Attempts();
    for (let at = 0; at < 5; at++) wrong(attempts, 'ada', '192.0.2.1');
    assert.equal(wrong(attempts, 'ada', '192.0.2.1', start + pause), 0);
    assert.equal(attempts.wait('ada', '192.0.2.1', start + pause), wait);
  }
});

test('wrong keys: twenty of an address and a hundred and twenty of a network are free', () => {
  const first = (most: number, address: (at: number) => string): number => {
    const attempts = new Attempts();
    return many(most, (at) => attempts.wrongKey(address(at), start) ?? 0).findIndex((wait) => wait > 0);
  };
  assert.equal(
    first(40, () => '192.0.2.1'),
    20,
  );
  assert.equal(
    first(40, (at) => `192.0.2.${at}`),
    -1,
  );
  assert.equal(
    first(200, (at) => `2001:db8:0:${at}::1`),
    120,
  );
  const attempts = new Attempts();
  many(20, () => attempts.wrongKey('192.0.2.1', start) ?? 0);
  assert.deepEqual(
    many(3, () => attempts.wrongKey('192.0.2.1', start) ?? 0),
    [2, 4, 8],
  );
  assert.equal(attempts.wait('ada', '192.0.2.1', start), 0, 'keys are no passwords');
});
