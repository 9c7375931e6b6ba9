import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import { openStore, type Store } from '../store/open.ts';
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
