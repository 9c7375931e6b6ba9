import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import fc from 'fast-check';
import { openStore, type Store } from '../store/open.ts';
import { readHar } from './formats/har.ts';
import { harExchanges } from './har-exchanges.ts';
import { importTraffic, trafficFormatOf, type TrafficFormat } from './import-traffic.ts';
import { sampleOf } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-files-'));
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => Date.UTC(2026, 10, 29) });
});
beforeEach(async () => {
  for (const table of ['sightings', 'traffic', 'imports'] as const) await store.db.deleteFrom(table).execute();
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const line = (n: number): string =>
  `10.0.0.1 - - [29/Nov/2026:10:00:${String(n % 60).padStart(2, '0')} +0000] "GET /things/${n} HTTP/1.1" 200 17 "-" "curl/8"`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `${line(from + n)}\n`).join('');

async function hits(): Promise<number> {
  const rows = await store.db.selectFrom('sightings').select('hits').execute();
  return rows.reduce((sum, row) => sum + row.hits, 0);
}

// promise: imported-once
test('a log that grows, is rotated, renamed and compressed is counted once, wherever it was cut', async () => {
  const text = lines(0, 400);
  for (const cut of [1, 60, 1_000, 7_777, text.length - 1, text.length]) {
    await store.db.deleteFrom('sightings').execute();
    await store.db.deleteFrom('imports').execute();
    const file = write('access.log', text.slice(0, cut));
    // Not even one line is whole at first.
    await importTraffic(store, file, { format: 'nginx' }).catch((error: unknown) =>
      assert.equal((error as CastellanError).code, 'traffic-format'),
    );
    writeFileSync(file, text);
    await importTraffic(store, file, {});
    assert.ok(Math.abs((await hits()) - 400) <= 1, `cut at ${cut}: ${await hits()}`);
    const seen = await hits();
    for (const again of [
      write('access.log.1', text),
      write('access.log.2.gz', gzipSync(text)),
      write('access.log.3.zst', zstdCompressSync(text)),
      write('no-ending', gzipSync(text)),
    ]) {
      const { known, lines: read } = await importTraffic(store, again, {});
      assert.deepEqual([known, read], [text.length, 0]);
    }
    assert.equal(await hits(), seen);
    appendFileSync(file, lines(400, 450));
    const grown = await importTraffic(store, file, {});
    assert.deepEqual([grown.known, grown.read], [text.length, 50]);
    assert.equal(await hits(), seen + 50);
  }
});

test('what only begins alike, and the same file of another environment or API, is counted', async () => {
  const first = write('a.log', lines(0, 100));
  const other = write('b.log', lines(0, 50) + lines(500, 550));
  await importTraffic(store, first, { environment: 'production' });
  assert.equal((await importTraffic(store, other, { environment: 'production' })).read, 100);
  assert.equal((await importTraffic(store, first, { environment: 'staging' })).read, 100);
  assert.equal((await importTraffic(store, first, { environment: 'staging', api: 'shop' })).read, 100);
  assert.equal((await importTraffic(store, first, { environment: 'staging', api: 'shop' })).read, 0);
  const har = JSON.stringify({
    log: { entries: [{ request: { method: 'GET', url: 'https://h/x' }, response: { status: 200 } }] },
  });
  assert.equal((await importTraffic(store, write('x.har', har), {})).read, 1);
  assert.equal((await importTraffic(store, write('y.har', har), {})).read, 0);
});

test('a format that is not that of the file is one line with the fix, and nothing is recorded', async () => {
  const files: Readonly<Record<string, string>> = {
    nginx: lines(0, 9),
    json: '{"method":"GET","path":"/a","status":200}\n',
    envoy: '[2026-11-30T00:30:12.000Z] "GET /a/7?x=1 HTTP/2" 200 - 0 17 3 2 "-" "c" "4a" "h" "10.0.0.2:80"\n',
    har: '{"log":{"entries":[{"request":{"method":"GET","url":"https://h/x"},"response":{"status":200}}]}}',
  };
  for (const [is, text] of Object.entries(files))
    for (const said of ['nginx', 'json', 'envoy', 'alb', 'har', 'postman'] as const) {
      const file = write(`is-${is}`, text);
      assert.equal(trafficFormatOf(file), is);
      if (said === is) continue;
      await assert.rejects(importTraffic(store, file, { format: said as TrafficFormat }), (error) => {
        assert.ok(error instanceof CastellanError, `${is} as ${said}`);
        assert.equal(error.code, 'traffic-format');
        assert.match(error.message, new RegExp(`is ${said}; it looks like ${is}: write --format ${is}`));
        return true;
      });
    }
  assert.equal(await hits(), 0);
  await assert.rejects(
    importTraffic(store, write('own.log', '{"verb":"GET"}\n'), { format: 'json' }),
    /name its members with --map/,
  );
  await assert.rejects(
    importTraffic(store, write('cut.gz', gzipSync(lines(0, 90)).subarray(0, 100)), { format: 'nginx' }),
    /compressed file is damaged or not complete/,
  );
});

// promise: garbage-without-secrets
test('three lines in a hundred that are garbage are counted, and what is shown of them holds no secret', async () => {
  const secret = 'hunter2swordfish';
  const forms = [
    `password=${secret}`,
    `{"token":"${secret}"}`,
    `Authorization: Bearer ${secret}`,
    `password ${secret}`,
    `GET /x?key=${secret}`,
    `user ada@${secret}.example.com said ${secret.toUpperCase()}42`,
    `cookie: a=b; session=${secret}`,
    `\u0016\u0003\u0001${secret}${secret}`,
    `api_key '${secret}'`,
    `eyJhbGciOiJIUzI1NiJ9.${secret}.x`,
  ];
  for (const form of forms) assert.doesNotMatch(sampleOf(form), /hunter2|swordfish/i, form);
  const text = Array.from({ length: 2_000 }, (_, n) => (n % 33 === 0 ? (forms[n % forms.length] ?? '') : line(n)));
  const result = await importTraffic(store, write('dirty.log', text.join('\n')), {});
  assert.deepEqual([result.lines, result.garbage, result.read], [2_000, 61, 1_939]);
  assert.doesNotMatch(JSON.stringify(await store.db.selectFrom('imports').selectAll().execute()), /swordfish/);
});

/** A line of each format, and what makes its date one that there is not. */
const makers: Readonly<
  Record<string, { readonly line: (n: number) => string; readonly date?: [RegExp, readonly string[]] }>
> = {
  nginx: {
    line,
    date: [
      /29\/Nov\/2026:10/,
      ['32/Nov/2026:10', '00/Nov/2026:10', '29/Foo/2026:10', '29/Nov/2026:25', '29/Nov/20x6:10'],
    ],
  },
  vhost: { line: (n) => `api.example.com:443 ${line(n)}`, date: [/Nov/, ['nov', '\u0000ov', '---']] },
  envoy: {
    line: (n) => `[2026-11-29T00:30:12.000Z] "GET /a/${n}?x=1 HTTP/2" 200 - 0 17 3 2 "-" "c" "4a" "h" "10.0.0.2:80"`,
    date: [/2026-11-29T00/, ['2026-13-29T00', '2026-11-29T99', '2026-xx-29T00']],
  },
  alb: {
    line: (n) =>
      `h2 2026-11-29T00:30:12.100000Z app/x/1 10.0.0.1:2817 10.0.0.2:80 0.001 0.002 0.000 200 200 34 17 "GET https://api.example.com:443/a/${n} HTTP/2.0" "curl" - -`,
    date: [/11-29T/, ['31-31T', '11-xxT']],
  },
  json: {
    line: (n) =>
      JSON.stringify({
        time: 1_795_998_612_500 * ([1, 1e3, 1e6, 1e-3, 1e200][n % 5] ?? 1),
        method: 'GET',
        uri: `/a/${n}`,
        status: 200,
        bytes: n % 7 === 0 ? 1e308 : 17,
      }),
  },
};
const strangeText = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 200 })
  .map((text) => text.replaceAll(/[\n\r]/g, '\u0007'));

