import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import { importDocuments } from '../inventory/import-documents.ts';
import { openStore, type Store } from '../store/open.ts';
import { correctTemplate } from './corrections.ts';
import { recognise, lineReader } from './formats/index.ts';
import { importTraffic } from './import-traffic.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-traffic-'));
let store: Store;
before(async () => {
  store = await openStore({ url: 'memory:', clock: () => Date.UTC(2026, 10, 29) });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

async function seen(): Promise<string[]> {
  const rows = await store.db.selectFrom('sightings').selectAll().orderBy('template').orderBy('method').execute();
  await store.db.deleteFrom('sightings').execute();
  return rows.map(
    (row) => `${row.api} ${row.host} ${row.method} ${row.template} ${row.documented} ${row.day} ${row.hits}`,
  );
}

const line = (request: string, status = 200): string =>
  `10.0.0.1 - ada [29/Nov/2026:23:30:12 -0100] "${request}" ${status} 17 "-" "curl/8"`;

// promise: sightings-without-values
test('an nginx log with garbage in it: every line is counted once, as awk counts them', async () => {
  const lines = Array.from({ length: 5_000 }, (_, n) =>
    n % 33 === 0
      ? `\u0016\u0003\u0001 token=${'s'.repeat(40)}${n}`
      : line(`${n % 3 === 0 ? 'POST' : 'GET'} /orders/${n}?key=secret HTTP/1.1`, n % 5 === 0 ? 503 : 200),
  );
  const file = write('access.log', `${lines.join('\n')}\n\n`);
  const {
    format,
    lines: all,
    read,
    garbage,
    samples,
  } = await importTraffic(store, file, { environment: 'production' });
  const awk = (program: string): number => Number(execFileSync('awk', [program, file], { encoding: 'utf8' }));
  assert.equal(format, 'nginx');
  assert.deepEqual(
    [all, read, garbage],
    [
      awk('NF > 0 { n++ } END { print n }'),
      awk('/HTTP/ { n++ } END { print n }'),
      awk('NF > 0 && !/HTTP/ { n++ } END { print n }'),
    ],
  );
  assert.equal(samples.length, 5);
  assert.equal(JSON.stringify(samples).includes('ssss'), false);
  const failed = await store.db
    .selectFrom('sightings')
    .select(({ fn }) => fn.sum<number>('failed').as('n'))
    .executeTakeFirstOrThrow();
  assert.equal(Number(failed.n), awk('/ 503 17 / { n++ } END { print n }'));
  assert.deepEqual(await seen(), [
    `  GET /orders/{orderId} false 2026-11-30 ${awk('/"GET/ { n++ } END { print n }')}`,
    `  POST /orders/{orderId} false 2026-11-30 ${awk('/"POST/ { n++ } END { print n }')}`,
  ]);
});

test('each format is recognised and read to the same', async () => {
  const forms: Readonly<Record<string, string>> = {
    nginx: line('GET /a/7?x=1 HTTP/1.1'),
    vhost: `api.example.com:443 ${line('GET /a/7 HTTP/1.1')}`,
    envoy:
      '[2026-11-30T00:30:12.000Z] "GET /a/7?x=1 HTTP/2" 200 - 0 17 3 2 "-" "curl/8" "4a-1" "api.example.com" "10.0.0.2:80"',
    envoyDetails:
      '[2026-11-30T00:30:12.000Z] "GET /a/7 HTTP/2" 200 - via_upstream - "-" 0 17 3 2 "-" "curl \\"x\\"" "4a-1" "api.example.com" "10.0.0.2:80"',
    alb: 'h2 2026-11-30T00:30:12.100000Z app/x/1 10.0.0.1:2817 10.0.0.2:80 0.001 0.002 0.000 200 200 34 17 "GET https://api.example.com:443/a/7?x=1 HTTP/2.0" "curl" - -',
    json: '{"time":"2026-11-30T00:30:12Z","request_method":"GET","request_uri":"/a/7?x=1","status":200,"host":"API.example.com","body_bytes_sent":17}',
    nested: '{"ts":1795998612.5,"req":{"method":"GET","url":"https://api.example.com/a/7"},"res":{"statusCode":200}}',
  };
  for (const [name, text] of Object.entries(forms)) {
    const { read, garbage } = await importTraffic(store, write(`${name}.log`, `${text}\n${text}`), {});
    assert.deepEqual([read, garbage], [2, 0], name);
    const [row] = await seen();
    assert.equal(row?.replace('api.example.com', ''), '  GET /a/{aId} false 2026-11-30 2', name);
  }
  assert.equal(recognise(['hello', 'world']), undefined);
  assert.equal(recognise(['{"a":1}']), undefined);
  const mapped = lineReader('json', { method: 'm', path: 'p.q', status: 's' })('{"m":"put","p":{"q":"/x"},"s":"204"}');
  assert.deepEqual([mapped?.method, mapped?.target, mapped?.status], ['PUT', '/x', 204]);
  await importTraffic(store, write('access.log.gz', gzipSync(`${line('GET /zip HTTP/1.1')}\n`)), {});
  assert.deepEqual(await seen(), ['  GET /zip false 2026-11-30 1']);
});

test('what a document names is counted as documented, by the host and base path of its servers', async () => {
  const document = write(
    'openapi.json',
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Users', version: '1' },
      servers: [{ url: 'https://users.example.com/v1' }],
      paths: Object.fromEntries(
        ['/users/{name}', '/users/me', '/files/{name}.{ext}'].map((path) => [
          path,
          { get: { responses: { 200: { description: '' } } } },
        ]),
      ),
    }),
  );
  await importDocuments(store, [{ source: document }]);
  const request = (path: string, status = 200): string =>
    JSON.stringify({ method: 'GET', path, status, host: 'users.example.com', time: '2026-11-29T00:00:00Z' });
  const paths = [
    '/v1/users/ada',
    '/v1/users/me',
    '/v1/users/bob',
    '/v1/files/a.txt',
    '/v1/internal/dump',
    '/wp-login.php',
    '/.env',
  ];
  await importTraffic(
    store,
    write('users.log', paths.map((path) => request(path, path.startsWith('/v1') ? 200 : 404)).join('\n')),
    {},
  );
  assert.deepEqual(await seen(), [
    'users users.example.com GET (not found) false 2026-11-29 2',
    'users users.example.com GET /files/{name}.{ext} true 2026-11-29 1',
    'users users.example.com GET /users/me true 2026-11-29 1',
    'users users.example.com GET /users/{name} true 2026-11-29 2',
    'users users.example.com GET /v1/internal/dump false 2026-11-29 1',
  ]);
});

