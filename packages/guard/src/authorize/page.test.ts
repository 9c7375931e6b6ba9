import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import { answeredPage, compileItemCap, page } from './page.ts';
import { countRecords } from './records.ts';

const core = { settings: { withheldStatus: 502 } } as unknown as GuardCore;
const capped = { castellan: { page: { limit: 'limit', max: 2 } } } as unknown as Operation;
const free = { castellan: {} } as unknown as Operation;

test('how many records an answer holds', () => {
  for (const [value, count] of [
    [[], 0],
    [[1, 2, 3], 3],
    [[{ a: [1, 2] }, { a: [] }], 2],
    [
      [
        [1, 2],
        [3, 4],
      ],
      2,
    ],
    [[[{}, {}], [{}]], 3],
    [[[null, {}], 1], 3],
    [[[[{}], [{}]]], 2],
    [null, 0],
    ['text', 0],
    [7, 0],
    [{}, 1],
    [{ id: 1 }, 1],
    [{ items: [] }, 0],
    [{ items: [1, 2], total: 9 }, 2],
    [{ few: [1], many: [1, 2, 3] }, 3],
    [{ many: [1, 2, 3], few: [1] }, 3],
    [{ data: { items: [1, 2] } }, 2],
    [{ data: { items: [1, 2] }, links: [1, 2, 3] }, 3],
    [{ data: null, a: { b: { c: [1] } } }, 1],
  ] as const)
    assert.equal(countRecords(value), count, JSON.stringify(value));
});

test('what may be asked for', () => {
  const ask = (limit: unknown): Refusal | undefined =>
    page.compile(core, capped)?.({ parameters: { query: { limit } } } as unknown as Exchange) as Refusal | undefined;
  for (const good of [undefined, 0, 1, 2]) assert.equal(ask(good), undefined, String(good));
  for (const bad of [3, -1, '2', null, [1], Number.NaN]) assert.equal(ask(bad)?.reason, 'page-limit', String(bad));
  assert.deepEqual(ask(3)?.errors, [
    {
      pointer: '/query/limit',
      keyword: 'maximum',
      message: 'must be at most 2, and not below 0',
      mend: 'ask for 2 or fewer',
    },
  ]);
  assert.equal(page.compile(core, free), undefined);
});

test('what may be answered, at once or item by item', () => {
  const check = answeredPage.compile(core, capped, {} as never, 200);
  const of = (value: unknown): unknown => check?.({} as Exchange, value, 0);
  assert.deepEqual([of([1, 2]), of({ items: [1] }), of(7)], [undefined, undefined, undefined]);
  const withheld = { type: 'response-withheld', status: 502, reason: 'page-over-limit' };
  assert.deepEqual(of([1, 2, 3]), { ...withheld, log: '3 items, at most 2 may be answered' });
  const cap = compileItemCap(core, capped);
  assert.deepEqual([cap?.(1), cap?.(2)], [undefined, undefined]);
  assert.deepEqual(cap?.(3), { ...withheld, log: 'more than 2 items are streamed' });
  assert.deepEqual(
    [answeredPage.compile(core, free, {} as never, 200), compileItemCap(core, free)],
    [undefined, undefined],
  );
});
