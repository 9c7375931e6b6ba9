// What a handler sends beside its answer leaves no sooner, and no more often, than the answer.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { node, type GuardedHandler } from '@castellan/guard/node';
import { listen } from './adapters/servers.ts';

const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: { id: { type: 'string' }, by: { type: 'string' } },
  required: ['id', 'by'],
};
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      get: {
        operationId: 'getNote',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'One', content: { 'application/json': { schema: note } } } },
      },
    },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};
const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
let guard: Guard;
before(async () => {
  writeFileSync(join(folder, 'p.cedar'), 'permit (principal, action, resource is Note) when { resource.by == "ada" };');
  guard = await createGuard({
    contract,
    policies: join(folder, 'p.cedar'),
    authentication: { token: { verify: (subject) => (subject === 'ada' ? { subject } : undefined) } },
  });
});
after(async () => {
  await guard.end();
  rmSync(folder, { recursive: true });
});

const authorization = 'Bearer ada';

for (const asks of [false, true])
  test(`early hints ${asks ? 'leave after' : 'are dropped before'} the decision`, async () => {
    const handler: GuardedHandler = async (incoming, response) => {
      if (asks) await incoming.authorize('Note', { id: '1', by: 'ada' });
      response.writeEarlyHints({ link: '</SIGNED>; rel=preload' });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: '1', by: 'ada' }));
    };
    const server = await listen(node(guard, handler));
    const seen: unknown[] = [];
    const status = await new Promise((resolve) => {
      const sent = request(`${server.url}/notes/1`, { headers: { authorization } }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      sent.on('information', (information) => seen.push(information.headers['link']));
      sent.end();
    });
    assert.equal(status, 200);
    assert.equal(seen.length, asks ? 1 : 0);
    await server.close();
  });

for (const by of ['ada', 'bob'])
  test(`trailers over HTTP/2 ${by === 'ada' ? 'leave with their answer' : 'do not leave with another one'}`, async () => {
    const server = createServer(
      node(guard, (_incoming, response) => {
        response.setHeader('content-type', 'application/json');
        response.addTrailers({ 'x-one': 'SIGNED' });
        (response as unknown as { setTrailer(name: string, value: string): void }).setTrailer('x-two', 'SIGNED');
        response.end(JSON.stringify({ id: '1', by }));
      }) as never,
    );
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = session.request({ ':path': '/notes/1', authorization });
    let trailers: Record<string, unknown> = {};
    stream.on('trailers', (fields) => (trailers = fields));
    await new Promise((resolve) => {
      stream.resume().on('close', resolve);
    });
    assert.deepEqual(
      [trailers['x-one'], trailers['x-two']],
      by === 'ada' ? ['SIGNED', 'SIGNED'] : [undefined, undefined],
    );
    session.close();
    server.close();
  });
