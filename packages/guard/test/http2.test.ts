// The node adapter behind HTTP/2, over real connections: what holds for HTTP/1.1 holds there.
import assert from 'node:assert/strict';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';

const json = (schema: object): object => ({ 'application/json': { schema } });
const note = { type: 'object', properties: { text: { type: 'string', maxLength: 100 } } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': {
      post: {
        operationId: 'addNote',
        requestBody: { required: true, content: json(note) },
        responses: { 201: { description: 'The note', content: json(note) } },
      },
      get: {
        operationId: 'listNotes',
        parameters: [
          { name: 'a', in: 'cookie', schema: { type: 'string' } },
          { name: 'b', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: { 200: { description: 'All', content: json({ type: 'object' }) } },
      },
      delete: { operationId: 'removeNotes', responses: { 204: { description: 'Gone' } } },
    },
    '/text': {
      get: { operationId: 'readText', responses: { 200: { description: 'Text', content: { 'text/plain': {} } } } },
    },
    '/copies': {
      post: {
        operationId: 'copy',
        requestBody: { required: true, content: json(note) },
        responses: { 200: { description: 'Its bytes', content: json(note) } },
      },
    },
  },
};

let guard: Guard;
let session: ClientHttp2Session;
const server = createServer();

before(async () => {
  guard = await createGuard({ contract, limits: { maxBody: 10_000 } });
  const listener = node(guard, (request, response) => {
    response.setHeader('content-type', 'application/json');
    switch (request.operation?.operationId) {
      case 'addNote':
        response.statusCode = 201;
        response.end(JSON.stringify({ ...(request.body as object), secret: 'x' }));
        break;
      case 'listNotes':
        response.end(JSON.stringify(request.parameters.cookie));
        break;
      case 'removeNotes':
        response.removeHeader('content-type');
        response.statusCode = 204;
        response.end();
        break;
      case 'copy': {
        let text = '';
        request.setEncoding('utf8');
        request.on('data', (chunk: string) => (text += chunk));
        request.on('end', () => response.end(text));
        break;
      }
      default:
        response.setHeader('content-type', 'text/plain');
        response.write('one ');
        response.end('two');
    }
  });
  server.on('request', listener as never);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
after(async () => {
  session.close();
  await new Promise((resolve) => server.close(resolve));
  await guard.end();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const stream = session.request({ ':method': method, ':path': path, ...type, ...headers });
    let answered: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (fields) => (answered = fields));
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('end', () => resolve({ status: answered[':status'] ?? 0, headers: answered, text }));
    stream.on('error', reject);
    stream.end(body);
  });
}

test('a body is checked on its way in, and an answer on its way out', async () => {
  const good = await send('POST', '/notes', {}, '{"text":"é"}');
  assert.equal(good.status, 201);
  assert.equal(good.text, '{"text":"é"}');
  assert.equal(good.headers['x-content-type-options'], 'nosniff');
  const bad = await send('POST', '/notes', {}, '{"text":1}');
  assert.equal(bad.status, 400);
  assert.equal(bad.headers['content-type'], 'application/problem+json');
  assert.match(bad.text, /"pointer":"\/text"/);
});

test('a handler that reads the stream finds the bytes that were checked', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(90) });
  const copied = await send('POST', '/copies', {}, body);
  assert.equal(copied.status, 200);
  assert.equal(copied.text, body);
});

test('answers without a body, and streams', async () => {
  assert.equal((await send('DELETE', '/notes')).status, 204);
  const streamed = await send('GET', '/text');
  assert.deepEqual([streamed.status, streamed.text], [200, 'one two']);
  const head = await send('HEAD', '/text');
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('what is not in the contract is refused', async () => {
  assert.equal((await send('GET', '/other')).status, 404);
  assert.equal((await send('PUT', '/notes', {}, '{}')).status, 405);
  assert.equal((await send('POST', '/notes', {}, JSON.stringify({ text: 'x'.repeat(20_000) }))).status, 413);
});

test('the crumbs of a cookie are one field', async () => {
  const { text } = await send('GET', '/notes', { cookie: ['a=1', 'b=2'] });
  assert.deepEqual(JSON.parse(text), { a: '1', b: '2' });
});

test('a Host that contradicts :authority is refused', async () => {
  assert.equal((await send('GET', '/notes', { ':authority': 'api.example.com', host: 'API.example.com' })).status, 200);
  const two = await send('GET', '/notes', { ':authority': 'api.example.com', host: 'other.example.com' });
  assert.equal(two.status, 400);
  assert.match(two.text, /'host' is there more than once/);
});
