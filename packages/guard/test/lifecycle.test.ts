// `lifecycle` of an API and of its operations is what callers meet: 410 from its end on, and fields that announce it.
// promise: retired-410
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { guarded } from './guarded.ts';

const day = 86_400_000;
const now = Date.parse('2026-06-15T12:00:00Z');
const dayOf = (offset: number): string => new Date(now + offset * day).toISOString().slice(0, 10);

interface Lifecycle {
  readonly state: string;
  readonly deprecatedAt?: string;
  readonly sunset?: string;
  readonly successor?: string;
}

const answer = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
const documentOf = (api: Lifecycle | undefined, operation: Lifecycle | undefined): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  ...(api && { 'x-castellan': { lifecycle: api } }),
  paths: {
    '/orders': {
      get: { operationId: 'old', ...(operation && { 'x-castellan': { lifecycle: operation } }), responses: answer },
      delete: { operationId: 'beside', responses: answer },
    },
  },
});

interface Asked {
  readonly status: number;
  readonly deprecation: string | null;
  readonly sunset: string | null;
  readonly text: string;
}

async function asking(
  t: TestContext,
  contract: Record<string, unknown>,
  more: Partial<GuardOptions> = {},
): Promise<{ ask: (method: string) => Promise<Asked>; events: readonly GuardEvent[] }> {
  const options = { contract, authentication: {}, clock: () => now, limits: { perAddress: 'off' }, ...more } as const;
  const { url, close, events } = await guarded(options, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  t.after(close);
  return {
    events,
    async ask(method) {
      const response = await fetch(`${url}/orders`, { method });
      const [deprecation, sunset] = [response.headers.get('deprecation'), response.headers.get('sunset')];
      return { status: response.status, deprecation, sunset, text: await response.text() };
    },
  };
}

const states = ['draft', 'published', 'deprecated', 'retired'];
const lifecycles: readonly (Lifecycle | undefined)[] = [
  undefined,
  ...states.flatMap((state) =>
    [undefined, -400, -1, 0, 1, 400].map((offset) => ({
      state,
      ...(offset === undefined ? {} : { sunset: dayOf(offset) }),
    })),
  ),
];
const isOver = (one: Lifecycle | undefined): boolean =>
  one !== undefined && (one.state === 'retired' || (one.sunset !== undefined && one.sunset <= dayOf(0)));

test('a retired API or operation, and one whose sunset has come, is answered 410; any other answers', async () => {
  for (const api of lifecycles)
    for (const operation of lifecycles) {
      const options = { authentication: {}, clock: () => now, limits: { perAddress: 'off' } } as const;
      const guard = await createGuard({ contract: documentOf(api, operation), ...options });
      let reached = 0;
      const handle = fetchGuard(guard, () => {
        reached += 1;
        return Response.json({});
      });
      const what = JSON.stringify([api, operation]);
      const over = {
        GET: isOver(api) || isOver(operation),
        HEAD: isOver(api) || isOver(operation),
        DELETE: isOver(api),
      };
      for (const [method, ended] of Object.entries(over)) {
        const { status } = await handle(new Request('https://api.example.com/orders', { method }));
        assert.equal(status, ended ? 410 : 200, `${method} ${what}`);
      }
      assert.equal(reached, Object.values(over).filter((ended) => !ended).length, what);
      await guard.end();
    }
});

test('the day of the sunset begins at midnight, UTC', async (t) => {
  let time = Date.parse('2026-06-14T23:59:59.999Z');
  const { ask } = await asking(t, documentOf(undefined, { state: 'published', sunset: '2026-06-15' }), {
    clock: () => time,
  });
  assert.equal((await ask('GET')).status, 200);
  time += 1;
  assert.equal((await ask('GET')).status, 410);
});

test('answers of every kind announce deprecation and end, by the earlier of two dates', async (t) => {
  const api = { state: 'deprecated', deprecatedAt: '2026-02-01', sunset: '2027-01-01' };
  const operation = { state: 'deprecated', deprecatedAt: '2026-01-01', sunset: '2028-01-01' };
  const dates = { sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };
  const { ask } = await asking(t, documentOf(api, operation));
  const { status, deprecation, sunset } = await ask('GET');
  assert.deepEqual({ status, deprecation, sunset }, { status: 200, deprecation: '@1767225600', ...dates });
  const other = await ask('DELETE');
  assert.deepEqual({ deprecation: other.deprecation, sunset: other.sunset }, { deprecation: '@1769904000', ...dates });

  const refused = await asking(
    t,
    {
      ...documentOf(api, operation),
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
      security: [{ key: [] }],
    },
    { authentication: { key: { keys: [{ key: 'k'.repeat(40), subject: 'ada' }] } } },
  );
  const unknown = await refused.ask('GET');
  assert.deepEqual({ status: unknown.status, sunset: unknown.sunset }, { status: 401, ...dates });

  const plain = await asking(t, documentOf(undefined, { state: 'published', deprecatedAt: '2026-01-01' }));
  assert.deepEqual((await plain.ask('GET')).deprecation, null);
});

test('410 names the successor', async (t) => {
  const { ask } = await asking(t, documentOf({ state: 'retired', successor: 'https://api.example.com/v2' }, undefined));
  assert.match((await ask('GET')).text, /Use https:\/\/api\.example\.com\/v2 instead\./);
});

// promise: observe-lets-live
test('observe refuses nothing, adds nothing, and tells it', async (t) => {
  const ended = { state: 'retired', deprecatedAt: '2026-01-01', sunset: '2026-02-01' };
  const { ask, events } = await asking(t, documentOf(ended, undefined), { mode: 'observe' });
  const { status, deprecation, sunset } = await ask('GET');
  assert.deepEqual({ status, deprecation, sunset }, { status: 200, deprecation: null, sunset: null });
  assert.match(JSON.stringify(events), /retired/);
});

test('the same by Fetch', async (t) => {
  const coming = { state: 'deprecated', deprecatedAt: '2026-01-01', sunset: '2027-01-01' };
  const guard = await createGuard({
    contract: documentOf(coming, { state: 'retired' }),
    authentication: {},
    clock: () => now,
  });
  t.after(() => guard.end());
  const handle = fetchGuard(guard, () => Response.json({}));
  const gone = await handle(new Request('https://api.example.com/orders'));
  assert.equal(gone.status, 410);
  const there = await handle(new Request('https://api.example.com/orders', { method: 'DELETE' }));
  assert.equal(there.status, 200);
  for (const { headers } of [gone, there]) assert.equal(headers.get('sunset'), 'Fri, 01 Jan 2027 00:00:00 GMT');
});

/** What is written as a successor, from which path, and where a caller of the old one is led. */
const successors: readonly (readonly [written: string, from: string, called: string, to: string | undefined])[] = [
  ['https://api.example.com/v2/orders', '/orders', '/v1/orders', 'https://api.example.com/v2/orders'],
  ['/v2/orders', '/orders', '/v1/orders', 'https://host.example/v2/orders'],
  ['newOrders', '/orders', '/v1/orders', 'https://host.example/v1/next/orders'],
  ['newOrders', '/orders/{id}', '/v1/orders/7', 'https://host.example/v1/next/orders'],
  ['newOrders', '/a/{id}/b/{c}', '/v1/a/7/b/8', 'https://host.example/v1/next/orders'],
  ['withParameter', '/orders', '/v1/orders', undefined],
  ['nothing that is known', '/orders', '/v1/orders', undefined],
  ['/v2/"<x>\r\nset-cookie: a=b', '/orders', '/v1/orders', 'https://host.example/v2/%22%3Cx%3E%0D%0Aset-cookie:%20a=b'],
];

test('a successor is a Link beside those of the handler', async () => {
  for (const [successor, from, called, to] of successors) {
    const parameters = [...from.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    const contract = {
      openapi: '3.1.0',
      info: { title: 'Orders', version: '1' },
      servers: [{ url: 'https://host.example/v1' }],
      paths: {
        [from]: {
          parameters,
          get: {
            operationId: 'old',
            'x-castellan': { lifecycle: { state: 'deprecated', successor } },
            responses: answer,
          },
        },
        '/next/orders': { get: { operationId: 'newOrders', responses: answer } },
        '/next/{id}': {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          get: { operationId: 'withParameter', responses: answer },
        },
      },
    };
    const options = { contract, authentication: {}, limits: { perAddress: 'off' } } as const;
    const guard = await createGuard(options);
    const bare = fetchGuard(guard, () => Response.json({}));
    const linking = fetchGuard(guard, () => Response.json({}, { headers: { link: '</help>; rel="help"' } }));
    const url = `https://host.example${called}`;
    const link = (await bare(new Request(url))).headers.get('link');
    if (to === undefined) assert.equal(link, null, successor);
    else {
      const [, target = ''] = /^<([^<>]*)>; rel="successor-version"$/.exec(link ?? '') ?? [];
      assert.equal(new URL(target, url).href, to, String(link));
    }
    const both = (await linking(new Request(url))).headers.get('link');
    assert.equal(both, link === null ? '</help>; rel="help"' : `</help>; rel="help", ${link}`);
    const { url: base, close } = await guarded(options, (_, response) => {
      response.setHeader('link', ['</help>; rel="help"', '</terms>; rel="license"']);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
    const onNode = await fetch(`${base}${called}`);
    await onNode.text();
    close();
    const own = '</help>; rel="help", </terms>; rel="license"';
    assert.equal(onNode.headers.get('link'), link === null ? own : `${own}, ${link}`);
    await guard.end();
  }
});
