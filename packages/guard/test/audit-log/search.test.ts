// What the index finds is what a plain scan of all lines finds: questions and logs are made at random.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { decisions } from '../../src/audit/log/decision.ts';
import { parseIndexed, readIndexed, type Indexed } from '../../src/audit/log/index-builder.ts';
import { indexedAtOnce } from '../../src/audit/log/indexed-line.ts';
import type { Query } from '../../src/audit/log/query.ts';
import { countMatches, searchLog } from '../../src/audit/log/search.ts';
import { LogWriter } from '../../src/audit/log/writer.ts';
import { logFolder } from './lines.ts';

/** A sequence of numbers that is the same each time (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const start = Date.UTC(2026, 0, 1);
const names = ['ada', 'bob', 'ünï ☃', 'a"b\\c', '', 'p-0123', 'x'.repeat(300)];
const operations = ['getOrder', 'listOrders', '', 'GET /a/{b}', 'constructor', '__proto__'];
const types = ['Order', 'Note', 'toString'];

/** An event that is as unlike the one before as events are. */
function line(at: number, pick: (below: number) => number): string {
  const object = (): object => ({ type: types[pick(3)], ...(pick(4) === 0 ? {} : { id: `o${pick(9)}` }) });
  const refused = [undefined, 'authorize', 'release', 'handler', 'authenticate'][pick(5)];
  const who = names[pick(names.length)];
  return JSON.stringify({
    class_uid: 6003,
    // Clocks go back: what is later in the log need not be later.
    time: start + at * 500 - pick(20_000),
    metadata: { uid: `request-${pick(4) === 0 ? at - 1 : at}` },
    api: { operation: operations[pick(operations.length)] },
    actor: who === '' ? {} : pick(5) === 0 ? { user: { name: 'unknown', type_id: 0 } } : { user: { uid: who } },
    ...(pick(9) === 0 ? {} : { http_response: { code: [200, 201, 404, 500, 0][pick(5)] } }),
    unmapped: {
      castellan: {
        ...(pick(9) === 0 ? { begun: true } : {}),
        ...(refused === undefined
          ? { allowed: Array.from({ length: pick(4) }, () => ({ action: 'a', policies: [], object: object() })) }
          : { refused: { stage: refused, type: pick(2) === 0 ? 'response-withheld' : 'forbidden', object: object() } }),
        ...(pick(6) === 0 ? { observed: [{ stage: 'authorize', type: 'forbidden', object: object() }] } : {}),
        mode: 'enforce',
      },
    },
  });
}

function log(seed: number, events: number, compress: boolean, close: boolean): string {
  const pick = random(seed);
  const directory = logFolder();
  let now = start;
  const writer = new LogWriter(
    {
      directory,
      sync: false,
      segmentBytes: 20_000 + pick(60_000),
      segmentAge: 1e9,
      headInterval: 1e9,
      compress,
      retention: {},
    },
    () => now,
  );
  for (let at = 0; at < events;) {
    const lines = Array.from({ length: Math.min(1 + pick(40), events - at) }, (_, one) => line(at + one, pick));
    at += lines.length;
    now += 1000;
    writer.append(Buffer.from(`${lines.join('\n')}\n`), lines.length);
  }
  if (close) writer.close();
  else after(() => writer.close());
  return directory;
}

interface Scanned {
  readonly line: string;
  readonly record: Indexed;
}

/** Every event of a log, the last one first. */
function scan(directory: string): readonly Scanned[] {
  const numbers = [
    ...new Set(readdirSync(directory).flatMap((file) => /^(\d{9})\.jsonl/.exec(file)?.[1] ?? [])),
  ].sort();
  return numbers
    .flatMap((number) => {
      const file = join(directory, `${number}.jsonl`);
      const bytes = existsSync(file) ? readFileSync(file) : zstdDecompressSync(readFileSync(`${file}.zst`));
      return bytes.toString().trimEnd().split('\n');
    })
    .flatMap((text) => {
      const record = parseIndexed(text);
      return record === undefined ? [] : [{ line: text, record }];
    })
    .toReversed();
}

function isAsked({ record }: Scanned, query: Query): boolean {
  const { id, principal, operation, resource, decision, from, to } = query;
  return (
    (id === undefined || record.id === id) &&
    (principal === undefined || record.principal === principal) &&
    (operation === undefined || record.operation === operation) &&
    (resource === undefined || record.objects.includes(resource)) &&
    (decision === undefined ? record.decision !== 'begun' || id !== undefined : record.decision === decision) &&
    (from === undefined || record.time >= from) &&
    (to === undefined || record.time < to)
  );
}