test('whatever stands between the lines of a log, whatever its format and encoding: good lines are counted, the rest is counted and sampled', async () => {
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    plain: (text) => Buffer.from(text),
    'CRLF, byte order mark': (text) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`),
    'UTF-16, little end first': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16, big end first, compressed': (text) => gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
  };
  const rounds = process.env['CASTELLAN_WHOLE'] === '1' ? 40 : 1;
  let round = 0;
  for (const [name, { line: good, date }] of Object.entries(makers))
    for (const [encoding, encoded] of Object.entries(encodings)) {
      round += 1;
      const others = Object.entries(makers).filter(
        ([other]) => (other === 'vhost' ? 'nginx' : other) !== (name === 'vhost' ? 'nginx' : name),
      );
      const garbage = fc.oneof(
        strangeText.filter((text) => text.trim() !== ''),
        // Cut before all of it was said.
        fc
          .tuple(fc.nat(999), fc.double({ min: 0.02, max: 0.4, noNaN: true }))
          .map(([n, part]) => good(n).slice(0, Math.ceil(good(n).length * part))),
        fc.constantFrom(
          'x'.repeat(70_000),
          `${good(1)}${' tail'.repeat(20_000)}`,
          '{"a":',
          '"',
          '[]',
          'null',
          '-',
          '\u0000'.repeat(40),
        ),
        fc.tuple(fc.nat(999), fc.constantFrom(...others)).map(([n, [, other]]) => other.line(n)),
        ...(date === undefined
          ? []
          : [fc.tuple(fc.nat(999), fc.constantFrom(...date[1])).map(([n, by]) => good(n).replace(date[0], by))]),
      );
      const bad = fc.sample(garbage, { seed: round, numRuns: 9 * rounds });
      const all = [...Array.from({ length: 291 * rounds }, (_, n) => good(n)), ...bad].map((text, n) => ({
        text,
        at: (n * 7_919) % (300 * rounds),
      }));
      const text = all
        .toSorted((a, b) => a.at - b.at)
        .map((one) => one.text)
        .join('\n');
      await store.db.deleteFrom('sightings').execute();
      const file = write(`mixed-${round}.log`, encoded(text));
      const {
        lines,
        read,
        garbage: counted,
        samples,
      } = await importTraffic(store, file, { environment: `mixed-${round}` });
      assert.deepEqual([lines, read, counted], [300 * rounds, 291 * rounds, 9 * rounds], `${name}, ${encoding}`);
      assert.equal(samples.length, 5);
      assert.equal(await hits(), 291 * rounds, `${name}, ${encoding}`);
    }
});

/** Entries as Chrome, Firefox and others write them. */
function entryOf(n: number): object {
  const request = {
    method: 'POST',
    url: `https://h.example.com/things/${n}`,
    headers: [{ name: 'a', value: '{"x' }],
    bodySize: 3,
    postData: { mimeType: 'application/json', text: `{"a":"}{][\\"${n}"}` },
  };
  const content =
    n % 2 === 0
      ? { size: 5, mimeType: 'text/plain', encoding: 'base64', text: 'aGVs{"bG8' }
      : { size: 5, text: '}{"]' };
  const response = { status: [200, 404, 0][n % 3], content, headers: [] };
  const startedDateTime = '2026-11-29T10:00:00Z';
  if (n % 3 === 0)
    return {
      _initiator: { type: 'script', stack: { callFrames: [{ functionName: 'f', url: '' }] } },
      request,
      response,
      startedDateTime,
      time: 1,
    };
  if (n % 3 === 1)
    return { pageref: 'p', startedDateTime, request, response, cache: {}, timings: { send: 0 }, time: 12 };
  return { startedDateTime, time: n % 4 === 0 ? 1e308 : 3, request, response };
}

