// Under `observe` the gateway is a plain proxy: the same requests to an upstream directly and through the gateway.
// promise: observe-invisible
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startGateway } from '@castellan/gateway';
import { answers, ask, contract, requests, type Asked, type Sent } from '../../guard/test/observe-kinds.ts';

test('callers get the same from the upstream and through the gateway', async (t) => {
  let next = answers[0] as Sent;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.statusCode = next.status;
    for (const [name, value] of Object.entries(next.headers)) response.setHeader(name, value);
    response.setHeader('x-seen', Buffer.from(JSON.stringify([request.method, request.url, body])).toString('base64'));
    response.end(next.body);
  };
  const upstream = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const gateway = await startGateway({
    contract,
    upstream: url,
    port: 0,
    mode: 'observe',
    context: false,
    authentication: { token: { verify: (token: string) => (token === 'good' ? { subject: 'ada' } : undefined) } },
    limits: { maxBody: 30, perAddress: '10/minute' },
    onEvent: () => undefined,
  });
  t.after(async () => {
    await gateway.close();
    upstream.closeAllConnections();
    upstream.close();
  });
  const same = async (asked: Asked, answer: Sent): Promise<void> => {
    next = answer;
    const [want, got] = [await ask(url, asked), await ask(gateway.url, asked)];
    const what = `${asked.method} ${asked.target.slice(0, 60)} ${JSON.stringify([asked.headers, asked.body, answer.status])}`;
    assert.deepEqual(got, want, what);
  };
  for (const asked of requests()) await same(asked, answers[0] as Sent);
  for (const method of ['GET', 'HEAD', 'POST'])
    for (const answer of answers) await same({ method, target: '/things', headers: {}, body: '' }, answer);
});
