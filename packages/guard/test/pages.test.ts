// Pages: how many items, how far, and how much of each, whatever way it is asked; what is answered all the same is cut or withheld.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { expansionsOf } from '../src/authorize/expansions.ts';
import { answer, documentOf, json, limitsApi, type LimitsApi } from './limits-api.ts';

const open: LimitsApi[] = [];
after(async () => {
  for (const api of open) await api.end();
});

const item = { type: 'object', properties: { id: { type: 'integer' }, tags: { type: 'array' } } };
const Item = { ...item, 'x-castellan': { resource: 'Item' } };
const text = (name: string): object => ({ name, in: 'query', schema: { type: 'string' } });
const number = (name: string): object => ({ name, in: 'query', schema: { type: 'integer' } });
const items = (count: number): object[] =>
  Array.from({ length: count }, (_, id) => ({ id, tags: Array(30).fill('x') }));

const shapes: Readonly<
  Record<
    string,
    { readonly schema: object; readonly of: (list: object[]) => unknown; readonly back: (value: never) => unknown[] }
  >
> = {
  bare: { schema: { type: 'array', items: item }, of: (list) => list, back: (value) => value },
  envelope: {
    schema: { type: 'object', properties: { items: { type: 'array', items: item }, total: {} } },
    of: (list) => ({ items: list, total: 9 }),
    back: (value: { items: unknown[] }) => value.items,
  },
  deep: {
    schema: {
      type: 'object',
      properties: { data: { type: 'object', properties: { 'a/b': { type: 'array', items: item } } } },
    },
    of: (list) => ({ data: { 'a/b': list } }),
    back: (value: { data: { 'a/b': unknown[] } }) => value.data['a/b'],
  },
};

async function apiOf(page: object, schema: object, body: () => unknown, type = 'application/json'): Promise<LimitsApi> {
  const api = await limitsApi(
    {
      '/items': {
        get: {
          ...(JSON.stringify(page).includes('body.') ? {} : { 'x-castellan': { page } }),
          parameters: [number('limit'), number('offset'), number('page'), text('include'), text('fields')],
          responses:
            type === 'application/json'
              ? answer(schema)
              : { 200: { description: 'ok', content: { [type]: { itemSchema: schema } } } },
        },
        post: {
          'x-castellan': { page },
          requestBody: json({ type: 'object' }),
          parameters: [number('limit'), number('offset'), number('page'), text('include'), text('fields')],
          responses: answer(schema),
        },
      },
    },
    () => {
      const made = body();
      return type === 'application/json'
        ? Response.json(made)
        : new Response(String(made), { headers: { 'content-type': type } });
    },
  );
  open.push(api);
  return api;
}

describe('an answer that holds too much', () => {
  for (const [name, { schema, of, back }] of Object.entries(shapes)) {
    test(`is withheld: ${name}`, async () => {
      const api = await apiOf({ max: 10 }, schema, () => of(items(11)));
      assert.equal(await api.call('GET /items'), 500);
      assert.equal(api.events.at(-1)?.unmapped.castellan.refused?.reason, 'page-over-limit');
    });

    test(`is cut off at the cap, and the event says where: ${name}`, async () => {
      let count = 25;
      const api = await apiOf({ max: 10, over: 'cut' }, schema, () => of(items(count)));
      const response = await api.ask('GET /items');
      const list = back((await response.json()) as never) as { id: number; tags: unknown[] }[];
      assert.deepEqual(
        list.map(({ id }) => id),
        items(10).map((_, id) => id),
      );
      // What an item holds itself is no page.
      assert.equal(list[0]?.tags.length, 30);
      const { changed, removed } = api.events.at(-1)?.unmapped.castellan ?? {};
      assert.equal(changed?.[0]?.reason, 'list-cut');
      assert.equal(removed, 15);
      count = 10;
      assert.equal(back((await (await api.ask('GET /items')).json()) as never).length, 10);
      assert.equal(api.events.at(-1)?.unmapped.castellan.changed, undefined);
    });
  }

  test('in a map of objects is withheld', async () => {
    const schema = { type: 'object', additionalProperties: Item };
    for (const over of ['cut', 'withhold']) {
      const api = await apiOf({ max: 10, over }, schema, () =>
        Object.fromEntries(items(11).map((one, at) => [`k${at}`, one])),
      );
      assert.equal(await api.call('GET /items'), 500);
    }
  });

  test('in a stream ends it, or the rest is left out', async () => {
    const lines = (): string =>
      items(25)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join('');
    const cut = await apiOf({ max: 10, over: 'cut' }, item, lines, 'application/jsonl');
    assert.equal((await (await cut.ask('GET /items')).text()).trim().split('\n').length, 10);
    const withheld = await apiOf({ max: 10 }, item, lines, 'application/jsonl');
    await assert.rejects(async () => (await withheld.ask('GET /items')).text());
  });
});