test('of a HAR that is damaged anywhere every entry is read that is whole, and what is not is counted', () => {
  const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const damage = fc.tuple(
    at,
    fc.nat(120),
    fc.constantFrom('', '', '\u0000\u0001', '}}]]', '"', '{[', '\\', 'x'.repeat(9)),
    fc.constantFrom(undefined, 1, 2),
    fc.boolean(),
  );
  fc.assert(
    fc.property(damage, fc.boolean(), ([place, length, by, indent, isCut], isMarked) => {
      const made = Array.from({ length: 12 }, (_, n) => JSON.stringify(entryOf(n), undefined, indent));
      let text = `${isMarked ? '\ufeff' : ''}{"log":{"version":"1.2","pages":[{"startedDateTime":"2026-11-29T10:00:00Z","id":"p"}],"entries":[`;
      const first = text.length;
      const spans = made.map((one, n) => {
        if (n > 0) text += ', ';
        const from = text.length;
        text += one;
        return [from, text.length] as const;
      });
      text += ']}}';
      const from = first + Math.floor(place * (text.length - first));
      const to = isCut ? text.length : from + length;
      const damaged = text.slice(0, from) + (isCut ? '' : by) + text.slice(to);
      const whole = spans.filter(([begin, end]) => end <= from || begin >= to).length;
      const found = [...readHar(damaged)];
      const garbage = found.filter((one) => 'garbage' in one).length;
      const read = found.length - garbage;
      assert.ok(
        read >= whole && read <= 12,
        `${read} of ${whole} at ${from}, ${length}: ${damaged.slice(from - 60, from + 60)}`,
      );
      assert.ok(garbage <= 12 - whole + 2, `${garbage} of ${12 - whole}`);
      assert.ok(harExchanges(damaged).reduce((sum, one) => sum + one.exchanges.length, 0) >= whole);
    }),
    { seed: 18, numRuns: process.env['CASTELLAN_WHOLE'] === '1' ? 20_000 : 300 },
  );
});

