// A body that is chunked and empty is no body, however its bytes arrive and however long it takes to tell who calls.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import createExpress from 'express';
import { createGuard } from '@castellan/guard';
import { express } from '@castellan/guard/express';
import { node } from '@castellan/guard/node';

const content = { 'application/json': { schema: { type: 'object' } } };
const responses = { 204: { description: 'Done' } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Empty', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/none': { post: { operationId: 'none', responses }, delete: { operationId: 'gone', responses } },
    '/optional': { post: { operationId: 'optional', requestBody: { content }, responses } },
    '/required': { put: { operationId: 'required', requestBody: { required: true, content }, responses } },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

/** The last status line that comes back to bytes that are sent one after the other, each when the one before has arrived. */
function status(port: number, pieces: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setNoDelay(true);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.setTimeout(10_000, () => reject(new Error(`no answer: ${JSON.stringify(pieces)}`)));
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
    const send = (index: number): void => {
      const piece = pieces[index];
      if (piece !== undefined) socket.write(piece, 'latin1', () => setImmediate(send, index + 1));
    };
    send(0);
  });
}

/** Answers when the request has been read to its end, so that a body which never ends is seen. */
const handler: RequestListener = (request, response) => {
  request.resume().on('end', () => response.writeHead(204).end());
};

async function listening(t: TestContext, turns: number, kind: string): Promise<number> {
  const guard = await createGuard({
    contract,
    authentication: {
      token: {
        async verify(subject) {
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
          return { subject };
        },
      },
    },
    limits: { perAddress: 'off', perPrincipal: 'off' },
  });
  const application = createExpress().use(express(guard)).use(handler);
  const server = createServer(kind === 'express' ? application : node(guard, handler));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await guard.end();
  });
  return (server.address() as AddressInfo).port;
}

for (const kind of ['node', 'express'])
  for (const turns of [0, 1, 20])
    test(`an empty chunked body, ${kind}, authenticated ${turns} turns later`, async (t) => {
      const port = await listening(t, turns, kind);
      const last = ['0\r\n\r\n', '0\r\nX-Trailer: 1\r\n\r\n', '0;ext=1\r\n\r\n'];
      for (const [method, path, expected] of [
        ['POST', '/none', 204],
        ['DELETE', '/none', 204],
        ['POST', '/optional', 204],
        ['PUT', '/required', 400],
      ] as const)
        for (const end of last) {
          const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
          for (const pieces of [[head + end], [head, end], [head + end.slice(0, 1), end.slice(1)]])
            assert.equal(await status(port, pieces), expected, JSON.stringify([method, path, pieces]));
          const full = path === '/none' ? 400 : 204;
          const typed = head.replace('Host', 'Content-Type: application/json\r\nHost');
          for (const pieces of [[`${typed}2\r\n{}\r\n${end}`], [typed, `2\r\n{}\r\n`, end]])
            assert.equal(await status(port, pieces), full, JSON.stringify([method, path, pieces]));
        }
    });