test('a damaged HAR gives the entries that are whole; a Postman collection gives its requests', async () => {
  const entry = (id: number): object => ({
    startedDateTime: '2026-11-29T10:00:00Z',
    time: 12,
    request: { method: 'GET', url: `https://h.example.com/things/${id}?token=s"}{`, bodySize: 0 },
    response: { status: 200, content: { size: 5, text: '}{"]' } },
  });
  const whole = JSON.stringify({ log: { version: '1.2', entries: [entry(1), entry(2), { request: 7 }, entry(3)] } });
  for (const [text, read, garbage] of [
    [whole, 3, 1],
    [whole.slice(0, -60), 2, 2],
    [whole.slice(0, 20), 0, 1],
  ] as const) {
    const result = await importTraffic(store, write('x.har', text), { format: 'har' });
    assert.deepEqual([result.read, result.garbage], [read, garbage]);
  }
  assert.deepEqual(await seen(), [' h.example.com GET /things/{thingId} false 2026-11-29 5']);
  const collection = {
    info: { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: [
      { item: [{ request: { method: 'POST', url: { raw: '{{base}}/users/:id/keys?a=b' } } }] },
      { request: 'https://p.example.com/ping' },
      { request: {} },
    ],
  };
  const result = await importTraffic(store, write('postman.json', JSON.stringify(collection)), {});
  assert.deepEqual([result.format, result.read, result.garbage], ['postman', 2, 1]);
  assert.deepEqual(await seen(), [
    ' p.example.com GET /ping false 2026-11-29 1',
    '  POST /users/{userId}/keys false 2026-11-29 1',
  ]);
});

test('a template that somebody corrects puts together what was seen, and is remembered', async () => {
  const log = (): string =>
    write('few.log', ['ada', 'bob', 'me'].map((name) => line(`GET /people/${name} HTTP/1.1`)).join('\n'));
  await importTraffic(store, log(), {});
  assert.equal(await correctTemplate(store, '', '/people/me'), 0);
  assert.equal(await correctTemplate(store, '', '/people/{name}'), 3);
  assert.deepEqual(await seen(), ['  GET /people/{name} false 2026-11-30 3']);
  await importTraffic(store, log(), { environment: 'another' });
  assert.deepEqual(await seen(), ['  GET /people/me false 2026-11-30 1', '  GET /people/{name} false 2026-11-30 2']);
  for (const wrong of ['people', '/a b', '/{a', '/x{y}', ''])
    await assert.rejects(
      correctTemplate(store, '', wrong),
      (error) => error instanceof CastellanError && error.code === 'template',
    );
});
