// A server that is slow, endless, or leads elsewhere: the answer is bounded, and no message holds what an address may hold.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { fetchFile, type FetchOptions } from './fetch-file.ts';

let answer: RequestListener;
const server = createServer((request, response) => answer(request, response));
let url = '';
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api.yaml?signature=secret`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const cases: Readonly<Record<string, readonly [RequestListener, FetchOptions, RegExp]>> = {
  'nothing comes': [() => undefined, { timeout: 100 }, /no whole answer within 100 ms/],
  'the head comes and no body': [
    (_, response) => response.writeHead(200, { 'content-length': 10 }).flushHeaders(),
    { timeout: 100 },
    /no whole answer within 100 ms/,
  ],
  'a byte comes and no other': [
    (_, response) => void response.write('x'),
    { timeout: 100 },
    /no whole answer within 100 ms/,
  ],
  'each redirect is slow': [
    (_, response) => void setTimeout(() => response.writeHead(302, { location: '/x' }).end(), 40),
    { timeout: 100 },
    /no whole answer within 100 ms|more than 5 redirects/,
  ],
  'it never ends': [
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    },
    { maxBytes: 100_000 },
    /holds more than 100000 bytes/,
  ],
  'one byte too many': [
    (_, response) => void response.end('x'.repeat(101)),
    { maxBytes: 100 },
    /holds more than 100 bytes/,
  ],
  'a redirect where none is followed': [
    (_, response) => void response.writeHead(307, { location: '/x' }).end(),
    { redirects: 0 },
    /it redirects/,
  ],
  'a redirect to a file': [
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    {},
    /something that is not https/,
  ],
  'a redirect with a password': [
    (_, response) => void response.writeHead(302, { location: 'https://a:b@x.example/' }).end(),
    {},
    /something that is not https/,
  ],
  'a redirect to plain HTTP elsewhere': [
    (_, response) => void response.writeHead(302, { location: 'http://x.example/' }).end(),
    {},
    /something that is not https/,
  ],
  'a redirect that is no address': [
    (_, response) => void response.writeHead(302, { location: 'http://[' }).end(),
    {},
    /something that is not https/,
  ],
  'a redirect without an address': [(_, response) => void response.writeHead(302).end(), {}, /the server answered 302/],
};

for (const [name, [listener, options, told]] of Object.entries(cases))
  test(name, async () => {
    answer = listener;
    await assert.rejects(fetchFile(url, options), (error) => {
      assert.ok(error instanceof CastellanError, String(error));
      assert.match(error.message, told);
      assert.doesNotMatch(error.message, /secret|signature|\n/);
      return true;
    });
  });

test('exactly as many bytes as are allowed, after as many redirects', async () => {
  let turns = 0;
  answer = (_, response) =>
    void ((turns += 1) <= 5 ? response.writeHead(301, { location: `/${turns}` }).end() : response.end('x'.repeat(100)));
  assert.equal((await fetchFile(url, { maxBytes: 100 })).bytes.length, 100);
  assert.equal(turns, 6);
});
