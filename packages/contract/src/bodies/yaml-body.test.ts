// YAML bodies: what everybody reads alike is read, and what readers of 1.1 and 1.2 disagree on is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { compileDecoders } from './decoders.ts';
import { decodeYaml } from './yaml-body.ts';

const decode = compileDecoders({ 'application/yaml': decodeYaml }).of('application/yaml')?.decode;
function read(text: string | Uint8Array): unknown {
  const decoded = decode?.(typeof text === 'string' ? Buffer.from(text) : text);
  if (decoded === undefined) throw new Error('no decoder');
  return 'value' in decoded ? decoded.value : decoded.issues.map(({ keyword, pointer }) => `${keyword} ${pointer}`)[0];
}

const honest: Readonly<Record<string, unknown>> = {
  text: 'a note',
  version: '1.2.3',
  address: '10.0.0.1:80',
  id: '550e8400-e29b-41d4-a716-446655440000',
  day: '2026-01-31',
  time: '2026-01-31T10:00:00Z',
  whole: 42,
  below: -7,
  zero: 0,
  decimal: 1.25,
  truth: true,
  nothing: null,
  y: 'up',
  list: ['x', { in: 1 }, []],
  object: { empty: {} },
};
const quoted: readonly string[] = [
  'no',
  'on',
  '0777',
  '1:30',
  '1_000',
  '0x1f',
  '1e3',
  '.5',
  '~',
  'null',
  '',
  ' x',
  'a: b',
];

describe('YAML bodies', () => {
  for (const [name, value] of Object.entries(honest))
    for (const flow of [false, true])
      test(`read: ${name}${flow ? ', in flow style' : ''}`, () => {
        const text = stringify({ [name]: value }, { collectionStyle: flow ? 'flow' : 'block' });
        assert.deepEqual(read(text), { [name]: value });
      });
  for (const text of quoted)
    test(`read in quotes: '${text}'`, () => {
      assert.deepEqual(read(`a: ${JSON.stringify(text)}\n`), { a: text });
      assert.deepEqual(read(`a: '${text}'\n`), { a: text });
    });
  test('whole numbers beyond 2^53 stay exact, JSON is YAML', () => {
    assert.deepEqual(read('{"a": 12345678901234567890, "b": [1]}'), { a: 12345678901234567890n, b: [1] });
  });

  const doubtful = [
    'no',
    'Yes',
    'ON',
    'off',
    '0777',
    '0o17',
    '0x1F',
    '1_000',
    '1:30',
    '12:30:45',
    '1e3',
    '.5',
    '1.',
    '+1',
    '.inf',
    '=',
  ].map((word): [string, string] => [`a: ${word}`, 'yaml /a']);
  const others: readonly (readonly [text: string, issue: string])[] = [
    ['no: a', 'yaml '],
    ['a: &x 1\nb: *x', 'yaml /a'],
    ['a: {b: &x 1}\nc: *x', 'yaml /a/b'],
    ['a: !!str 1', 'yaml /a'],
    ['a: !include /etc/passwd', 'yaml /a'],
    ['<<: {a: 1}', 'yaml '],
    ['a: 1\na: 2', 'duplicate-key /a'],
    ['a: 1\n"a": 2', 'duplicate-key /a'],
    ['1: a', 'yaml '],
    ['? [a]\n: b', 'yaml '],
    ['__proto__: {a: 1}', 'forbidden-name '],
    ['%YAML 1.1\n---\na: 1', 'yaml '],
    ['a: 1\n---\nb: 2', 'yaml '],
    ['a: [', 'yaml '],
    [`a: ${'['.repeat(80)}${']'.repeat(80)}`, 'depth '],
    [`${'- '.repeat(80)}a`, 'depth '],
    [`a: "${'x'.repeat(70_000)}"`, 'too-large '],
  ];
  for (const [text, issue] of [...doubtful, ...others])
    test(`refused: ${text.slice(0, 40).replaceAll('\n', '⏎')}`, () => assert.equal(read(text), issue));
  test('refused: bytes that are no UTF-8', () => assert.equal(read(Uint8Array.of(0x61, 0x3a, 0x20, 0xff)), 'utf8 '));
});
