// Budgets: whatever form the answer has, and whichever way leads to it, a principal takes no more than its budget away.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { FetchHandler } from '@castellan/guard/fetch';
import { answer, limitsApi, type LimitsApi } from './limits-api.ts';

const open: LimitsApi[] = [];
after(async () => {
  for (const api of open) await api.end();
});

const Person = {
  type: 'object',
  'x-castellan': { resource: 'Person' },
  properties: {
    id: { type: 'integer' },
    email: { type: 'string' },
    note: { type: 'string', 'x-castellan': { sensitivity: 'confidential' } },
    nickname: { type: 'string', 'x-castellan': { sensitivity: 'public' } },
    friends: {
      type: 'array',
      items: { $ref: '#/paths/~1bare/get/responses/200/content/application~1json/schema/items' },
    },
  },
};
const person = (id: number): object => ({ id, email: `${id}@example.com`, note: 'x', nickname: 'n' });
const people = (from: number, count: number): object[] => Array.from({ length: count }, (_, at) => person(from + at));
const text = (type: string, schema?: object): object => ({
  200: { description: 'ok', content: { [type]: schema === undefined ? {} : { schema } } },
});

/** Ways to the same ten people, each in another form. `from` says with which of them it begins. */
const ways: Readonly<
  Record<
    string,
    { readonly responses: object; readonly body: (from: number) => string | ReadableStream; readonly type: string }
  >
