// Odd requests and odd answers, for whatever must not be changed.
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';

const json = (schema: object): object => ({ 'application/json': { schema } });
const thing = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, secret: { type: 'string', 'x-castellan': { read: ['admins'] } } },
};
export const contract = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  paths: {
    '/things': {
      get: {
        operationId: 'list',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 10 } }],
        responses: {
          200: {
            description: 'All',
            headers: { 'x-total': { schema: { type: 'integer' } } },
            content: { ...json(thing), 'application/jsonl': { itemSchema: thing }, 'text/plain': {} },
          },
          404: { description: 'None', content: json({ type: 'object', properties: { detail: {} } }) },
        },
      },
      post: {
        operationId: 'add',
        requestBody: { content: json(thing) },
        responses: { 201: { description: 'Made', content: json(thing) } },
      },
      delete: { operationId: 'clear', responses: { 204: { description: 'Gone' } } },
    },
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: { operationId: 'read', responses: { 200: { description: 'One', content: json(thing) } } },
    },
  },
};

export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
}
const type = (name: string): Record<string, string> => ({ 'content-type': name });
/** What handlers answer: as documented, and in every way otherwise. */
export const answers: readonly Sent[] = [
  { status: 200, headers: type('application/json'), body: '{"id": 1}' },
  { status: 200, headers: type('application/json'), body: '{"id":1,"secret":"s","extra":{"a":[1.0,2]}}' },
  { status: 200, headers: type('application/json'), body: '{"id":"x"' },
  { status: 200, headers: { ...type('application/json'), 'x-total': 'many', etag: '"1"' }, body: '{"id":1,"id":2}' },
  {
    status: 200,
    headers: { ...type('application/json'), 'set-cookie': ['a=1', 'b=2'], server: 'x', 'x-powered-by': 'y' },
    body: '{}',
  },
  {
    status: 200,
    headers: { ...type('application/json'), 'content-encoding': 'gzip' },
    body: gzipSync('{"id":1,"extra":2}'),
  },
  { status: 200, headers: { ...type('application/json'), 'content-encoding': 'gzip' }, body: 'not gzip' },
  { status: 200, headers: type('application/jsonl'), body: '{"id":1}\n{"id":"x","extra":1}\n\n{"id":2}' },
  { status: 200, headers: type('text/html'), body: '<p>hi</p>' },
  { status: 200, headers: type('text/plain'), body: 'hi' },
  { status: 200, headers: type('image/png'), body: Uint8Array.of(0, 255, 1, 254) },
  { status: 201, headers: { ...type('application/json'), location: '/things/1' }, body: '' },
  { status: 202, headers: {}, body: '' },
  { status: 204, headers: { 'x-a': 'b' }, body: '' },
  { status: 206, headers: { ...type('application/json'), 'content-range': 'bytes 0-1/9' }, body: '{"' },
  { status: 302, headers: { ...type('text/html'), location: 'https://else.where/' }, body: '<a>there</a>' },
  { status: 304, headers: { etag: '"1"' }, body: '' },
  { status: 401, headers: { ...type('application/json'), 'www-authenticate': 'Own realm="x"' }, body: '{"error":1}' },
  { status: 404, headers: type('application/json'), body: '{"detail":"no"}' },
  { status: 404, headers: type('text/plain'), body: 'nothing' },
  { status: 409, headers: type('application/json'), body: '{"x":"Error: a\\n    at b (/srv/c.js:1:2)"}' },
  { status: 500, headers: type('text/plain'), body: 'Traceback (most recent call last):' },
  { status: 503, headers: { 'retry-after': '5' }, body: '' },
];

export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}
const targets = [
  '/things', '/things?limit=5', '/things?limit=99', '/things?limit=x&limit=y', '/things?other=1', '/things/7',
  '/things/x', '/things/7/', '/THINGS', '/elsewhere', '/things%2F7', '/things/%37', '/a;b=c', `/things?q=${'a'.repeat(9000)}`,
  '/.well-known/castellan/problems',
]; // prettier-ignore
const bodies: readonly (readonly [string, string])[] = [
  ['', ''],
  ['application/json', '{"id":1}'],
  ['application/json', '{"id":"x","isAdmin":true}'],
  ['application/json', '{"id":1,"id":2'],
  ['application/json', `{"id":1,"a":"${'b'.repeat(40)}"}`],
  ['text/plain', 'hello'],
  ['application/x-www-form-urlencoded', 'a=1&b=2'],
];
const fields: readonly Readonly<Record<string, string | string[]>>[] = [
  {},
  { authorization: 'Bearer good' },
  { authorization: 'Bearer bad' },
  { origin: 'https://app.example', 'access-control-request-method': 'GET' },
  { 'x-http-method-override': 'DELETE', 'x-original-url': '/admin' },
  { cookie: 'a=1; a=2', 'x-forwarded-for': '10.0.0.1' },
  { accept: 'text/html', 'if-none-match': '"1"', range: 'bytes=0-1' },
  ...['authorization', 'range', 'user-agent', 'origin', 'referer', 'expect', 'date'].map((name) => ({
    [name]: ['first', 'second'],
  })),
];

export function* requests(): Generator<Asked> {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE'])
    for (const target of targets) for (const headers of fields.slice(0, 4)) yield { method, target, headers, body: '' };
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    for (const target of targets.slice(0, 7))
      for (const [name, body] of bodies)
        yield { method, target, headers: body === '' ? {} : { 'content-type': name, ...fields[5] }, body };
  for (const headers of fields) yield { method: 'GET', target: '/things', headers, body: '' };
}

interface Got {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
}
const ofConnection = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-request-id',
]);

/** The answer to one request, less what belongs to the connection. */
export function ask(base: string, { method, target, headers, body }: Asked): Promise<Got> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = httpRequest(
      {
        hostname,
        port,
        method,
        path: target,
        agent: false,
        headers: { host: 'things.example', ...headers, ...length },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const raw = response.rawHeaders;
          const list: string[] = [];
          for (let i = 0; i < raw.length; i += 2)
            if (!ofConnection.has((raw[i] ?? '').toLowerCase())) list.push(`${raw[i]?.toLowerCase()}: ${raw[i + 1]}`);
          resolve({
            status: response.statusCode ?? 0,
            fields: list.sort(),
            body: Buffer.concat(chunks).toString('latin1'),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
