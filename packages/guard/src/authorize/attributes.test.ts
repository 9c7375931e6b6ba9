// Objects of the API as policies see them: each kind of value × each type that a schema may give it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CedarRecord,
  CedarSet,
  Composite,
  Datetime,
  Decimal,
  EntityRef,
  IpAddress,
  type RecordShape,
  type Shape,
  type Value,
} from '@castellan/policy/entities';
import { ApiRecord, Undecidable } from './attributes.ts';
import { idKey } from './same-id.ts';

const ids = new Map([['Folder', 'folderId']]);
const shapeOf = (attributes: Readonly<Record<string, Shape>>): RecordShape => ({
  kind: 'record',
  open: false,
  attributes: new Map(Object.entries(attributes).map(([name, shape]) => [name, { shape, required: false }])),
});
const kinds = {
  string: { kind: 'string' },
  bool: { kind: 'bool' },
  long: { kind: 'long' },
  decimal: { kind: 'decimal' },
  datetime: { kind: 'datetime' },
  ipaddr: { kind: 'ipaddr' },
  duration: { kind: 'duration' },
  note: { kind: 'entity', type: 'Note' },
  folder: { kind: 'entity', type: 'Folder' },
  texts: { kind: 'set', of: { kind: 'string' } },
  any: { kind: 'set', of: undefined },
  record: shapeOf({ a: { kind: 'string' } }),
} as const satisfies Readonly<Record<string, Shape>>;
type Kind = keyof typeof kinds;

/** The value as a policy sees it, in words; or that it cannot be decided on. */
function seen(kind: Kind, json: unknown): string {
  try {
    return told(new ApiRecord({ it: json }, shapeOf({ it: kinds[kind] }), ids).get('it'));
  } catch (error) {
    assert.ok(error instanceof Undecidable, String(error));
    assert.match(error.message, /^(?:it|a) /);
    return 'undecidable';
  }
}

function told(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof EntityRef) return `${value.type} ${value.id}`;
  if (value instanceof CedarSet) return `set ${[...value.values()].map(told).join(', ')}`;
  if (value instanceof CedarRecord)
    return `record ${value
      .entries()
      .map(([name, inner]) => `${name}: ${told(inner)}`)
      .join(', ')}`;
  if (value instanceof Datetime) return `datetime ${String(value.milliseconds)}`;
  if (value instanceof Decimal || value instanceof IpAddress)
    return `${value.constructor.name} ${JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))}`;
  return `${typeof value} ${String(value)}`;
}

const day = Date.parse('2024-02-03T00:00:00Z');
const rows: readonly (readonly [kind: Kind, json: unknown, seen: string])[] = [
  ['string', 'x', 'string x'],
  ['string', '', 'string '],
  ['string', 1, 'undecidable'],
  ['string', new Date(day), 'string 2024-02-03T00:00:00.000Z'],
  ['string', null, 'nothing'],
  ['string', undefined, 'nothing'],
  ['bool', true, 'boolean true'],
  ['bool', false, 'boolean false'],
  ['bool', 'true', 'undecidable'],
  ['bool', 0, 'undecidable'],
  ['long', 0, 'number 0'],
  ['long', -7, 'number -7'],
  ['long', 1.5, 'undecidable'],
  ['long', Number.NaN, 'undecidable'],
  ['long', 2 ** 53, 'undecidable'],
  ['long', '1', 'undecidable'],
  ['long', 7n, 'number 7'],
  ['long', 2n ** 63n - 1n, `bigint ${2n ** 63n - 1n}`],
  ['long', 2n ** 63n, 'undecidable'],
  ['long', -(2n ** 63n), `bigint ${-(2n ** 63n)}`],
  ['long', -(2n ** 63n) - 1n, 'undecidable'],
  ['decimal', true, 'undecidable'],
  ['decimal', 'x', 'undecidable'],
  ['decimal', 1.234567, 'undecidable'],
  ['datetime', '2024-02-03', `datetime ${day}`],
  ['datetime', '2024-02-03T01:02:03Z', `datetime ${day + 3_723_000}`],
  ['datetime', '2024-02-03t01:02:03z', `datetime ${day + 3_723_000}`],
  ['datetime', '2024-02-03T01:02:03.5+01:00', `datetime ${day + 123_500}`],
  ['datetime', new Date(day), `datetime ${day}`],
  ['datetime', new Date(Number.NaN), 'undecidable'],
  ['datetime', '2024-02-30T99:00:00Z', 'undecidable'],
  ['datetime', 'yesterday', 'undecidable'],
  ['datetime', '2024', 'undecidable'],
  ['datetime', day, 'undecidable'],
  ['ipaddr', 'x', 'undecidable'],
  ['ipaddr', 1, 'undecidable'],
  ['duration', 'PT1S', 'undecidable'],
  ['note', 'a', 'Note a'],
  ['note', 7, 'Note 7'],
  ['note', { id: 'a' }, 'Note a'],
  ['note', { id: 7 }, 'Note 7'],
  ['note', { id: true }, 'undecidable'],
  ['note', {}, 'undecidable'],
  ['note', Object.create({ id: 'a' }), 'undecidable'],
  ['note', true, 'undecidable'],
  ['note', new EntityRef('Note', 'a'), 'Note a'],
  ['note', new EntityRef('Folder', 'a'), 'undecidable'],
  ['string', new EntityRef('Note', 'a'), 'undecidable'],
  ['folder', { folderId: 'f' }, 'Folder f'],
  ['folder', { id: 'f' }, 'undecidable'],
  ['texts', ['a', 'b'], 'set string a, string b'],
  ['texts', ['a', null], 'set string a'],
  ['texts', [], 'set '],
  ['texts', ['a', 1], 'undecidable'],
  ['texts', 'a', 'undecidable'],
  ['texts', { 0: 'a' }, 'undecidable'],
  ['any', ['a', true, 1], 'set string a, boolean true, number 1'],
  ['any', [1.5], 'undecidable'],
  ['any', [{}], 'undecidable'],
  ['record', { a: 'x' }, 'record a: string x'],
  ['record', { a: 'x', b: 'y' }, 'record a: string x'],
  ['record', { a: 1 }, 'undecidable'],
  ['record', {}, 'record '],
  ['record', [], 'undecidable'],
  ['record', 'x', 'undecidable'],
];
for (const [kind, json, expected] of rows)
  test(`a ${kind} of ${typeof json === 'bigint' ? String(json) : JSON.stringify(json)} is ${expected}`, () =>
    assert.equal(seen(kind, json), expected));

