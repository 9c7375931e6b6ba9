// Each place that a credential can stand in, and objects named in the query: what is open is found, what is closed is proven.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { reportOf, scan, textOf } from '@castellan/scan';

interface Place {
  readonly scheme: object;
  readonly read: (request: IncomingMessage) => string | undefined;
}

const places: Readonly<Record<string, Place>> = {
  cookie: {
    scheme: { type: 'apiKey', in: 'cookie', name: 'sid' },
    read: ({ headers }) => /sid=([^;]+)/.exec(headers.cookie ?? '')?.[1],
  },
  query: {
    scheme: { type: 'apiKey', in: 'query', name: 'key' },
    read: ({ url }) => new URL(url ?? '', 'http://x').searchParams.get('key') ?? undefined,
  },
  'a header field': {
    scheme: { type: 'apiKey', in: 'header', name: 'X-Key' },
    read: ({ headers }) => headers['x-key']?.toString(),
  },
  Basic: {
    scheme: { type: 'http', scheme: 'basic' },
    read: ({ headers }) => Buffer.from((headers.authorization ?? '').slice('Basic '.length), 'base64').toString(),
  },
};

const users = new Map([
  ['ada:her long secret 1', 'ada'],
  ['bob:his long secret 2', 'bob'],
]);
const rows = ['ada', 'bob'].flatMap((owner) => [1, 2].map((n) => ({ id: `${owner}${n}`, sum: n, owner })));
const json = (schema: object) => ({ 'application/json': { schema } });
const invoice = { $ref: '#/components/schemas/Invoice' };
const number = { name: 'number', in: 'query', required: true, schema: { type: 'string', maxLength: 9 } };
const document = (scheme: object) => ({
  openapi: '3.0.3',
  info: { title: 'Invoices', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/invoices': {
      get: {
        operationId: 'list',
        responses: { 200: { description: 'ok', content: json({ type: 'array', items: invoice }) } },
      },
    },
    '/invoice': {
      get: {
        operationId: 'get',
        'x-castellan': { resource: { type: 'Invoice', id: 'query.number' } },
        parameters: [number],
        responses: { 200: { description: 'ok', content: json(invoice) } },
      },
    },
  },
  components: {
    schemas: {
      Invoice: {
        type: 'object',
        required: ['id', 'sum'],
        additionalProperties: false,
        properties: { id: { type: 'string' }, sum: { type: 'integer' } },
        'x-castellan': { resource: 'Invoice' },
      },
    },
    securitySchemes: { key: scheme },
  },
});

for (const [where, { scheme, read }] of Object.entries(places))
  for (const open of [false, true])
    test(`a credential in ${where}, objects ${open ? 'open to everybody' : 'kept apart'}`, async (t) => {
      const contract = await loadContract(document(scheme));
      const server = createServer((request, response) => {
        const who = users.get(read(request) ?? '');
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
        const answer = (status: number, body: unknown): unknown =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        if (who === undefined) return answer(401, {});
        const own = rows.filter(({ owner }) => owner === who);
        if (pathname === '/invoices')
          return answer(
            200,
            own.map(({ id, sum }) => ({ id, sum })),
          );
        const asked = searchParams.get('number') ?? '';
        if (asked === '' || asked.length > 9) return answer(400, {});
        const row = (open ? rows : own).find(({ id }) => id === asked);
        return row === undefined ? answer(404, {}) : answer(200, { id: row.id, sum: row.sum });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.after(() => {
        server.closeAllConnections();
        server.close();
      });
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const identities = [...users].map(([credential, name]) => ({
        name,
        credentials: new Map([['*', credential]]),
        mayNot: new Set<string>(),
      }));
      const done = await scan(contract, { base, identities, maxRequests: 500, rate: 1e6, timeout: 5000 });
      const report = reportOf(contract, done, { target: base, at: 0 });
      const of = (level: string): readonly string[] =>
        report.results.filter((one) => one.level === level).map(({ control, operation }) => `${control} ${operation}`);
      assert.deepEqual(of('broken'), open ? ['object-authorization get'] : [], textOf(report));
      for (const proven of ['authentication get', 'authentication list', ...(open ? [] : ['object-authorization get'])])
        assert.ok(of('proven').includes(proven), textOf(report));
      for (const [credential] of users)
        for (const form of [credential, encodeURIComponent(credential), Buffer.from(credential).toString('base64')])
          assert.ok(!JSON.stringify(report).includes(form.slice(0, 18)), 'part of a credential is shown');
    });
