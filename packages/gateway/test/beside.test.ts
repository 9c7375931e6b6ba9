// What goes beside an answer: early hints before it, trailers after it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startGateway, type Gateway } from '@castellan/gateway';

let answer: RequestListener = (_, response) => void response.end();
let asked: IncomingHttpHeaders = {};
const server = createServer((incoming, response) => {
  asked = incoming.headers;
  answer(incoming, response);
});
let gateway: Gateway;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const get = (operationId: string, schema: object, type = 'application/json'): object => ({
    get: { operationId, security: [], responses: { 200: { description: 'ok', content: { [type]: { schema } } } } },
  });
  gateway = await startGateway({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Beside', version: '1' },
      paths: {
        '/json': get('json', { type: 'object', properties: { a: { type: 'string' } } }),
        '/bytes': get('bytes', {}, 'application/octet-stream'),
      },
    },
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    port: 0,
    context: false,
  });
});
after(async () => {
  await gateway.close();
  server.close();
});

interface Got {
  readonly status: number;
  readonly hints: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly trailer: string | undefined;
  readonly body: string;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const hints: string[] = [];
    request(gateway.url + path, { headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += String(part)));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          hints,
          trailers: response.trailers,
          trailer: response.headers.trailer,
          body,
        }),
      );
    })
      .on('information', ({ statusCode, headers: { link } }) => hints.push(`${statusCode} ${String(link)}`))
      .on('error', reject)
      .end();
  });
}

const te = { te: 'trailers', connection: 'te' };

test('trailers that are announced and may stand there reach who takes them, after a checked answer and a stream', async () => {
  for (const [path, type, body] of [
    ['/json', 'application/json', '{"a":"b"}'],
    ['/bytes', 'application/octet-stream', 'xyz'],
  ] as const) {
    answer = (_, response) => {
      response.setHeader('trailer', 'X-Checksum, Set-Cookie, Content-Type, Authorization, Connection');
      response.writeHead(200, { 'content-type': type });
      response.write(body);
      response.addTrailers({
        'X-Checksum': 'abc',
        'X-Other': 'never announced',
        'Set-Cookie': 'a=b',
        'Content-Type': 'text/html',
      });
      response.end();
    };
    const got = await get(path, te);
    assert.deepEqual(
      [got.status, got.body, { ...got.trailers }, got.trailer],
      [200, body, { 'x-checksum': 'abc' }, 'x-checksum'],
    );
    // What one connection takes is said to nobody else.
    assert.equal(asked.te, undefined);
    const without = await get(path);
    assert.deepEqual(
      [without.body, { ...without.trailers }, without.trailer, asked.te],
      [body, {}, undefined, undefined],
    );
  }
});

test('an answer that is withheld has no trailers of the other', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', trailer: 'x-secret' });
    response.write('{"a":7}');
    response.addTrailers({ 'x-secret': 'of the answer' });
    response.end();
  };
  const got = await get('/json', te);
  assert.deepEqual([got.status, { ...got.trailers }, got.trailer], [502, {}, undefined]);
});

test('early hints pass, with links to the upstream as links to the gateway', async () => {
  answer = (_, response) => {
    response.writeEarlyHints({
      link: ['</base/style.css>; rel=preload; as=style', '<https://cdn.example/a.js>; rel=preload'],
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":"b"}');
  };
  const got = await get('/json');
  assert.deepEqual(
    [got.status, got.body, got.hints],
    [200, '{"a":"b"}', ['103 </style.css>; rel=preload; as=style, <https://cdn.example/a.js>; rel=preload']],
  );
});

test('hints that are none, and other interim answers, are left out and the answer comes', async () => {
  for (const interim of [
    'HTTP/1.1 103 Early Hints\r\nlink: nothing\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n',
  ]) {
    answer = ({ socket }, response) => {
      socket.write(interim);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":"b"}');
    };
    const got = await get('/json');
    assert.deepEqual([got.status, got.hints], [200, []], interim);
  }
});

test('a caller of HTTP/1.0 gets neither', async () => {
  answer = (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(200, { 'content-type': 'application/json', trailer: 'x-a' });
    response.write('{"a":"b"}');
    response.addTrailers({ 'x-a': '1' });
    response.end();
  };
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write('GET /json HTTP/1.0\r\nHost: x\r\nTE: trailers\r\n\r\n');
  let text = '';
  socket.on('data', (part: Buffer) => (text += String(part)));
  await once(socket, 'close');
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.doesNotMatch(text, /^HTTP\/1\.1 103|^x-a:/im);
});
