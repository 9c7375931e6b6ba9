// promise: one-json
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonExactly } from './json-exact.ts';
import { parseJson, parseJsonText } from './json.ts';
import { scanJson } from './json-scan.ts';
import { bodyLimits } from './limits.ts';

function outcome(result: ReturnType<typeof parseJson>): unknown {
  return 'value' in result
    ? { value: result.value }
    : result.issues.map((issue) => `${issue.pointer} ${issue.keyword}`);
}

const parse = (text: string | Uint8Array, limits?: Parameters<typeof parseJson>[1]): unknown =>
  outcome(parseJson(typeof text === 'string' ? Buffer.from(text) : text, limits));

test('values are what JSON.parse makes of them', () => {
  for (const text of [
    'null',
    'true',
    ' 1 ',
    '-0',
    '1.0',
    '1e3',
    '1E-7',
    '"a\\u00e9\\n"',
    '[]',
    '{}',
    '{"a":{"b":[1,"x",null,{"c":false}]}}',
    '"\\ud83d\\ude00"',
    '"€😀"',
    '[ 1 , 2 ]\r\n\t',
  ]) {
    assert.deepEqual(parse(text), { value: JSON.parse(text) }, text);
  }
});

test('what has more than one reading is refused, with the place', () => {
  const rows: readonly [text: string, issue: string][] = [
    ['{"a":1,"a":2}', '/a duplicate-key'],
    ['{"a":1,"\\u0061":2}', '/a duplicate-key'],
    ['{"x":[{"a":{},"b":1,"a":{}}]}', '/x/0/a duplicate-key'],
    ['{"":1,"":2}', '/ duplicate-key'],
    ['{"a":{"b":1,"b":1},"a":{"b":1}}', '/a/b duplicate-key'],
    ['{"__proto__":1}', '/__proto__ forbidden-name'],
    ['{"a":{"\\u005f_proto__":{"admin":true}}}', '/a/__proto__ forbidden-name'],
    ['"\\ud800"', ' surrogate'],
    ['{"\\udc00":1}', ' surrogate'],
    ['"\\ude00\\ud83d"', ' surrogate'],
    ['1e400', ' range'],
    ['[1,-1e400]', '/1 range'],
    ['1e-400', ' range'],
    ['0.12345678901234567890', ' precision'],
    ['{} {}', ' json'],
    ['{}x', ' json'],
    ['', ' json'],
    ['{"a":1,}', '/a json'],
    ['[1,]', '/1 json'],
    ["{'a':1}", ' json'],
    ['{a:1}', ' json'],
    ['01', ' json'],
    ['+1', ' json'],
    ['.5', ' json'],
    ['1.', ' json'],
    ['NaN', ' json'],
    ['Infinity', ' json'],
    ['"a\nb"', ' json'],
    ['"\\x41"', ' json'],
    ['"\\u00g0"', ' json'],
    ['"abc', ' json'],
    ['// c\n1', ' json'],
    ['\u00a01', ' json'],
    ['\ufeff1', ' byte-order-mark'],
    ['nul', ' json'],
  ];
  for (const [text, issue] of rows) {
    const expected = issue === '/a json' || issue === '/1 json' ? /json$/ : undefined;
    const result = parse(text);
    assert.ok(Array.isArray(result), text);
    if (expected === undefined) assert.deepEqual(result, [issue], text);
    else assert.match(String(result[0]), expected);
  }
});

test('constructor, prototype and the like are plain properties', () => {
  const result = parseJson(Buffer.from('{"constructor":{"prototype":{"x":1}},"toString":2,"hasOwnProperty":3}'));
  assert.ok('value' in result);
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
  assert.equal(Object.getPrototypeOf(result.value), Object.prototype);
});

test('whole numbers beyond 2^53-1 are bigints, everything else in the document stays', () => {
  assert.deepEqual(parse('{"id":9007199254740993,"n":[1,2.5,"9007199254740993"],"m":-18446744073709551616}'), {
    value: { id: 9_007_199_254_740_993n, n: [1, 2.5, '9007199254740993'], m: -18_446_744_073_709_551_616n },
  });
  assert.deepEqual(parse('9007199254740991'), { value: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(parse('0.30000000000000004'), { value: 0.30000000000000004 });
});

test('long numbers are plain where JSON.parse reads what is meant, and what JavaScript writes is read so', () => {
  const digit = fc.constantFrom(...'0123456789');
  const digits = fc.array(digit, { minLength: 1, maxLength: 22 }).map((list) => list.join(''));
  const whole = digits.map((text) => text.replace(/^0+(?=.)/, ''));
  const literal = fc
    .tuple(
      fc.constantFrom('', '-'),
      whole,
      fc.constantFrom('', '0000000000', '00000000000000000000'),
      digits,
      fc.boolean(),
    )
    .map(([sign, before, zeros, after, fraction]) => `${sign}${before}${fraction ? `.${zeros}${after}` : ''}`);
  let plain = 0;
  fc.assert(
    fc.property(literal, (text) => {
      if (!scanJson(Buffer.from(text), bodyLimits(undefined)).plain) return;
      plain++;
      assert.deepEqual(parseJsonExactly(text, bodyLimits(undefined)), { value: JSON.parse(text) as unknown }, text);
    }),
    { numRuns: 20_000, seed: 20261129 },
  );
  assert.ok(plain > 5000, `${plain} were plain`);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(scanJson(Buffer.from(JSON.stringify([value])), bodyLimits(undefined)).plain, true, String(value));
    }),
    { numRuns: 5000, seed: 20261129 },
  );
});

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [
    [0x22, 0xc0, 0xaf, 0x22],
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xff, 0xfe, 0x31, 0x00],
    [0x22, 0xe2, 0x82],
  ]) {
    assert.deepEqual(parse(Uint8Array.from(bytes)), [' utf8']);
  }
  assert.deepEqual(outcome(parseJsonText('"\ud800"')), [' utf8']);
  assert.deepEqual(outcome(parseJsonText('{"a":1}')), { value: { a: 1 } });
  assert.deepEqual(outcome(parseJsonText('\ufeff1')), [' byte-order-mark']);
});

