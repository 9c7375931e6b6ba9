import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDictionary, type BareItem } from './structured-fields.ts';

/** What is read, as plain values: an item, or a list of items with its text. */
function read(text: string): unknown {
  const members = parseDictionary(text);
  if (members === undefined) return undefined;
  const plain = ({ type, value }: BareItem): string => `${type} ${type === 'bytes' ? value.toString('hex') : value}`;
  const all = (parameters: ReadonlyMap<string, BareItem>): string[] =>
    [...parameters].map(([name, value]) => `${name}: ${plain(value)}`);
  return Object.fromEntries(
    [...members].map(([name, member]) => [
      name,
      'item' in member
        ? [plain(member.item), ...all(member.parameters)]
        : {
            items: member.items.map(({ item, parameters }) => [plain(item), ...all(parameters)]),
            parameters: all(member.parameters),
            text: member.text,
          },
    ]),
  );
}

const values: readonly (readonly [written: string, meant: string])[] = [
  ['1', 'number 1'],
  ['-1.25', 'number -1.25'],
  ['999999999999999', 'number 999999999999999'],
  ['"a \\"b\\" \\\\"', 'string a "b" \\'],
  ['""', 'string '],
  ['token/x:y*', 'token token/x:y*'],
  ['*t', 'token *t'],
  ['?1', 'boolean true'],
  ['?0', 'boolean false'],
  [':AQID:', 'bytes 010203'],
  ['::', 'bytes '],
];
for (const [written, meant] of values)
  test(`the value ${written}`, () => {
    assert.deepEqual(read(`a=${written}`), { a: [meant] });
    assert.deepEqual(read(`a=1;p=${written}`), { a: ['number 1', `p: ${meant}`] });
    assert.deepEqual(read(`a=(${written} 2);p=${written}`), {
      a: { items: [[meant], ['number 2']], parameters: [`p: ${meant}`], text: `(${written} 2);p=${written}` },
    });
  });

const whole: readonly (readonly [written: string, meant: unknown])[] = [
  ['', {}],
  ['   ', {}],
  ['  a=1', { a: ['number 1'] }],
  ['a=1 \t,\t b=2  ', { a: ['number 1'], b: ['number 2'] }],
  ['a=1;x', { a: ['number 1', 'x: boolean true'] }],
  ['a=1;  x;y=2', { a: ['number 1', 'x: boolean true', 'y: number 2'] }],
  ['*k-.9_=1', { '*k-.9_': ['number 1'] }],
  ['a=()', { a: { items: [], parameters: [], text: '()' } }],
  ['a=(  1   2  )', { a: { items: [['number 1'], ['number 2']], parameters: [], text: '(  1   2  )' } }],
  [
    'a=("x";y);z',
    { a: { items: [['string x', 'y: boolean true']], parameters: ['z: boolean true'], text: '("x";y);z' } },
  ],
  ['a=(1), b=2', { a: { items: [['number 1']], parameters: [], text: '(1)' }, b: ['number 2'] }],
];
for (const [written, meant] of whole)
  test(`a dictionary: ${JSON.stringify(written)}`, () => assert.deepEqual(read(written), meant));

for (const none of [
  'a',
  'a;x',
  'a=1 b=2',
  'a=1,',
  'a=1, ',
  'a=1,,b=2',
  ',a=1',
  'a=1,a=2',
  '\ta=1',
  'a=1;x ;y',
  'a=1;=2',
  'a=1;x=1;x=1',
  'a=(1',
  'a=(1,2)',
  'a=("a"1)',
  'a=((1))',
  'a=(1;)',
  'a=(1);x=',
  'a="\\a"',
  'a="ä"',
  'a=:A:B:',
  'a=:*:',
  'a=?',
  'a=-',
  'a=(-)',
  'a=é',
  'Ä=1',
])
  test(`no dictionary: ${JSON.stringify(none)}`, () => assert.equal(read(none), undefined));

test('lengths and counts: at the limit and one over it', () => {
  const members = (count: number): string => Array.from({ length: count }, (_, at) => `k${at}=1`).join(',');
  const items = (count: number): string => `a=(${Array.from({ length: count }, () => '1').join(' ')})`;
  const parameters = (count: number): string => `a=1${Array.from({ length: count }, (_, at) => `;k${at}`).join('')}`;
  for (const written of [members, items, parameters]) {
    assert.notEqual(parseDictionary(written(64)), undefined, written(1));
    assert.equal(parseDictionary(written(65)), undefined, written(1));
  }
  assert.notEqual(parseDictionary(`a="${'x'.repeat(8192 - 4)}"`), undefined);
  assert.equal(parseDictionary(`a="${'x'.repeat(8193 - 4)}"`), undefined);
});
