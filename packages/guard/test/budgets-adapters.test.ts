// Budgets over real sockets, in every framework: whole answers, lists, tables and streams, with and without a length.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { servers, type Started } from './adapters/servers.ts';
import type { Application, Reply } from './contract.ts';

const row = { type: 'object', 'x-castellan': { resource: 'Row' }, properties: { id: { type: 'integer' } } };
const rows = (count: number): object[] => Array.from({ length: count }, (_, id) => ({ id }));
const csv = `id\n${rows(10)
  .map((_, id) => `${id}\n`)
  .join('')}`;

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

/** Each answers ten records, of which 25 may be had. */
const forms: Readonly<Record<string, { readonly content: object; readonly reply: () => Reply }>> = {
  list: {
    content: { 'application/json': { schema: { type: 'array', items: row } } },
    reply: () => ({ status: 200, body: rows(10) }),
  },
  table: {
    content: { 'text/csv': {} },
    reply: () => ({ status: 200, type: 'text/csv', body: csv }),
  },
  streamed: {
    content: { 'text/csv': {} },
    reply: () => ({ status: 200, type: 'text/csv', stream: pieces(csv) }),
  },
  lines: {
    content: { 'application/jsonl': { itemSchema: row } },
    reply: () => ({
      status: 200,
      type: 'application/jsonl',
      stream: pieces(
        rows(10)
          .map((one) => `${JSON.stringify(one)}\n`)
          .join(''),
      ),
    }),
  },
};

/** Where a handler answers a `Response`, whose body always streams. */
const fetchStyle = ['Hono', 'Fetch'];

const routes = Object.fromEntries(
  Object.entries(forms).map(([name, { reply }]) => [name, { method: 'get' as const, path: `/${name}`, handle: reply }]),
) as unknown as Application;

for (const [framework, start] of Object.entries(servers))
  describe(framework, () => {
    const guards: Guard[] = [];
    const started: Started[] = [];
    let url = '';
    before(async () => {
      const guard = await createGuard({
        contract: {
          openapi: '3.2.0',
          info: { title: 'Budgets', version: '1' },
          security: [],
          paths: Object.fromEntries(
            Object.entries(forms).map(([name, { content }]) => [
              `/${name}`,
              {
                get: {
                  operationId: name,
                  'x-castellan': { budget: { records: '25/day' } },
                  responses: { 200: { description: 'ok', content } },
                },
              },
            ]),
          ),
        },
      });
      const server = await start(guard, routes);
      guards.push(guard);
      started.push(server);
      url = server.url;
    });
    after(async () => {
      for (const server of started) await server.close();
      for (const guard of guards) await guard.end();
    });

    for (const name of Object.keys(forms))
      test(`25 records of ${name}, and no more`, async () => {
        const whole: boolean[] = [];
        let records = 0;
        for (let at = 0; at < 5; at++) {
          const { text, ended, status } = await read(`${url}/${name}`);
          // What is there whole and does not fit is refused, not cut off.
          if (at === 4 && (name === 'list' || (name === 'table' && !fetchStyle.includes(framework))))
            assert.equal(status, 429);
          whole.push(ended);
          records += text.split('\n').filter((line) => /^(?:\d+|\{"id":\d+\})$/.test(line)).length;
          records += text.startsWith('[') ? text.split('"id"').length - 1 : 0;
        }
        assert.deepEqual(whole, [true, true, false, false, false]);
        assert.ok(records >= 20 && records <= 25, `${records} records left`);
      });
  });

/** What arrived, and whether it is the whole of a good answer. */
async function read(url: string): Promise<{ readonly text: string; readonly ended: boolean; readonly status: number }> {
  let text = '';
  let status = 0;
  try {
    const response = await fetch(url);
    status = response.status;
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
    return { text, ended: status === 200, status };
  } catch {
    return { text, ended: false, status };
  }
}
