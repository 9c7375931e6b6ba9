// Facts: what sinks are given of each exchange, once, and never a value of a parameter, a credential or an id as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { ada, cedar, document, own, resources, stored } from './notes.ts';
import { guarded } from './guarded.ts';
import type { GuardedHandler } from '@castellan/guard/node';

const policies = cedar(`permit (principal, action == Action::"getNote", resource is Note) ${own};`);
const show: GuardedHandler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(stored[request.parameters.path['id'] as string] ?? {}));
};

async function factsOf(requests: readonly (readonly [path: string, init: RequestInit])[]): Promise<readonly Facts[]> {
  const facts: Facts[] = [];
  const again: Facts[] = [];
  const failing = (): never => {
    throw new Error('mine');
  };
  const server = await guarded(
    {
      contract: document({}),
      policies,
      resources,
      facts: [failing, (one) => facts.push(one), (one) => again.push(one)],
    },
    show,
  );
  for (const [path, init] of requests) await (await fetch(`${server.url}${path}`, init)).text();
  await server.close();
  assert.equal(
    again.every((one, index) => one === facts[index]),
    true,
    'made once, whoever asks',
  );
  assert.equal(again.length, facts.length);
  return facts;
}

const headers = { authorization: `Bearer ${ada}`, 'user-agent': 'canary-agent/1' };

test('each exchange has facts, in their order: who, what, which object, and why not', async () => {
  const [mine, , denied, nobody, unknown] = await factsOf([
    ['/notes/mine', { headers }],
    ['/notes/mine', { headers }],
    ['/notes/theirs', { headers }],
    ['/notes/mine', {}],
    ['/reports/4711/summary', { headers }],
  ]);
  assert.ok(mine !== undefined && denied !== undefined && nobody !== undefined && unknown !== undefined);
  assert.deepEqual(
    [mine.api, mine.operation, mine.method, mine.template, mine.status, mine.principal?.subject, mine.refused],
    ['Notes', 'getNote', 'GET', '/notes/{id}', 200, 'ada', undefined],
  );
  assert.deepEqual(
    mine.objects.map(({ type, verdict }) => [type, verdict]),
    [['Note', 'permitted']],
  );
  assert.ok(mine.duration >= 0 && mine.bytesOut > 0 && mine.agent.length === 16);
  assert.deepEqual(denied.refused, { stage: 'authorize', type: 'forbidden', reason: 'policy-denied' });
  assert.deepEqual(
    denied.objects.map(({ type, verdict }) => [type, verdict]),
    [['Note', 'refused']],
  );
  assert.notEqual(denied.objects[0]?.id, mine.objects[0]?.id);
  assert.deepEqual(
    [nobody.principal, nobody.refused?.type, nobody.agent === mine.agent],
    [undefined, 'unauthenticated', false],
  );
  assert.deepEqual([unknown.operation, unknown.status], ['', 404]);
  assert.match(unknown.template, /^\/reports\/\{[\w-]{16}\}\/summary$/);
  for (const facts of [mine, denied, nobody, unknown])
    assert.doesNotMatch(JSON.stringify(facts), /mine|theirs|4711|canary-agent/);
});