> = {
  bare: {
    responses: answer({ type: 'array', items: Person }),
    body: (from) => JSON.stringify(people(from, 10)),
    type: 'application/json',
  },
  envelope: {
    responses: answer({
      type: 'object',
      properties: { data: { type: 'object', properties: { items: { type: 'array', items: Person }, total: {} } } },
    }),
    body: (from) => JSON.stringify({ data: { items: people(from, 10), total: 1e6 } }),
    type: 'application/json',
  },
  map: {
    responses: answer({ type: 'object', additionalProperties: Person }),
    body: (from) => JSON.stringify(Object.fromEntries(people(from, 10).map((one, at) => [`k${at}`, one]))),
    type: 'application/json',
  },
  lines: {
    responses: { 200: { description: 'ok', content: { 'application/jsonl': { itemSchema: Person } } } },
    body: (from) =>
      people(from, 10)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    type: 'application/jsonl',
  },
  csv: {
    responses: text('text/csv'),
    body: (from) =>
      `id,email\r\n${people(from, 10)
        .map((one) => `"${JSON.stringify(one).replaceAll('"', '""')}\nx",y\r\n`)
        .join('')}`,
    type: 'text/csv; charset=utf-8',
  },
  'csv-without-head': {
    responses: text('text/csv'),
    body: (from) =>
      people(from, 10)
        .map(() => 'a,b')
        .join('\n'),
    type: 'text/csv; header=absent',
  },
  'lines-without-schema': {
    responses: text('application/x-ndjson'),
    body: (from) =>
      people(from, 10)
        .map((one) => `${JSON.stringify({ ...one, note: 'say "x' })}\n`)
        .join(''),
    type: 'application/x-ndjson',
  },
  'csv-streamed': {
    responses: text('text/csv'),
    body: () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('id\n1\n2\n3'));
          controller.enqueue(Buffer.from('\n4\n5\n6\n7\n8\n9\n1'));
          controller.enqueue(Buffer.from('0'));
          controller.close();
        },
      }),
    type: 'text/csv',
  },
};

const handler: FetchHandler = (request) => {
  const { pathname, searchParams } = new URL(request.url);
  const from = Number(searchParams.get('from') ?? 0);
  const one = /^\/people\/(\d+)$/.exec(pathname);
  if (one !== null) return Response.json(person(Number(one[1])));
  if (pathname === '/file')
    return new Response(Buffer.alloc(1000), {
      headers: { 'content-type': 'application/pdf', 'content-length': '1000' },
    });
  if (pathname === '/stream')
    return new Response(
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < 10; at++) controller.enqueue(Buffer.alloc(100));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'application/octet-stream' } },
    );
  const way = ways[pathname.slice(1)];
  if (way === undefined) return new Response(null, { status: 404 });
  return new Response(way.body(from), { headers: { 'content-type': way.type } });
};

const from = { name: 'from', in: 'query', schema: { type: 'integer' } };
const paths = {
  ...Object.fromEntries(
    Object.entries(ways).map(([name, { responses }]) => [
      `/${name}`,
      { get: { operationId: name, parameters: [from], responses } },
    ]),
  ),
  '/people/{id}': {
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    get: { operationId: 'getPerson', responses: answer(Person) },
  },
  '/file': { get: { operationId: 'file', responses: text('application/pdf') } },
  '/stream': { get: { operationId: 'stream', responses: text('application/octet-stream') } },
};

async function withBudget(budget: object): Promise<LimitsApi> {
  const api = await limitsApi(paths, handler, {
    castellan: { budget },
    options: { limits: { perAddress: 'off', perPrincipal: 'off' } },
  });
  open.push(api);
  return api;
}

/** What left of an answer, as text; its status. A body that was cut throws. */
async function taken(api: LimitsApi, path: string, as = 'ada', address = '192.0.2.1'): Promise<[number, string]> {
  const response = await api.ask(`GET ${path}`, { as, address });
  try {
    return [response.status, await response.text()];
  } catch {
    return [0, ''];
  }
}

/** What ada may still take. */
async function leftOf(api: LimitsApi, what: string): Promise<number[]> {
  const issuer = api.events.at(-1)?.actor.session?.issuer ?? '';
  const limits = await api.guard.limitsOf({ subject: 'ada', issuer });
  return limits.filter((limit) => limit.what === what).map(({ remaining }) => remaining);
}

describe('records', () => {
  for (const name of Object.keys(ways))
    test(`are counted in ${name}`, async () => {
      const api = await withBudget({ records: '35/day' });
      const got: number[] = [];
      for (let page = 0; page < 6; page++) got.push((await taken(api, `/${name}?from=${page * 10}`))[0]);
      assert.deepEqual(got.slice(0, 3), [200, 200, 200]);
      assert.notEqual(got[3], 200);
      // A page that did not fit took nothing, where it could be looked at as a whole: five single ones still do.
      if (!/lines|streamed/.test(name) && !name.startsWith('csv')) {
        assert.equal(got[3], 429);
        const single: number[] = [];
        for (let id = 0; id < 7; id++) single.push((await taken(api, `/people/${id}`))[0]);
        assert.deepEqual(single, [200, 200, 200, 200, 200, 429, 429]);
      }
      assert.equal((await taken(api, `/${name}`, 'bob'))[0], 200);
    });

  test('over every way together, from many addresses', async () => {
    const api = await withBudget({ records: '100/day' });
    let records = 0;
    for (let round = 0; round < 40; round++)
      for (const name of ['bare', 'envelope', 'map']) {
        const [status, body] = await taken(api, `/${name}?from=${round * 10}`, 'ada', `2001:db8:${round}::1`);
        if (status === 200) records += body.split('"email"').length - 1;
      }
    assert.equal(records, 100);
  });
});

test('bytes are counted of files and streams', async () => {
  for (const path of ['/file', '/stream']) {
    const api = await withBudget({ bytes: '2500B/day' });
    const got: [number, string][] = [];
    for (let at = 0; at < 4; at++) got.push(await taken(api, path));
    assert.deepEqual(
      got.slice(0, 2).map(([status]) => status),
      [200, 200],
    );
    assert.notEqual(got[2]?.[0], 200);
    assert.notEqual(got[3]?.[0], 200);
  }
});

describe('different objects', () => {
  test('each counts once, however it is had', async () => {
    const api = await withBudget({ objects: { Person: '25/day' } });
    for (let again = 0; again < 5; again++) {
      assert.equal((await taken(api, '/bare?from=0'))[0], 200);
      assert.equal((await taken(api, '/envelope?from=5'))[0], 200);
      assert.equal((await taken(api, '/people/7'))[0], 200);
      assert.equal((await taken(api, '/map?from=0'))[0], 200);
    }
    // Fifteen so far.
    assert.equal((await taken(api, '/bare?from=15'))[0], 200);
    assert.equal((await taken(api, '/people/30'))[0], 429);
    assert.equal((await taken(api, '/lines?from=20'))[0], 0);
    assert.equal((await taken(api, '/lines?from=10'))[0], 200);
    assert.equal((await taken(api, '/people/24'))[0], 200);
    assert.equal((await taken(api, '/people/30', 'bob'))[0], 200);
    api.later(86_400_000);
    assert.equal((await taken(api, '/people/30'))[0], 200);
  });

  test('of objects inside of objects too', async () => {
    const api = await limitsApi({ ...paths }, () => Response.json([{ ...person(1), friends: people(2, 9) }]), {
      castellan: { budget: { objects: '10/day' } },
    });
    open.push(api);
    assert.equal((await taken(api, '/bare'))[0], 200);
    assert.equal((await leftOf(api, 'objects'))[0], 0);
  });
});

test('sensitive properties are counted by name, as the document says or their names mean', async () => {
  const api = await withBudget({ sensitive: { email: '25/day' } });
  assert.deepEqual(
    [await taken(api, '/bare'), await taken(api, '/envelope'), await taken(api, '/bare')].map(([status]) => status),
    [200, 200, 429],
  );
  // Of each person an e-mail address and a confidential note; what is public is none.
  const all = await withBudget({ sensitive: '40/day' });
  assert.deepEqual(
    [await taken(all, '/bare'), await taken(all, '/map'), await taken(all, '/people/1')].map(([status]) => status),
    [200, 200, 429],
  );
});

test('what does not fit takes from no other budget', async () => {
  const api = await withBudget({ records: '100/day', sensitive: { email: '15/day' } });
  assert.equal((await taken(api, '/bare'))[0], 200);
  for (let at = 0; at < 30; at++) assert.equal((await taken(api, '/bare'))[0], 429);
  assert.deepEqual(await leftOf(api, 'records'), [90]);
});

test('a budget of a type that no schema has is refused', async () => {
  await assert.rejects(withBudget({ objects: { Persn: '5/day' } }), /no schema has; did you mean Person\?/);
  await assert.rejects(withBudget({ objects: {} }), /at least one name/);
  await assert.rejects(withBudget({ objects: { Person: '-5/day' } }), /is not a rate/);
});
