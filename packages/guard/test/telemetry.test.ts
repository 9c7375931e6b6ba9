// Traces, metrics and logs over a socket, as a collector reads them; and a collector that is away.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { guarded, token } from './guarded.ts';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Received {
  readonly path: string;
  readonly body: string;
}

/** A collector on a port of its own. @param status of each answer, in turn */
async function collector(...statuses: number[]) {
  const received: Received[] = [];
  let asked = 0;
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const status = statuses[asked++] ?? 200;
      if (status === 200) received.push({ path: request.url ?? '', body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () => void server.close(),
  };
}

const values = (list: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
const named = (received: readonly Received[], path: string): readonly Received[] =>
  received.filter((one) => one.path === path);

interface SpanBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Readonly<Record<string, unknown>> & { readonly attributes: readonly Attribute[] })[];
    }[];
  }[];
}

const ok = { headers: { authorization: `Bearer ${token}` } };

async function exchanges(url: string): Promise<void> {
  for (const [path, init] of [
    ['/items/7', ok],
    ['/items/7', {}],
    ['/nothing/4711', ok],
  ] as const)
    await (await fetch(url + path, init)).arrayBuffer();
}

const contract = {
  openapi: '3.2.0',
  info: { title: 'Measured', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: {
        operationId: 'getItem',
        responses: { 200: { description: 'It', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

test('spans, metrics and log records by the conventions of HTTP servers', async () => {
  const { received, url } = await collector();
  const server = await guarded({ contract, telemetry: { otlp: url } });
  await exchanges(server.url);
  await server.close();
  const [traces] = named(received, '/v1/traces');
  const { resourceSpans } = JSON.parse(traces?.body ?? '') as SpanBody;
  assert.equal(values(resourceSpans[0]?.resource.attributes ?? [])['service.name'], 'Measured');
  const spans = resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  assert.deepEqual(
    spans.map(({ name, kind }) => [name, kind]),
    [
      ['GET /items/{id}', 2],
      ['GET /items/{id}', 2],
      ['GET', 2],
    ],
  );
  for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of spans) {
    assert.match(String(traceId), /^[\da-f]{32}$/);
    assert.match(String(spanId), /^[\da-f]{16}$/);
    assert.ok(BigInt(String(endTimeUnixNano)) >= BigInt(String(startTimeUnixNano)));
    assert.match(String(startTimeUnixNano), /^\d{19}$/);
  }
  const [first, second, third] = spans.map(({ attributes }) => values(attributes));
  assert.deepEqual(
    [
      first?.['http.request.method'],
      first?.['http.route'],
      first?.['http.response.status_code'],
      first?.['error.type'],
    ],
    ['GET', '/items/{id}', '200', undefined],
  );
  assert.deepEqual(
    [second?.['http.response.status_code'], second?.['castellan.refused.stage'], second?.['castellan.refused.type']],
    ['401', 'authenticate', 'unauthenticated'],
  );
  assert.equal(third?.['http.route'], undefined);
  assert.doesNotMatch(JSON.stringify(received), /4711|items\/7/, 'no value of a request leaves');

  const metrics = JSON.parse(named(received, '/v1/metrics').at(-1)?.body ?? '') as {
    readonly resourceMetrics: readonly {
      readonly scopeMetrics: readonly { readonly metrics: readonly Readonly<Record<string, never>>[] }[];
    }[];
  };
  const all = metrics.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
  const duration = all.find(({ name }) => name === 'http.server.request.duration') as unknown as {
    readonly unit: string;
    readonly histogram: {
      readonly aggregationTemporality: number;
      readonly dataPoints: readonly {
        readonly count: string;
        readonly bucketCounts: readonly string[];
        readonly explicitBounds: readonly number[];
      }[];
    };
  };
  assert.equal(duration.unit, 's');
  assert.equal(duration.histogram.dataPoints.length, 3);
  for (const { count, bucketCounts, explicitBounds } of duration.histogram.dataPoints) {
    assert.equal(bucketCounts.length, explicitBounds.length + 1);
    assert.equal(
      bucketCounts.reduce((sum, one) => sum + Number(one), 0),
      Number(count),
    );
  }
  const logs = JSON.parse(named(received, '/v1/logs')[0]?.body ?? '') as {
    readonly resourceLogs: readonly {
      readonly scopeLogs: readonly {
        readonly logRecords: readonly {
          readonly severityText: string;
          readonly body: { readonly stringValue: string };
        }[];
      }[];
    }[];
  };
  assert.deepEqual(
    logs.resourceLogs[0]?.scopeLogs[0]?.logRecords.map(
      ({ severityText, body }) => `${severityText} ${body.stringValue}`,
    ),
    [
      'WARN GET /items/{id} 401: authenticate unauthenticated no-credential',
      'WARN GET 404: route not-found undocumented-path',
    ],
  );
  readByProtobuf(received);
});

/** Each body by the published messages of the protocol, where Python has them. */
function readByProtobuf(received: readonly Received[]): void {
  const program = `
import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
kinds = {'/v1/traces': ExportTraceServiceRequest, '/v1/metrics': ExportMetricsServiceRequest, '/v1/logs': ExportLogsServiceRequest}
for one in json.load(sys.stdin):
    json_format.Parse(one['body'], kinds[one['path']]())
print('read')`;
  const run = spawnSync('python3', ['-c', program], { input: JSON.stringify(received), encoding: 'utf8' });
  if (/No module named|ENOENT/.test(`${run.stderr}${run.error?.message ?? ''}`)) return;
  assert.equal(run.stdout, 'read\n', run.stderr);
}

test('a collector that is away, or takes nothing, costs no request and is told of once', async () => {
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', warned);
  const { received, url, asked } = await collector(503, 503, 503, 503, 503, 503);
  const server = await guarded({ contract, telemetry: { otlp: url, signals: ['traces'] } });
  await exchanges(server.url);
  await server.close();
  const closed = await collector();
  closed.close();
  const gone = await guarded({ contract, telemetry: { otlp: closed.url, signals: ['traces'] } });
  await exchanges(gone.url);
  await gone.close();
  process.off('warning', warned);
  assert.equal(received.length, 0);
  assert.ok(asked() >= 1);
  assert.deepEqual(
    warnings.filter((message) => message.startsWith('telemetry')).map((message) => message.replace(/:\d+ /, ': ')),
    [
      'telemetry is not taken by http://127.0.0.1: (status 503); see to the receiver',
      'telemetry is not taken by http://127.0.0.1: (ECONNREFUSED); see to the receiver',
    ],
  );
});

test('a collector that was away is sent what waited', async () => {
  const { received, url } = await collector(503);
  const server = await guarded({ contract, telemetry: { otlp: url, signals: ['traces'] } });
  await exchanges(server.url);
  await server.close();
  assert.equal(named(received, '/v1/traces').length, 1);
  assert.equal((JSON.parse(received[0]?.body ?? '') as SpanBody).resourceSpans[0]?.scopeSpans[0]?.spans.length, 3);
});
