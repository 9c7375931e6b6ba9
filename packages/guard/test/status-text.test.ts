// A handler that only sets a status answers with nothing: the name of the status that a framework writes is no content.
import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { servers } from './adapters/servers.ts';
import { send } from './client.ts';
import type { Application } from './contract.ts';

const statuses = [200, 201, 202, 206] as const;
const documents = {
  none: undefined,
  bytes: { 'application/octet-stream': {} },
  text: { 'text/plain': { schema: { type: 'string' } } },
  json: { 'application/json': { schema: { type: 'object' } } },
};
const bodies: readonly ((status: number) => string | undefined)[] = [
  () => undefined,
  (status) => STATUS_CODES[status],
  String,
  (status) => `${STATUS_CODES[status]} MARK`,
  () => 'MARK',
];

const responses = (content: object | undefined): object =>
  Object.fromEntries(
    statuses.map((status) => [status, { description: 'It', ...(content === undefined ? {} : { content }) }]),
  );
const parameters = ['status', 'body'].map((name) => ({ name, in: 'query', schema: { type: 'integer' } }));
const contract = {
  openapi: '3.1.0',
  info: { title: 'Statuses', version: '1' },
  paths: Object.fromEntries(
    Object.entries(documents).map(([name, content]) => [
      `/${name}`,
      { get: { operationId: name, parameters, responses: responses(content) } },
    ]),
  ),
};
const application: Application = Object.fromEntries(
  Object.keys(documents).map((name) => [
    name,
    {
      method: 'get',
      path: `/${name}`,
      handle({ query }) {
        const status = Number(query['status']);
        const body = bodies[Number(query['body'])]?.(status);
        return body === undefined ? { status } : { status, type: 'text/plain; charset=utf-8', body };
      },
    },
  ]),
);

/** What leaves: the text, nothing, or a refusal. */
function expected(name: keyof typeof documents, status: number, body: string | undefined): string {
  if (name === 'text') return body ?? '';
  const nothing = body === undefined || body === STATUS_CODES[status] || body === String(status);
  return nothing && name !== 'json' ? '' : 'withheld';
}

for (const [server, open] of Object.entries(servers)) {
  test(`${server}: the name of a status is an empty answer`, async () => {
    const guard = await createGuard({ contract, limits: { perAddress: 'off' } });
    const started = await open(guard, application);
    try {
      for (const name of Object.keys(documents) as (keyof typeof documents)[]) {
        for (const status of statuses) {
          for (const [index, make] of bodies.entries()) {
            // Koa writes the name itself where there is no body.
            const written = make(status) ?? (server === 'Koa' ? STATUS_CODES[status] : undefined);
            const answer = await send(started.url, `/${name}?status=${status}&body=${index}`);
            const seen = answer.status === status ? answer.text : 'withheld';
            assert.equal(seen, expected(name, status, written), `${name} ${status} ${index}`);
            assert.doesNotMatch(name === 'text' ? '' : answer.text, /MARK/);
          }
        }
      }
    } finally {
      await started.close();
      await guard.end();
    }
  });
}
