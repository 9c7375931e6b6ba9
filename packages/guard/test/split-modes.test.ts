// What is asked and what is answered are ruled apart: each direction does what its mode says, in every server and from every place.
// promise: modes-by-direction
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Mode, ModeSetting } from '@castellan/contract';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { Recorded } from './adapters/recorded.ts';
import { servers } from './adapters/servers.ts';
import { send } from './client.ts';
import type { Application } from './contract.ts';

const modes: readonly Mode[] = ['enforce', 'observe', 'off'];
const answer = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
const document = (api: object, operation: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  ...api,
  paths: {
    '/notes': {
      get: {
        operationId: 'listNotes',
        ...operation,
        parameters: [
          { name: 'answer', in: 'query', schema: { type: 'string' } },
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
        ],
        responses: { 200: { description: 'ok', content: { 'application/json': { schema: answer } } } },
      },
    },
  },
});
const answers: Readonly<Record<string, object>> = { good: { text: 'a' }, more: { text: 'a', secret: 1 }, wrong: {} };
let ran = 0;
let next: keyof typeof answers = 'good';
const application: Application = {
  listNotes: {
    method: 'get',
    path: '/notes',
    handle() {
      ran += 1;
      return { status: 200, body: answers[next] };
    },
  },
};
const x = (mode: ModeSetting): object => ({ 'x-castellan': { mode } });

/** Where a setting can stand; what stands nearer counts. */
const places: Readonly<Record<string, (mode: ModeSetting, other: Mode) => GuardOptions>> = {
  option: (mode) => ({ contract: document({}, {}), mode }),
  document: (mode, other) => ({ contract: document(x(mode), {}), mode: other }),
  operation: (mode, other) => ({ contract: document(x(other), x(mode)), mode: other }),
  'one of them nearer': (mode) =>
    typeof mode === 'string'
      ? { contract: document({}, {}), mode }
      : {
          contract: document(x({ responses: mode.responses }), x({ requests: mode.requests })),
          mode: { requests: 'off', responses: 'off' },
        },
};

for (const [name, start] of Object.entries(servers)) {
  // Each server with one place, one server with all of them.
  const chosen = name === 'node:http' ? Object.keys(places) : ['option'];
  for (const place of chosen)
    describe(`${name}, ${place}`, () => {
      for (const requests of modes)
        for (const responses of modes)
          test(`requests: ${requests}, responses: ${responses}`, { timeout: 60_000 }, async () => {
            const recorded = new Recorded();
            const other = requests === 'enforce' ? 'observe' : 'enforce';
            const options = places[place]?.({ requests, responses }, other);
            assert.ok(options);
            const guard = await createGuard({ ...options, onEvent: recorded.add });
            const server = await start(guard, application);
            const ask = async (query: string) => {
              ran = 0;
              next = /answer=(\w+)/.exec(query)?.[1] ?? 'good';
              const { status, json, headers } = await send(server.url, `/notes?${query}`);
              return { status, json, headers, event: (await recorded.next()).unmapped.castellan };
            };
            try {
              const good = await ask('answer=good');
              assert.deepEqual([good.status, good.json], [200, answers['good']]);
              assert.equal(good.headers['x-frame-options'], responses === 'enforce' ? 'DENY' : undefined);
              assert.deepEqual([good.event.mode, good.event.responseMode ?? good.event.mode], [requests, responses]);

              const wrong = await ask('limit=x');
              assert.equal(wrong.status, requests === 'enforce' ? 400 : 200);
              assert.equal(ran, requests === 'enforce' ? 0 : 1);
              const seen = (wrong.event.observed ?? []).some(({ stage }) => stage === 'validate');
              assert.equal(seen, requests === 'observe');

              const changed = await ask('answer=more');
              assert.deepEqual(changed.json, responses === 'enforce' ? answers['good'] : answers['more']);
              assert.equal(changed.event.removed, responses === 'enforce' ? 1 : undefined);

              const withheld = await ask('answer=wrong');
              assert.equal(withheld.status, responses === 'enforce' ? 500 : 200);
              const noted = (withheld.event.observed ?? []).some(({ stage }) => stage === 'release');
              assert.equal(noted, responses === 'observe');
            } finally {
              await server.close();
              await guard.end();
            }
          });
    });
}

test('what is not meant is told', async () => {
  for (const mode of [{ request: 'observe' }, { requests: 'obsrve' }, [], 'observed'])
    await assert.rejects(createGuard({ contract: document({}, {}), mode: mode as never }), /did you mean|is none of/);
  await assert.rejects(
    createGuard({ contract: document(x({ respones: 'off' } as never), {}) }),
    /did you mean responses/,
  );
  const guard = await createGuard({ contract: document({}, {}), mode: { responses: 'observe' } });
  assert.match(
    guard.notices.map(({ message }) => message).join('\n'),
    /enforce for requests and observe for responses: no answer is withheld/,
  );
  await guard.end();
});