test('an entry of a HAR with a wrong type at any place is read or counted, and nothing that is kept is strange', async () => {
  const strange = fc.constantFrom<unknown>(
    null,
    7,
    -1,
    1e308,
    [],
    {},
    'x',
    true,
    '\u0000',
    '\ud800',
    'https://',
    'x'.repeat(70_000),
    '+275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  );
  const changed = (value: unknown, path: readonly number[], by: unknown): unknown => {
    const [at, ...rest] = path;
    if (at === undefined || typeof value !== 'object' || value === null) return by;
    const keys = Object.keys(value);
    const key = keys[at % Math.max(1, keys.length)];
    if (key === undefined) return by;
    const copy = structuredClone(value) as Record<string, unknown>;
    if (rest.length === 0 && by === undefined) delete copy[key];
    else copy[key] = changed(copy[key], rest, by);
    return copy;
  };
  const forms = fc.sample(
    fc.tuple(
      fc.nat(11),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
      fc.oneof(strange, fc.constant(undefined)),
    ),
    { seed: 18, numRuns: 200 },
  );
  const entries = [
    ...forms.map(([n, path, by]) => changed(entryOf(n), path, by)),
    ...Array.from({ length: 9 }, (_, n) => entryOf(n)),
  ];
  const nested = `{"startedDateTime":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const text = JSON.stringify({ log: { entries } }).replace(/\]\}\}$/, `,${nested}]}}`);
  const { lines, read, garbage } = await importTraffic(store, write('types.har', text), {});
  assert.deepEqual([lines, read + garbage], [entries.length + 1, lines]);
  assert.ok(read >= 9 && garbage > 9, `${read} ${garbage}`);
  assert.equal(await hits(), read);
  for (const row of await store.db.selectFrom('sightings').selectAll().execute()) {
    assert.match(row.day, /^\d{4}-\d\d-\d\d$/);
    assert.ok(row.bytes_out <= Number.MAX_SAFE_INTEGER && row.duration <= Number.MAX_SAFE_INTEGER);
    assert.ok(row.last_seen.getTime() <= Date.UTC(2026, 10, 30));
  }
});
