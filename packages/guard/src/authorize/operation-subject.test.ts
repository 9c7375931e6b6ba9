// The ids that a request names, and what names none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from '../exchange.ts';
import { decidedIds, idsIn } from './operation-subject.ts';

const exchange = (value: unknown, query: object = {}, path: object = {}, subject?: string): Exchange =>
  ({
    value,
    parameters: { query, path },
    auth: subject === undefined ? undefined : { subject },
  }) as unknown as Exchange;

test('ids by path, query and body; a value that is no id makes the whole about any object', () => {
  const rows: readonly (readonly [source: string, asked: Exchange, decided: readonly string[] | undefined])[] = [
    ['path.id', exchange(undefined, {}, { id: 'a' }), ['a']],
    ['path.a.b', exchange(undefined, {}, { 'a.b': 7 }), ['7']],
    ['path.id', exchange({ id: 'x' }, { id: 'y' }), undefined],
    ['query.id', exchange(undefined, { id: 'a' }), ['a']],
    ['query.ids', exchange(undefined, { ids: ['a', 'b', 'a'] }), ['a', 'b']],
    ['query.ids', exchange(undefined, { ids: [] }), undefined],
    ['body.id', exchange({ id: 'a' }), ['a']],
    ['body.id', exchange({ id: 9_007_199_254_740_993n }), ['9007199254740993']],
    ['body.id', exchange({ id: 0 }), ['0']],
    ['body.id', exchange([{ id: 'a' }, { id: 'b' }]), ['a', 'b']],
    ['body.id', exchange([{ id: 'a' }, {}]), undefined],
    ['body.id', exchange([]), undefined],
    ['body.a.ids', exchange({ a: { ids: ['x', 2] } }), ['x', '2']],
    ['body.a.ids', exchange({ a: [{ ids: ['x'] }, { ids: ['y'] }] }), ['x', 'y']],
    ['body.toString', exchange({}), undefined],
    ...[null, '', true, {}, [null], ['a', ''], undefined].map(
      (id) => ['body.id', exchange({ id }), undefined] as const,
    ),
    ['body.id', exchange(null), undefined],
    ['body.id', exchange('id'), undefined],
    ['auth.subject', exchange(undefined, {}, {}, 'ada'), ['ada']],
    ['auth.subject', exchange(undefined), []],
  ];
  for (const [source, asked, decided] of rows)
    assert.deepEqual(decidedIds(asked, source), decided, `${source} of ${String(asked.value)}`);
  // What is named beside something that is no id is still named.
  assert.deepEqual(idsIn(exchange([{ id: 'a' }, { id: null }, { id: 'a' }]), 'body.id'), ['a']);
  assert.deepEqual(idsIn(exchange(undefined, {}, {}, 'ada'), 'auth.subject'), ['ada']);
});
