import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitsSegment } from './documented.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.'), maxLength: 10 });

test('a segment fits a template as the regular expression of it would say', () => {
  fc.assert(
    fc.property(
      letters,
      fc.array(fc.string({ unit: fc.constantFrom('a', '-', '.'), maxLength: 2 }), { minLength: 2, maxLength: 5 }),
      (segment, texts) => {
        const escaped = texts.map((text) => text.replaceAll('.', String.raw`\.`));
        assert.equal(fitsSegment(segment, texts), new RegExp(`^${escaped.join('.+')}$`).test(segment));
      },
    ),
    { seed: 18, numRuns: 5_000 },
  );
});

test('a template with many parameters in one segment costs no more than the segment is long', () => {
  for (const between of ['-', '', 'a', '--']) {
    const texts = [...Array.from({ length: 200 }, () => between), 'z'];
    const before = process.cpuUsage();
    for (const segment of ['-'.repeat(256), 'a'.repeat(256), '-a'.repeat(128)]) fitsSegment(segment, texts);
    const { user } = process.cpuUsage(before);
    assert.ok(user < 200_000, `${user} µs`);
  }
});
