// A body that is given whole keeps its length, whatever passes or streams, as on a bare server.
import assert from 'node:assert/strict';
import { createServer, request, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import express4or5 from 'express';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { node } from '@castellan/guard/node';

const bytes = Buffer.from('0123456789äöü');
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  bytes: (response) => response.end(bytes),
  text: (response) => response.end(bytes.toString()),
  latin1: (response) => response.end('äöü', 'latin1'),
  base64: (response) => response.end(bytes.toString('base64'), 'base64'),
  nothing: (response) => response.end(),
  'its own length': (response) => response.setHeader('content-length', bytes.length).end(bytes),
  'a part': (response) => {
    response.statusCode = 206;
    response.setHeader('content-range', 'bytes 0-3/16').end(bytes.subarray(0, 4));
  },
  pieces: (response) => {
    response.write('01');
    response.end('23');
  },
  'a trailer': (response) => {
    response.setHeader('trailer', 'x-sum');
    response.end(bytes);
  },
  'no content': (response) => response.writeHead(204).end(),
  'not modified': (response) => response.writeHead(304).end(),
};

async function asked(t: TestContext, listener: RequestListener, method: string) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new Promise<{ headers: IncomingHttpHeaders; status: number; body: string }>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/a', method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          headers: response.headers,
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('hex'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

for (const mode of ['enforce', 'observe'] as const satisfies readonly GuardOptions['mode'][])
  for (const type of ['application/octet-stream', 'text/html', 'image/x-own'])
    describe(`${type}, ${mode}`, () => {
      for (const [what, answer] of Object.entries(answers))
        // Of a trailer Node takes no HEAD.
        for (const method of what === 'a trailer' ? ['GET'] : ['GET', 'HEAD'])
          test(`${method}: ${what}`, async (t) => {
            const responses = {
              200: { description: 'x', content: { [type]: {} } },
              206: { description: 'x', content: { [type]: {} } },
              204: { description: 'x' },
            };
            const guard = await createGuard({
              contract: {
                openapi: '3.1.0',
                info: { title: 'A', version: '1' },
                paths: { '/a': { get: { security: [], responses } } },
              },
              mode,
            });
            t.after(() => guard.end());
            const handler = (_request: unknown, response: ServerResponse): void => {
              response.setHeader('content-type', type);
              answer(response);
            };
            const bare = await asked(t, handler, method);
            const app = express4or5();
            app.disable('x-powered-by').use(express(guard)).use(handler);
            for (const listener of [node(guard, handler), app]) {
              const got = await asked(t, listener, method);
              assert.deepEqual(
                [got.status, got.body, got.headers['content-length'], got.headers['transfer-encoding']],
                [bare.status, bare.body, bare.headers['content-length'], bare.headers['transfer-encoding']],
              );
            }
          });
    });
