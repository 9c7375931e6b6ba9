import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntityRef } from '@castellan/policy/entities';
import fc from 'fast-check';
import { plainName, plainValue } from './cedar-json.ts';

const text = fc.constantFrom('ada', '__proto__', '', 'a b');
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));

test('what has no escape stays as it is, at any depth', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__other'), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => assert.deepEqual(plainValue(value), value)),
    { seed: 2 },
  );
});

test('an escape is read at any depth, and one that is malformed spoils all of it', () => {
  const right = fc.oneof(
    fc.tuple(text, text).map(([type, id]) => [{ __entity: { type, id } }, new EntityRef(type, id)] as const),
    fc
      .tuple(fc.constantFrom('datetime', 'decimal', 'ip', 'duration'), text)
      .map(([fn, arg]) => [{ __extn: { fn, arg } }, arg] as const),
  );
  const wrong = fc.constantFrom<unknown>(
    { __entity: 'ada' },
    { __entity: { type: 'User' } },
    { __entity: { type: 'User', id: 7 } },
    { __entity: { type: 'User', id: 'ada' }, more: 1 },
    { __extn: '2020-01-01' },
    { __extn: { fn: 'eval', arg: 'x' } },
    { __extn: { fn: 'datetime' } },
    { __expr: 'User::"ada"' },
  );
  const within = fc.constantFrom<(value: unknown) => unknown>(
    (value) => value,
    (value) => [value],
    (value) => ({ a: value }),
    (value) => ({ a: [1, { b: value }] }),
  );
  fc.assert(
    fc.property(right, within, ([written, read], put) => assert.deepEqual(plainValue(put(written)), put(read))),
    { seed: 2 },
  );
  fc.assert(
    fc.property(wrong, within, (written, put) => assert.equal(plainValue(put(written)), undefined)),
    { seed: 2 },
  );
});

test('a name may have its escape', () => {
  const name = { type: 'User', id: 'ada' };
  assert.deepEqual(
    [plainName(name), plainName({ __entity: name }), plainName({ __entity: name, id: 'x' }), plainName('ada')],
    [name, name, undefined, 'ada'],
  );
});
