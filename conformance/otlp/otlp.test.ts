// What a guard sends to a collector is what the messages of OTLP hold, whatever became of the requests.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { guarded, token } from '../../packages/guard/test/guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-otlp-'));
after(() => rmSync(folder, { recursive: true }));
const messages = JSON.parse(readFileSync(new URL('./otlp.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;
const requests: Readonly<Record<string, string>> = {
  '/v1/traces': 'ExportTraceServiceRequest',
  '/v1/metrics': 'ExportMetricsServiceRequest',
  '/v1/logs': 'ExportLogsServiceRequest',
};

const simple: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  double: (value) => typeof value === 'number',
  uint32: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32,
  uint64: (value) =>
    typeof value === 'string' ? /^\d{1,20}$/.test(value) && BigInt(value) < 2n ** 64n : Number.isSafeInteger(value),
  id16: (value) => typeof value === 'string' && /^[\da-f]{32}$/.test(value) && !/^0+$/.test(value),
  id8: (value) => typeof value === 'string' && /^[\da-f]{16}$/.test(value) && !/^0+$/.test(value),
};

function issues(value: unknown, type: string, path: string): readonly string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((one, at) => issues(one, type.slice(0, -2), `${path}/${at}`));
  }
  const highest = /^enum (\d+)$/.exec(type)?.[1];
  if (highest !== undefined)
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= Number(highest)
      ? []
      : [`${path} is none of its values`];
  const isOne = simple[type];
  if (isOne !== undefined) return isOne(value) ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
  const fields = messages[type];
  if (fields === undefined || typeof value !== 'object' || value === null) return [`${path} is no ${type}`];
  return Object.entries(value).flatMap(([name, inner]) =>
    fields[name] === undefined
      ? [`${path}/${name} is no field of ${type}`]
      : issues(inner, fields[name], `${path}/${name}`),
  );
}

test('traces, metrics and logs are messages of OTLP', { timeout: 60_000 }, async () => {
  const received: (readonly [path: string, body: unknown])[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      received.push([request.url ?? '', JSON.parse(body)]);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  after(() => collector.close());
  const server = await guarded(
    {
      telemetry: { otlp: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` },
      trustedProxies: ['127.0.0.1'],
      audit: { dir: join(folder, 'audit') },
    },
    (request, response) => {
      if (request.url?.includes('fail') === true) throw new Error('not today');
      if (request.url?.includes('cut') === true) return void response.destroy();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"x","name":"x"}');
    },
  );
  const bearer = { authorization: `Bearer ${token}` };
  const traces = [
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    'nonsense',
    '',
  ];
  for (const path of ['/items/7', '/items/fail', '/items/cut', '/nowhere/4711', '/items/7?limit=x'])
    for (const method of ['GET', 'PUT', 'DELETE', 'PROPFIND'])
      for (const headers of [{}, bearer])
        for (const traceparent of traces)
          await fetch(server.url + path, {
            method,
            headers: { ...headers, ...(traceparent === '' ? {} : { traceparent }) },
          })
            .then((response) => response.arrayBuffer())
            .catch(() => undefined);
  await server.close();
  const wrong = received.flatMap(([path, body]) => issues(body, requests[path] ?? '', path));
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.deepEqual(new Set(received.map(([path]) => path)), new Set(Object.keys(requests)));
  const text = JSON.stringify(received);
  for (const part of [
    '"parentSpanId":"00f067aa0ba902b7"',
    'castellan.audit.head',
    'castellan.refused',
    'http.server.request.duration',
  ])
    assert.ok(text.includes(part), part);
});

test('what is no message of OTLP is found', () => {
  const span = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    kind: 2,
    startTimeUnixNano: '1',
  };
  assert.deepEqual(issues(span, 'Span', ''), []);
  for (const change of [
    { traceId: 'x' },
    { spanId: '0'.repeat(16) },
    { kind: 9 },
    { startTimeUnixNano: 1.5 },
    { start: 1 },
    { attributes: {} },
  ])
    assert.notDeepEqual(issues({ ...span, ...change }, 'Span', ''), [], JSON.stringify(change));
});
