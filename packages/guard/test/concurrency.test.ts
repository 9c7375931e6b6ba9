// `concurrency`: so many calls of one caller run at the same time, whatever way each of them ends.
// promise: concurrency
import assert from 'node:assert/strict';
import { request as httpRequest, type ClientRequest, type ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { guarded } from './guarded.ts';

const keys = ['ada', 'bob'].map((subject) => ({ key: `${subject}-key-5d1e7a90c3b24f68a1d2e3f405162738`, subject }));
const answer = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
const limited = (limit: number, more: object = {}): object => ({
  'x-castellan': { concurrency: limit },
  requestBody: {
    content: { 'application/json': { schema: { type: 'object', properties: { n: { type: 'integer' } } } } },
  },
  responses: answer,
  ...more,
});
const contract = {
  openapi: '3.1.0',
  info: { title: 'Reports', version: '1' },
  security: [{ key: [] }, {}],
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
  paths: { '/report': { post: limited(2), put: limited(1), get: { responses: answer } } },
};

interface Stage {
  /** Sends one; resolves with its status, 0 where the connection ended. */
  readonly call: (
    caller: string | undefined,
    method?: string,
    body?: string,
  ) => { status: Promise<number>; sent: ClientRequest };
  /** The next call that the handler has, to be ended. */
  readonly held: () => Promise<ServerResponse>;
  /** Resolves when an exchange has ended. */
  readonly ended: () => Promise<void>;
}

async function stage(t: TestContext, more: Partial<GuardOptions> = {}): Promise<Stage> {
  const waiting = queue<ServerResponse>();
  const ends = queue<void>();
  const options = {
    contract,
    authentication: { key: { keys } },
    limits: { perAddress: 'off', perPrincipal: 'off' },
    onEvent: () => ends.add(),
    ...more,
  } as const;
  const server = await guarded(options, (_, response) => waiting.add(response));
  t.after(server.close);
  return {
    held: waiting.next,
    ended: ends.next,
    call(caller, method = 'POST', body = '{}') {
      const key = keys.find(({ subject }) => subject === caller)?.key;
      const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'x-key': key }) };
      const sent = httpRequest(`${server.url}/report`, { method, agent: false, headers });
      const status = new Promise<number>((resolve) => {
        sent.on('response', (response) => {
          response.resume();
          response.on('close', () => resolve(response.statusCode ?? 0));
        });
        sent.on('error', () => resolve(0));
      });
      sent.end(method === 'GET' ? undefined : body);
      return { status, sent };
    },
  };
}

function queue<T>(): { readonly add: (item: T) => void; readonly next: () => Promise<T> } {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    add(item) {
      const taker = takers.shift();
      if (taker === undefined) items.push(item);
      else taker(item);
    },
    next: () =>
      items.length > 0 ? Promise.resolve(items.shift() as T) : new Promise((resolve) => void takers.push(resolve)),
  };
}

const finish = (response: ServerResponse): void => {
  response.setHeader('content-type', 'application/json');
  response.end('{}');
};

for (const caller of ['ada', undefined])
  test(`${caller ?? 'a caller that nobody knows'} has as many calls as are allowed, others have their own`, async (t) => {
    const { call, held } = await stage(t);
    const running = [call(caller), call(caller)];
    const responses = [await held(), await held()];
    assert.equal(await call(caller).status, 429);
    const others = [call('bob'), call(caller, 'PUT'), call(caller, 'GET')];
    for (const _ of others) finish(await held());
    for (const { status } of others) assert.equal(await status, 200);
    responses.forEach(finish);
    for (const { status } of running) assert.equal(await status, 200);
    const again = call(caller);
    finish(await held());
    assert.equal(await again.status, 200);
  });

/** Each way in which a call ends gives its place back. */
const ends: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'is answered': async ({ call, held }) => {
    const { status } = call('ada', 'PUT');
    finish(await held());
    assert.equal(await status, 200);
  },
  'is refused by a later stage': async ({ call }) => {
    assert.equal(await call('ada', 'PUT', '{"n":"x"}').status, 400);
  },
  'is withheld': async ({ call, held }) => {
    const { status } = call('ada', 'PUT');
    (await held()).end('not JSON');
    assert.equal(await status, 500);
  },
  'is left by its caller': async ({ call, held }) => {
    const { sent } = call('ada', 'PUT');
    await held();
    sent.destroy();
  },
  'is cut by its handler': async ({ call, held }) => {
    const { status } = call('ada', 'PUT');
    (await held()).destroy();
    assert.equal(await status, 0);
  },
};
for (const [how, end] of Object.entries(ends))
  test(`a call that ${how} no longer counts`, { timeout: 60_000 }, async (t) => {
    const it = await stage(t);
    for (let i = 0; i < 3; i++) {
      await end(it);
      await it.ended();
    }
    const last = it.call('ada', 'PUT');
    finish(await it.held());
    assert.equal(await last.status, 200);
  });

test('observe lets all run', async (t) => {
  const { call, held } = await stage(t, { mode: 'observe' });
  const running = [1, 2, 3].map(() => call('ada', 'PUT'));
  for (const _ of running) finish(await held());
  for (const { status } of running) assert.equal(await status, 200);
});