function question(pick: (below: number) => number, events: number): Query {
  const some = <T>(make: () => T): T | undefined => (pick(3) === 0 ? make() : undefined);
  return {
    id: pick(8) === 0 ? `request-${pick(events + 5)}` : undefined,
    principal: some(() => names[pick(names.length)] ?? 'nobody'),
    operation: some(() => operations[pick(operations.length)] ?? 'none'),
    resource: some(() => `${types[pick(3)]}${pick(2) === 0 ? '' : ` o${pick(11)}`}`),
    decision: some(() => decisions[pick(decisions.length)] ?? 'allowed'),
    from: some(() => start + (pick(events + 100) - 50) * 500),
    to: some(() => start + (pick(events + 100) - 50) * 500),
  };
}

const questions = process.env['CASTELLAN_WHOLE'] === '1' ? 400 : 120;

for (const [seed, events, compress, close] of [
  [1, 3000, true, true],
  [2, 1500, false, true],
  [3, 1200, true, false],
  [4, 1, true, true],
] as const)
  test(
    `${events} events, ${compress ? 'compressed' : 'as lines'}${close ? '' : ', while they are written'}: ${questions} questions`,
    { timeout: 120_000 },
    () => {
      const directory = log(seed, events, compress, close);
      const all = scan(directory);
      assert.equal(all.length, events);
      const pick = random(seed + 100);
      let found = 0;
      for (let one = 0; one < questions; one++) {
        const query = question(pick, events);
        const wanted = all.filter((scanned) => isAsked(scanned, query)).map((scanned) => scanned.line);
        const matches = [...searchLog(directory, query)].map((match) => match.line);
        assert.deepEqual(matches, wanted, JSON.stringify(query));
        assert.equal(countMatches(directory, query), wanted.length, JSON.stringify(query));
        found += wanted.length;
      }
      assert.ok(events < 100 || found > questions, 'questions find something');
    },
  );

test('what is read of a line at once is what parsing it gives', { timeout: 60_000 }, () => {
  const pick = random(7);
  const texts = [
    'ada',
    'a"b',
    'a\\b',
    '"time":1,',
    ',"metadata":{"version":"1.5.0","uid":"x"',
    '"allowed":[',
    '"refused":{',
    'ü',
    '\n',
    '',
    '{',
    '}',
    '"object":{"type":"X","id":"y"}',
    '"http_response":{"code":500}',
    '"actor":{"user":{"uid":"eve"}}',
  ];
  const one = (): string => texts[pick(texts.length)] ?? '';
  let quick = 0;
  for (let at = 0; at < 20_000; at++) {
    const object = (): object => ({ type: one(), ...(pick(2) === 0 ? {} : { id: one() }) });
    const parts: readonly (readonly [string, unknown])[] = [
      ['mode', 'enforce'],
      ...(pick(20) === 0 ? [['begun', true] as const] : []),
      ...(pick(3) === 0 ? [['explained', one()] as const] : []),
      ...(pick(3) === 0 ? [['undocumented', [{ what: one(), places: [one()], object: object() }]] as const] : []),
      ...(pick(3) === 0
        ? [
            [
              'allowed',
              Array.from({ length: pick(3) }, () => ({ action: one(), policies: [one()], object: object() })),
            ] as const,
          ]
        : []),
      ...(pick(10) === 0
        ? [['refused', { stage: 'authorize', type: one(), log: one(), object: object() }] as const]
        : []),
      ...(pick(10) === 0 ? [['observed', [{ stage: 'release', type: one() }]] as const] : []),
      ...(pick(5) === 0 ? [['failure', one()] as const] : []),
      ...(pick(20) === 0 ? [['objects', [object()]] as const] : []),
    ];
    const line = JSON.stringify({
      class_uid: pick(20) === 0 ? 4002 : 6003,
      category_uid: 6,
      time: pick(20) === 0 ? one() : start + at,
      duration: pick(9),
      metadata: { version: '1.5.0', uid: one(), product: { name: one() } },
      api: { operation: one(), version: one(), service: { name: one() } },
      actor:
        pick(4) === 0
          ? { user: { name: 'unknown', type_id: 0 } }
          : { user: { uid: one() }, session: { uid: one(), issuer: one() } },
      src_endpoint: { ip: one() },
      http_request: { http_method: 'GET', url: { path: one() } },
      ...(pick(9) === 0 ? {} : { http_response: { code: [200, 404, 500, 0][pick(4)] } }),
      unmapped: { castellan: Object.fromEntries(parts) },
    });
    const parsed = parseIndexed(line);
    assert.deepEqual(readIndexed(line), parsed, line);
    if (indexedAtOnce(line) !== undefined) quick += 1;
  }
  assert.ok(quick > 300, `${quick} lines were read at once`);
});
