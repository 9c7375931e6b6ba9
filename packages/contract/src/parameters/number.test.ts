// promise: exact-coercion
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactNumber, integerOf, numberOf } from './number.ts';
import { Refused } from './refused.ts';

const keywordOf = (value: unknown): unknown => (value instanceof Refused ? value.keyword : value);

test('integers have one notation', () => {
  for (const [text, value] of [
    ['0', 0],
    ['-0', 0],
    ['7', 7],
    ['-42', -42],
    ['999999999999999', 999_999_999_999_999],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
  ] as const) {
    assert.equal(integerOf(text), value, text);
    assert.equal(numberOf(text), value, text);
  }
  assert.ok(Object.is(integerOf('-0'), 0));
  for (const text of [
    '',
    '-',
    '+1',
    '01',
    '-01',
    '00',
    '1.0',
    '1e3',
    '0x10',
    ' 5',
    '5 ',
    '1_000',
    '1,000',
    '٣',
    'NaN',
    'Infinity',
    '--1',
    '1-',
    '9007199254740993x',
    '1\n',
    '１',
  ]) {
    assert.equal(keywordOf(integerOf(text)), 'type', JSON.stringify(text));
  }
  assert.equal(keywordOf(integerOf('9'.repeat(65))), 'precision');
  assert.equal(integerOf('9'.repeat(64)), BigInt('9'.repeat(64)));
  assert.equal(keywordOf(integerOf('9'.repeat(1 << 20))), 'precision');
});

test('numbers are JSON numbers without exponent', () => {
  for (const [text, value] of [
    ['1.5', 1.5],
    ['-0.25', -0.25],
    ['0.0', 0],
    ['-0.00', 0],
    ['1.0', 1],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.10000000000000001', 0.1],
    ['100.000000000000000000', 100],
    ['9007199254740993.0', 9_007_199_254_740_993n],
  ] as const) {
    assert.equal(numberOf(text), value, text);
  }
  for (const text of [
    '',
    '.',
    '.5',
    '5.',
    '1.2.3',
    '1e3',
    '1E-3',
    '0x1.8',
    '+1.0',
    ' 1.0',
    '1.0 ',
    '1,5',
    '01.5',
    '-.5',
    '1.-5',
    'NaN',
    'Infinity',
    'true',
  ]) {
    assert.equal(keywordOf(numberOf(text)), 'type', JSON.stringify(text));
  }
  assert.equal(keywordOf(numberOf('100.00000000000000001')), 'precision');
  assert.equal(keywordOf(numberOf(`0.${'1'.repeat(100)}`)), 'precision');
});

test('numbers in JSON: exact, or refused', () => {
  for (const [text, value] of [
    ['1e3', 1000],
    ['1E-7', 1e-7],
    ['-1.5e+2', -150],
    ['1e21', 1e21],
    ['0e400', 0],
    ['0.0e-400', 0],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', Number.MIN_VALUE],
    ['12345678901234567890', 12_345_678_901_234_567_890n],
  ] as const) {
    assert.equal(exactNumber(text), value, text);
  }
  assert.equal(keywordOf(exactNumber('1e400')), 'range');
  assert.equal(keywordOf(exactNumber('-1e400')), 'range');
  assert.equal(keywordOf(exactNumber('1e-400')), 'range');
  assert.equal(keywordOf(exactNumber('1e-999999999')), 'range');
  assert.equal(keywordOf(exactNumber('1.234567890123456789')), 'precision');
});

test('what JavaScript prints, numberOf and exactNumber read back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = Object.is(value, -0) ? '-0' : JSON.stringify(value);
      const read = exactNumber(text);
      assert.ok(!(read instanceof Refused), text);
      assert.equal(Number(read), value);
      if (!text.includes('e')) assert.equal(Number(numberOf(text)), value === 0 ? 0 : value);
    }),
    { seed: 3, numRuns: 20_000 },
  );
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const text = String(value);
      if (text.length > 64) return;
      assert.equal(BigInt(integerOf(text) as number | bigint), value);
    }),
    { seed: 3, numRuns: 5_000 },
  );
});