test('decimals and addresses are those that Cedar reads', () => {
  for (const [json, text] of [
    [1, '1.0'],
    [-12, '-12.0'],
    [1.25, '1.25'],
    ['3', '3.0'],
    ['3.1', '3.1'],
  ] as const) {
    const read = new ApiRecord({ it: json }, shapeOf({ it: kinds.decimal }), ids).get('it');
    assert.deepEqual(read, Decimal.parse(text), String(json));
  }
  const address = new ApiRecord({ it: '10.0.0.1/8' }, shapeOf({ it: kinds.ipaddr }), ids).get('it');
  assert.deepEqual(address, IpAddress.parse('10.0.0.1/8'));
});

test('what Cedar made already stays as it is', () => {
  const made = Decimal.parse('1.5');
  assert.ok(made instanceof Composite);
  assert.equal(new ApiRecord({ it: made }, shapeOf({ it: kinds.string }), ids).get('it'), made);
});

test('what the schema does not name is not there, nor what the object has from elsewhere', () => {
  const record = new ApiRecord({ a: 'x', b: 'y' }, shapeOf({ a: kinds.string, toString: kinds.string }), ids);
  assert.deepEqual([record.get('a'), record.get('b'), record.get('toString')], ['x', undefined, undefined]);
  assert.deepEqual(record.entries(), [['a', 'x']]);
});

test('a value is converted once', () => {
  const record = new ApiRecord({ a: { a: 'x' }, b: { a: 'y' } }, shapeOf({ a: kinds.record, b: kinds.record }), ids);
  const [a, b] = [record.get('a'), record.get('b')];
  assert.notEqual(a, b);
  assert.deepEqual([record.get('a') === a, record.get('b') === b], [true, true]);
});

test('what an object leaves out is told, but not that it is null or unknown', () => {
  const told_: string[] = [];
  const absent = (name: string): number => {
    let count = 0;
    const record = new ApiRecord(
      { a: 'x', n: null },
      shapeOf({ a: kinds.string, n: kinds.string, out: kinds.string }),
      ids,
      () => {
        count += 1;
      },
    );
    record.get(name);
    if (count > 0) told_.push(name);
    return count;
  };
  assert.deepEqual([absent('a'), absent('n'), absent('out'), absent('unknown')], [0, 0, 1, 0]);
  assert.deepEqual(told_, ['out']);
});

test('ids are one by their letters, UUIDs whatever their case', () => {
  const uuid = '0190A5D8-7B1C-7F00-8000-00000000ABCD';
  assert.equal(idKey(uuid), idKey(uuid.toLowerCase()));
  for (const id of ['ABC', `${uuid}0`, uuid.replaceAll('-', ''), `x${uuid}`]) assert.equal(idKey(id), id);
});