test('a view into a larger buffer is read within its bounds', () => {
  const whole = Buffer.from('xx{"a":1}yy');
  assert.deepEqual(parse(new Uint8Array(whole.buffer, whole.byteOffset + 2, 7)), { value: { a: 1 } });
});

test('limits hold while parsing', () => {
  assert.deepEqual(parse('[[[]]]', { maxDepth: 3 }), { value: [[[]]] });
  assert.deepEqual(parse('[[[[]]]]', { maxDepth: 3 }), ['/0/0/0 depth']);
  assert.deepEqual(parse('"[[[["', { maxDepth: 0 }), { value: '[[[[' });
  assert.deepEqual(parse('[1,2,3]', { maxNodes: 4 }), { value: [1, 2, 3] });
  assert.deepEqual(parse('[[],[],[]]', { maxNodes: 4 }), { value: [[], [], []] });
  assert.deepEqual(parse('[1,2,3]', { maxNodes: 3 }), ['/2 nodes']);
  assert.deepEqual(parse('"abcd"', { maxString: 4 }), { value: 'abcd' });
  assert.deepEqual(parse('"äöüß"', { maxString: 4 }), { value: 'äöüß' });
  assert.deepEqual(parse('"abcde"', { maxString: 4 }), [' too-long']);
  assert.deepEqual(parse('{"abcde":1}', { maxString: 4 }), [' too-long']);
  assert.deepEqual(parse('12345', { maxBytes: 4 }), [' too-large']);
  assert.deepEqual(parse('['.repeat(100_000)), [`${'/0'.repeat(64)} depth`]);
  assert.deepEqual((parse('['.repeat(100_000), { maxDepth: 1_000_000 }) as string[])[0]?.endsWith(' depth'), true);
});

test('messages never repeat the text', () => {
  const result = parseJson(Buffer.from('{"password":"hunter2" "x"}'));
  assert.ok('issues' in result && !JSON.stringify(result.issues).includes('hunter2'));
});

test('the fast way and the exact parser agree, and with JSON.parse, on valid documents', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
      const fast = parse(text);
      assert.deepEqual(fast, outcome(parseJsonExactly(text, bodyLimits(undefined))));
      if (!Array.isArray(fast) && !/\d{16}/.test(text)) assert.deepEqual(fast, { value: JSON.parse(text) });
    }),
    { seed: 3, numRuns: 5_000 },
  );
});

test('on damaged documents: never more lenient than JSON.parse, and both ways say the same', () => {
  const edit = fc.record({
    at: fc.nat(1000),
    remove: fc.nat(3),
    insert: fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '1e',
      '.',
      'e400',
      '\u0000',
      'u',
      '\\ud800',
      '\\u0061',
      '"a":1,',
      '12345678901234567',
      ' ',
      '\n',
      '__proto__',
      'é',
      't',
    ),
  });
  const limits = bodyLimits(undefined);
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.array(edit, { minLength: 1, maxLength: 4 }), (original, edits) => {
      let text = original;
      for (const { at, remove, insert } of edits) {
        const position = at % (text.length + 1);
        text = text.slice(0, position) + insert + text.slice(position + remove);
      }
      if (!text.isWellFormed()) return;
      const fast = parse(text);
      assert.deepEqual(fast, outcome(parseJsonExactly(text, limits)), text);
      let native: { value: unknown } | undefined;
      try {
        native = { value: JSON.parse(text) };
      } catch {
        native = undefined;
      }
      if (native === undefined) assert.ok(Array.isArray(fast), text);
      else if (!Array.isArray(fast) && !/\d{16}/.test(text)) assert.deepEqual(fast, native, text);
      else if (Array.isArray(fast)) assert.doesNotMatch(String(fast[0]), / json$/, text);
    }),
    { seed: 3, numRuns: 30_000 },
  );
});
