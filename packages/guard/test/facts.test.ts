// Facts: what sinks are given of each exchange, once, and never a value of a parameter, a credential or an id as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '@castellan/guard';
import { ada, answers, cedar, document, noteRef, own, resources, stored } from './notes.ts';
import { authentication, guarded } from './guarded.ts';
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
    ['/reports/98765432109876/summary', { headers }],
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
    assert.doesNotMatch(JSON.stringify(facts), /mine|theirs|98765432109876|canary-agent/);
});

test('a refused credential is told as hashes: one account, or one password for many, can be seen', async () => {
  const schemes = {
    basic: { type: 'http', scheme: 'basic' },
    key: { type: 'apiKey', in: 'header', name: 'x-key' },
    cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
    token: { type: 'http', scheme: 'bearer' },
  };
  const { components, ...rest } = document({}) as { readonly components: object };
  const contract = {
    ...rest,
    paths: Object.fromEntries(
      Object.keys(schemes).map((name) => [
        `/${name}`,
        { get: { operationId: name, security: [{ [name]: [] }], responses: answers(noteRef) } },
      ]),
    ),
    components: { ...components, securitySchemes: schemes },
  };
  const facts: Facts[] = [];
  const keys = { keys: { k5Jq0b8QxWc2mT7vYpR4nL9sD1fG6hZa: { subject: 'batch' } } };
  const server = await guarded({
    contract,
    authentication: {
      basic: { users: { ada: { password: 'right-password-of-ada' } } },
      key: keys,
      cookie: keys,
      token: authentication.token,
    },
    facts: [(one) => facts.push(one)],
  });
  const basic = (user: string, password: string): RequestInit => ({
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
  });
  const requests: readonly (readonly [string, RequestInit])[] = [
    ['/basic', basic('ada', 'canary-one')],
    ['/basic', basic('bob', 'canary-one')],
    ['/basic', basic('ada', 'canary-two')],
    ['/key', { headers: { 'x-key': 'canary-one' } }],
    ['/cookie', { headers: { cookie: 'session=canary-one' } }],
    ['/token', { headers: { authorization: 'Bearer canary-one' } }],
    ['/token', {}],
  ];
  for (const [path, init] of requests) await (await fetch(server.url + path, init)).text();
  await server.close();
  const [first, second, third, key, cookie, token, nothing] = facts.map(({ attempt }) => attempt);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.deepEqual(
    [first, second, third, key, cookie, token, nothing].map((one) => one?.kind),
    ['basic', 'basic', 'basic', 'api-key', 'api-key', 'bearer', undefined],
  );
  assert.deepEqual([first.secret === second.secret, first.account === second.account], [true, false]);
  assert.deepEqual([first.secret === third.secret, first.account === third.account], [false, true]);
  assert.equal(new Set([first, key, cookie, token].map((one) => one?.secret)).size, 1, 'one secret has one hash');
  assert.doesNotMatch(JSON.stringify(facts), /canary|"ada"|"bob"/);
});

test('what an answer gave away: records, objects by hashed id, sensitive properties', async () => {
  const base = document({
    '/notes': { get: { operationId: 'listNotes', responses: answers({ type: 'array', items: noteRef }) } },
  }) as { readonly components: { readonly schemas: { readonly Note: { readonly properties: object } } } };
  const { Note } = base.components.schemas;
  const properties = { ...Note.properties, iban: { type: 'string', 'x-castellan': { sensitivity: 'personal' } } };
  const contract = { ...base, components: { ...base.components, schemas: { Note: { ...Note, properties } } } };
  const facts: Facts[] = [];
  const server = await guarded({ contract, facts: [(one) => facts.push(one)] }, (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        ['canary-1', 'canary-2', 'canary-3'].map((id, at) => ({ id, ...(at > 0 ? { iban: 'canary-iban' } : {}) })),
      ),
    );
  });
  await (await fetch(`${server.url}/notes`, { headers })).text();
  await server.close();
  const [list] = facts;
  assert.deepEqual([list?.records, list?.objectCount, list?.sensitive], [3, 3, { iban: 2 }]);
  assert.deepEqual(
    list?.objects.map(({ type, id, verdict }) => [type, id.length, verdict]),
    [1, 2, 3].map(() => ['Note', 16, 'permitted']),
  );
  assert.doesNotMatch(JSON.stringify(facts), /canary-\d|canary-iban/);
});

test('what was taken out of an answer is told: which objects, and where; and how long each stage took', async () => {
  const listed = document({
    '/notes': {
      get: {
        operationId: 'listNotes',
        'x-castellan': { denied: 'remove' },
        responses: answers({ type: 'array', items: noteRef }),
      },
    },
  });
  for (const count of [0, 1, 3, 150]) {
    const facts: Facts[] = [];
    const server = await guarded(
      {
        contract: listed,
        policies: cedar(
          `permit (principal, action in [Action::"listNotes", Action::"getNote"], resource is Note) ${own};`,
        ),
        resources,
        facts: [(one) => facts.push(one)],
      },
      (_request, response) => {
        response.setHeader('content-type', 'application/json');
        const theirs = Array.from({ length: count }, (_, at) => ({ id: `canary-${at}`, ownerId: 'bob', title: 'x' }));
        response.end(JSON.stringify([{ id: 'canary-mine', ownerId: 'ada', title: 'x' }, ...theirs]));
      },
    );
    const left = (await (await fetch(`${server.url}/notes`, { headers })).json()) as unknown[];
    await server.close();
    const [one] = facts;
    assert.ok(one !== undefined);
    assert.equal(left.length, 1);
    const verdicts = one.objects.map(({ verdict }) => verdict);
    assert.deepEqual(
      [
        verdicts.filter((verdict) => verdict === 'permitted').length,
        verdicts.filter((verdict) => verdict === 'removed').length,
      ],
      [1, Math.min(count, 99)],
    );
    assert.equal(one.removed, count);
    assert.deepEqual(
      one.changes?.map(({ reason, places }) => [reason, places.length, places[0]]),
      count === 0 ? undefined : [['denied-object', Math.min(count, 20), '/1']],
    );
    assert.doesNotMatch(JSON.stringify(facts), /canary-/);
    const { timings = {} } = one;
    for (const stage of ['frame', 'route', 'authenticate', 'handler'] as const)
      assert.ok((timings[stage] ?? -1) >= 0, stage);
    const sum = Object.values(timings).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - one.duration) < 0.001, `${sum} of ${one.duration} ms`);
  }
});

test('stages that did not run have no time, and those that waited have theirs', async () => {
  const facts: Facts[] = [];
  const server = await guarded(
    { contract: document({}), policies, resources, facts: [(one) => facts.push(one)] },
    (_request, response) =>
      void setTimeout(
        () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"mine","ownerId":"ada"}'),
        20,
      ),
  );
  for (const [path, init] of [
    ['/notes/mine', {}],
    ['/nowhere', { headers }],
    ['/notes/mine', { headers }],
  ] as const)
    await (await fetch(server.url + path, init)).text();
  await server.close();
  const [nobody, nowhere, mine] = facts.map(({ timings }) => Object.keys(timings ?? {}));
  assert.ok(nobody?.includes('authenticate') === true && !nobody.includes('handler') && !nobody.includes('authorize'));
  assert.ok(nowhere?.includes('route') === true && !nowhere.includes('authenticate') && !nowhere.includes('handler'));
  assert.ok(mine?.includes('authorize'));
  assert.ok((facts[2]?.timings?.handler ?? 0) >= 19);
});
