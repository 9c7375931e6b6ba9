import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { GuardCore } from '../core.ts';
import { Exchange } from '../exchange.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { ItemGate } from './release-head.ts';
import type { Release, Released } from './release.ts';
import { ItemStream } from './items.ts';
import { compileRuling } from './ruling.ts';

const core = { settings: { maxResponse: 100, withheldStatus: 502 } } as unknown as GuardCore;
const exchangeOf = (): Exchange => new Exchange('1', {} as IncomingRequest, 0, 0, undefined);
const refusal = { type: 'response-withheld', reason: 'schema' } as const;
const pass: Released = { action: 'pass' };
const passAscii: Released = { action: 'pass', ascii: true };
const passWeak: Released = { action: 'pass', weak: true };
const replace: Released = { action: 'replace', body: 'x', contentType: undefined };
const withhold: Released = { action: 'withhold', refusal };

/** A release that decides so, and the bodies that it saw. */
function releaseOf(decided: Released, later = false): { readonly release: Release; readonly seen: string[] } {
  const seen: string[] = [];
  const release: Release = {
    head: () => decided,
    body(_exchange, _status, _type, body) {
      seen.push(typeof body === 'string' ? body : Buffer.from(body).toString());
      return later ? Promise.resolve(decided) : decided;
    },
  };
  return { release, seen };
}

const rows: readonly (readonly [decided: Released, observed: Released, noted: number])[] = [
  [pass, pass, 0],
  [passAscii, passAscii, 0],
  [passWeak, pass, 0],
  [replace, pass, 0],
  [withhold, pass, 1],
];
for (const [decided, observed, noted] of rows)
  test(`what was decided, ${JSON.stringify(decided)}, under both modes`, async () => {
    for (const later of [false, true])
      for (const observes of [false, true]) {
        const { release } = releaseOf(decided, later);
        const ruling = compileRuling(core, release, observes);
        const expected = observes ? observed : decided;
        for (const rule of [
          (exchange: Exchange) => ruling.head(exchange, 200, 'a/b'),
          (exchange: Exchange) => ruling.body(exchange, 200, 'a/b', 'body', undefined),
        ]) {
          const exchange = exchangeOf();
          assert.deepEqual(await rule(exchange), expected);
          const notes = observes ? noted : 0;
          assert.deepEqual(
            exchange.observed ?? [],
            Array.from({ length: notes }, () => ({ stage: 'release', refusal })),
          );
        }
      }
  });

test('what needs its body needs it under both modes', () => {
  for (const observes of [false, true]) {
    const release: Release = { head: () => 'check', body: () => pass };
    assert.equal(compileRuling(core, release, observes).head(exchangeOf(), 200, undefined), 'check');
  }
});

test('a body that is coded is read for the check, and leaves as it came', async () => {
  const coded = gzipSync('plain');
  for (const [coding, body, saw, decided, expected] of [
    [undefined, 'plain', 'plain', passAscii, passAscii],
    ['identity', 'plain', 'plain', passAscii, passAscii],
    [' Identity ', 'plain', 'plain', passAscii, passAscii],
    ['gzip', '', '', pass, pass],
    // Its characters are no longer one byte each.
    ['gzip', coded, 'plain', passAscii, pass],
    ['gzip', coded, 'plain', replace, replace],
    ['gzip', coded, 'plain', withhold, withhold],
  ] as const)
    for (const later of [false, true]) {
      const { release, seen } = releaseOf(decided, later);
      const outcome = await compileRuling(core, release, false).body(exchangeOf(), 200, 'a/b', body, coding);
      assert.deepEqual([seen, outcome], [[saw], expected], `${coding} ${later}`);
    }
});

test('a coded body that cannot be read, or is longer than a response may be, does not leave', async () => {
  for (const [coding, body, reason] of [
    ['gzip', 'plain', 'content-encoding'],
    ['zip', 'plain', 'content-encoding'],
    ['gzip', gzipSync('x'.repeat(100)), undefined],
    ['gzip', gzipSync('x'.repeat(101)), 'response-over-limit'],
  ] as const)
    for (const observes of [false, true]) {
      const exchange = exchangeOf();
      const outcome = await compileRuling(core, releaseOf(pass).release, observes).body(
        exchange,
        200,
        'a/b',
        body,
        coding,
      );
      const refused = { type: 'response-withheld' as const, status: 502, reason: reason ?? '' };
      const withheld: Released = reason === undefined || observes ? pass : { action: 'withhold', refusal: refused };
      assert.deepEqual(outcome, withheld, `${coding} ${observes}`);
      assert.equal(exchange.observed?.length ?? 0, observes && reason !== undefined ? 1 : 0);
    }
});

test('a body over the limit', () => {
  const { release } = releaseOf(pass);
  const outcome = compileRuling(core, release, false).overLimit(exchangeOf());
  assert.deepEqual(outcome, {
    action: 'withhold',
    refusal: { type: 'response-withheld', status: 502, reason: 'response-over-limit' },
  });
  assert.deepEqual(compileRuling(core, release, true).overLimit(exchangeOf()), pass);
});

test('items: one that may not leave ends the stream, or is noted once', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  let asked = 0;
  /** Lets two chunks through, and nothing after them. */
  const open = (): ItemGate => {
    let count = 0;
    const push = (chunk: Uint8Array): ReturnType<ItemGate['push']> => {
      asked += 1;
      return ++count > 2 ? { bytes: bytes(''), refusal } : { bytes: chunk, refusal: undefined };
    };
    return { push, end: () => push(bytes('end')) };
  };
  const release: Release = { head: () => ({ action: 'items', open }), body: () => pass };
  for (const observes of [false, true]) {
    const exchange = exchangeOf();
    const head = compileRuling(core, release, observes).head(exchange, 200, 'a/b');
    assert.ok(head !== 'check' && head.action === 'items');
    const stream = new ItemStream(head.open(), exchange);
    asked = 0;
    const left = ['1', '2', '3', '4'].map((text) => stream.push(bytes(text)));
    const last = stream.end();
    const texts = [...left, last].map((one) => Buffer.from(one.bytes).toString());
    const cut = [...left, last].map((one) => one.cut);
    if (observes) {
      assert.deepEqual(
        [texts, cut],
        [
          ['1', '2', '3', '4', ''],
          [false, false, false, false, false],
        ],
      );
      assert.deepEqual([exchange.observed, exchange.verdict, asked], [[{ stage: 'release', refusal }], undefined, 3]);
    } else {
      assert.deepEqual(
        [texts, cut],
        [
          ['1', '2', '', '', ''],
          [false, false, true, true, true],
        ],
      );
      assert.deepEqual([exchange.observed, exchange.verdict], [undefined, { stage: 'release', refusal }]);
    }
  }
  // One that only the end shows.
  const exchange = exchangeOf();
  const head = compileRuling(core, release, true).head(exchange, 200, 'a/b');
  assert.ok(head !== 'check' && head.action === 'items');
  const gate = head.open();
  for (const text of ['1', '2']) gate.push(bytes(text));
  assert.deepEqual([Buffer.from(gate.end().bytes).toString(), exchange.observed?.length], ['', 1]);
});
