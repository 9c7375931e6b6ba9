import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { offsetOf, placedSpan } from './guard-time.ts';

const now = Date.UTC(2026, 10, 29, 12);
const year = 366 * 86_400_000;
const isDay = (day: string): boolean => new Date(Date.parse(day)).toISOString().slice(0, 10) === day;

test('whatever a clock says, ahead or behind, requests are of a day that was, and first comes before last', () => {
  const moment = fc.oneof(
    fc.integer({ min: now - 20 * year, max: now + 20 * year }),
    fc.maxSafeNat(),
    fc.constantFrom(0, 1, 8.64e15, 8.64e15 + 1, Number.MAX_SAFE_INTEGER),
  );
  const day = fc.oneof(
    fc.stringMatching(/^\d{4}-\d\d-\d\d$/),
    fc.constantFrom('2026-02-30', '2026-13-01', '0000-00-00', '9999-12-31', '2026-11-29'),
  );
  fc.assert(
    fc.property(moment, moment, moment, day, (time, first, last, said) => {
      const placed = placedSpan({ first, last }, said, offsetOf(time, now), now);
      assert.ok(0 <= placed.first && placed.first <= placed.last && placed.last <= now, JSON.stringify(placed));
      assert.ok(isDay(placed.day) && Date.parse(placed.day) <= now, placed.day);
    }),
    { seed: 18, numRuns: 5_000 },
  );
});

test('a clock that is right to a minute is believed; one that is off is put right by as much, in both directions', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -20 * year, max: 20 * year }),
      fc.nat(86_400_000),
      fc.nat(60_000),
      (off, age, length) => {
        // What the guard's clock says of requests that were `age` ago.
        const [first, last] = [now - age - length + off, now - age + off];
        const {
          first: begin,
          last: end,
          day,
        } = placedSpan({ first, last }, new Date(last).toISOString().slice(0, 10), offsetOf(now + off, now), now);
        const believed = Math.abs(off) <= 60_000;
        assert.equal(end, believed ? Math.min(last, now) : now - age);
        assert.equal(begin, believed ? Math.min(first, end) : now - age - length);
        if (!believed) assert.equal(day, new Date(now - age).toISOString().slice(0, 10));
      },
    ),
    { seed: 18, numRuns: 2_000 },
  );
});