describe('how far pages go', () => {
  const page = { limit: 'limit', max: 100, offset: 'offset', number: 'page', depth: 1000 };
  for (const [query, status] of [
    ['offset=1000', 200],
    ['offset=1001', 400],
    ['offset=-1', 400],
    ['offset=999999999999999', 400],
    ['page=11', 200],
    ['page=12', 400],
    ['page=11&limit=50', 200],
    ['page=21&limit=50', 200],
    ['page=22&limit=50', 400],
    ['page=1002&limit=1', 400],
    ['page=0', 200],
    ['page=-1', 400],
    ['limit=100', 200],
    ['limit=101', 400],
    ['', 200],
  ] as const)
    test(query, async () => {
      const api = await apiOf(page, shapes['bare']?.schema ?? {}, () => []);
      assert.equal(await api.call(`GET /items?${query}`), status);
      if (status === 400)
        assert.match(api.events.at(-1)?.unmapped.castellan.refused?.reason ?? '', /^page-(depth|limit)$/);
    });

  test('in a body as in the query', async () => {
    const api = await apiOf({ limit: 'body.page.size', max: 10, offset: 'body.skip', depth: 50 }, {}, () => []);
    for (const [body, status] of [
      [{}, 200],
      [{ page: { size: 10 }, skip: 50 }, 200],
      [{ page: { size: 11 } }, 400],
      [{ page: { size: '11' } }, 400],
      [{ page: { size: null } }, 400],
      [{ skip: 51 }, 400],
      [{ skip: [1] }, 400],
    ] as const)
      assert.equal(await api.call('POST /items', { body }), status, JSON.stringify(body));
  });
});

describe('how much of each item', () => {
  test('is asked for in every way that it is written', () => {
    for (const [value, count, levels] of [
      [undefined, 0, 1],
      ['', 0, 0],
      ['a', 1, 1],
      ['a,b,c', 3, 1],
      ['a b|c;d', 4, 1],
      ['a.b.c', 1, 3],
      ['a/b,c', 2, 2],
      ['a(b,c(d))', 4, 3],
      ['a{b{c{d}}}', 4, 4],
      ['a[b.c]', 2, 3],
      ['*', 1, 1],
      ['a..b', 1, 2],
      [['a', 'b.c'], 2, 2],
      [{ articles: 'title,body', people: ['name'] }, 3, 2],
    ] as const) {
      const { count: counted, levels: deep } = expansionsOf(value);
      assert.equal(deep, levels, `${JSON.stringify(value)} has ${deep} levels`);
      assert.ok(
        counted >= Math.min(count, 1) && (levels > 1 || counted === count),
        `${JSON.stringify(value)}: ${counted}`,
      );
    }
  });

  for (const [query, status] of [
    ['include=a,b,c', 200],
    ['include=a,b,c,d', 400],
    ['include=a,b&fields=c', 200],
    ['include=a,b&fields=c,d', 400],
    ['include=a.b', 200],
    ['include=a.b.c', 400],
    ['fields=a(b(c))', 400],
    ['fields=%2A', 200],
  ] as const)
    test(query, async () => {
      const page = { max: 10, expand: ['include', 'fields'], expansions: 3, levels: 2 };
      const api = await apiOf(page, {}, () => ({}));
      assert.equal(await api.call(`GET /items?${query}`), status);
    });
});

test('what contradicts itself is refused', async () => {
  const parameters = [number('limit'), number('offset'), text('include')];
  for (const [page, message] of [
    [{ max: 5, offset: 'offset' }, /not how far; add depth/],
    [{ max: 5, depth: 5 }, /bounds nothing/],
    [{ max: 5, offset: 'ofset', depth: 5 }, /did you mean offset\?/],
    [{ max: 5, expand: ['includ'] }, /did you mean include\?/],
    [{ max: 5, limit: 'body.size' }, /does not have/],
    [{ max: -5 }, /at least 1/],
    [{ max: 5, over: 'drop' }, /withhold, cut/],
    [{ limit: 'limit' }, /max is missing/],
  ] as const)
    await assert.rejects(
      loadContract(documentOf({ '/items': { get: { 'x-castellan': { page }, parameters, responses: answer() } } })),
      message,
    );
});
