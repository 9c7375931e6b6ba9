// What is learnt is true: observe, learn, enforce, with gaps in every form. Honest calls of other values pass, and attacks do not.
// promise: learn-report
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { writeLearnt, type Learnt } from '../src/learn/index.ts';
import { casesOf, documentOf, type Case, type Schema, type Version } from './learn-forms.ts';
import { ask, learnt, type Api, type Asked } from './learn-run.ts';

function nameOf({ gap, position, side, shared }: Case): string {
  return `${gap.name}, ${position.name}, ${side}${shared ? ', shared' : ''}`;
}

/** Each third, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const version of ['2.0', '3.0.3', '3.1.0'] as const satisfies readonly Version[]) {
  test(`gaps of ${version} documents are learnt, and the calls of a second session pass`, async () => {
    const every = casesOf(version);
    const cases = every.filter((_, index) => index % step === 0);
    const contract = documentOf(version, cases);
    const valued = (index: 0 | 1): { asked: Asked[]; api: Api } => {
      const values = new Map(cases.map((one) => [one.path, one.position.value(one.gap.values[index])]));
      return {
        asked: cases.map(({ path, side }) =>
          side === 'answer' ? { path } : { method: 'POST', path, body: values.get(path) },
        ),
        api: ({ method, path }) => (method === 'POST' ? {} : { body: values.get(path) }),
      };
    };
    const first = valued(0);
    const before = await ask(contract, {}, first.api, first.asked);
    const broken = before.filter(
      ({ status, body }, index) =>
        status !== 200 ||
        (cases[index]?.side === 'answer' &&
          body !== JSON.stringify(cases[index]?.position.value(cases[index]?.gap.values[0]))),
    );
    assert.ok(broken.length > cases.length * 0.9, 'each case is a gap');

    const result = await learnt(contract, first.api, first.asked);
    const overlays = [result.overlay];
    for (const index of [0, 1] as const) {
      const { asked, api } = valued(index);
      const answers = await ask(contract, { overlays }, api, asked);
      const wrong = answers.flatMap(({ status, body }, at) => {
        const one = cases[at];
        if (one === undefined) return [];
        const good =
          status === 200 &&
          (one.side === 'request' || body === JSON.stringify(one.position.value(one.gap.values[index])));
        return good ? [] : [`session ${index + 1}: ${nameOf(one)}: ${status} ${body.slice(0, 200)}`];
      });
      assert.deepEqual(wrong, []);
    }
    for (const operation of result.operations)
      assert.equal(
        operation.passes,
        operation.accepted.times,
        `${operation.operation} ${nameOf(every[Number(/\d+$/.exec(operation.operation)?.[0])] as Case)} ${JSON.stringify(operation.causes)}`,
      );

    const attacked = cases.filter(
      ({ side, position }) => side === 'request' && position.name !== 'map' && position.name !== 'items',
    );
    const answers = await ask(
      contract,
      { overlays },
      () => ({}),
      attacked.flatMap(({ path, position, gap }) => [
        { method: 'POST', path, body: { ...(position.value(gap.values[0]) as object), isAdmin: true } },
        { method: 'POST', path: `${path}?debug=1`, body: position.value(gap.values[0]) },
        { method: 'POST', path, body: 'text' },
        { method: 'DELETE', path },
      ]),
    );
    const through = answers.flatMap(({ status }, index) =>
      status >= 400 ? [] : [`${nameOf(attacked[Math.floor(index / 4)] as Case)}: attack ${index % 4}`],
    );
    assert.deepEqual(through, []);
  });
}

const text = { type: 'string' };
const small = (operation: object, path = '/things', more: object = {}): Schema => ({
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  paths: { [path]: operation },
  ...more,
});
const json = (schema: object): object => ({ description: '', content: { 'application/json': { schema } } });

describe('parts that nobody documented', () => {
  const document = small({
    get: {
      operationId: 'list',
      parameters: [
        { name: 'sort', in: 'query', schema: text },
        { name: 'ids', in: 'query', explode: false, schema: { type: 'array', items: { type: 'integer' } } },
      ],
      responses: { 200: json({ type: 'array', items: { type: 'object', properties: { id: text } } }) },
    },
    post: {
      operationId: 'make',
      parameters: [{ name: 'kind', in: 'query', required: true, schema: text }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', properties: { id: text } } } },
      },
      responses: { 201: { description: '' } },
    },
  });
  const parts: readonly { readonly name: string; readonly asked: readonly [Asked, Asked]; readonly api: Api }[] = [
    {
      name: 'a parameter',
      asked: [{ path: '/things?limit=2&q=a' }, { path: '/things?q=b%20c' }],
      api: () => ({ body: [] }),
    },
    {
      name: 'a parameter that is repeated',
      asked: [{ path: '/things?tag=a&tag=b' }, { path: '/things?tag=c' }],
      api: () => ({ body: [] }),
    },
    {
      name: 'a documented parameter several times',
      asked: [{ path: '/things?sort=a&sort=b' }, { path: '/things?sort=c' }],
      api: () => ({ body: [] }),
    },
    {
      name: 'a list in another style',
      asked: [{ path: '/things?ids=1&ids=2' }, { path: '/things?ids=3' }],
      api: () => ({ body: [] }),
    },
    {
      name: 'a status',
      asked: [{ path: '/things' }, { path: '/things' }],
      api: () => ({ status: 202, body: { job: 'x' } }),
    },
    {
      name: 'a refusal',
      asked: [{ path: '/things' }, { path: '/things' }],
      api: () => ({ status: 404, body: { error: { code: 7 } } }),
    },
    {
      name: 'a media type',
      asked: [{ path: '/things' }, { path: '/things' }],
      api: () => ({ body: 'a,b\n', type: 'text/csv' }),
    },
    { name: 'an answer without its body', asked: [{ path: '/things' }, { path: '/things' }], api: () => ({}) },
    {
      name: 'a parameter that is left out, and a form',
      asked: [
        { method: 'POST', path: '/things', body: 'id=1', type: 'application/x-www-form-urlencoded' },
        { method: 'POST', path: '/things', body: 'id=2', type: 'application/x-www-form-urlencoded' },
      ],
      api: () => ({ status: 201 }),
    },
    {
      name: 'an operation',
      asked: [{ path: '/things/17/parts?deep=true' }, { path: '/things/4711/parts' }],
      api: ({ path }) => ({ body: path.includes('deep') ? { parts: [{ n: 1 }] } : { parts: [] } }),
    },
    {
      name: 'a method with a body',
      asked: [
        { method: 'PUT', path: '/things', body: { id: 'a', size: 1 } },
        { method: 'PUT', path: '/things', body: { id: 'b', size: 2.5 } },
      ],
      api: () => ({ body: { done: true } }),
    },
  ];
  for (const { name, asked, api } of parts)
    test(name, async () => {
      const [first, second] = asked;
      const { overlay, operations } = await learnt(document, api, [first]);
      const answers = await ask(document, { overlays: [overlay] }, api, [first, second]);
      const expected = [first, second].map((one) => {
        const { status = 200, body, type } = api(one);
        return { status, body: body === undefined ? '' : type === undefined ? JSON.stringify(body) : String(body) };
      });
      assert.deepEqual(answers, expected);
      assert.ok(operations.every(({ passes, accepted }) => passes === accepted.times));
      const attacks = await ask(document, { overlays: [overlay] }, api, [
        { path: '/things?isAdmin=1' },
        { method: 'PATCH', path: '/things' },
        { path: '/things/17/parts/4' },
        { path: '/other' },
      ]);
      assert.ok(attacks.every(({ status }) => status >= 400));
    });
});

describe('verdicts', () => {
  const document = small({
    post: {
      operationId: 'make',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', properties: { id: text } } } },
      },
      responses: { 200: json({ type: 'object', properties: { id: text } }) },
    },
  });
  const sent = (name: string, callers?: string[]): Promise<Learnt> =>
    learnt(
      document,
      () => ({ body: { id: 'x' } }),
      [{ method: 'POST', path: '/things', body: { id: 'a', [name]: 'b' } }],
      'all',
      callers,
    );
  const shown = (name: string): Promise<Learnt> =>
    learnt(document, () => ({ body: { id: 'x', [name]: 'b' } }), [
      { method: 'POST', path: '/things', body: { id: 'a' } },
    ]);
  const verdict = ({ changes }: Learnt): unknown =>
    changes.map((one) => [one.verdict, one.outcome, one.seen.callers])[0];

  for (const name of ['isAdmin', 'is_admin', 'role', 'roles', 'userPermissions', 'superuser', '$where', 'constructor'])
    test(`who sends ${name} is never believed`, async () => {
      const result = await sent(name);
      assert.deepEqual(verdict(result), ['attack', 'refused', 2]);
      assert.equal(result.overlay.actions.length, 0);
    });
  for (const name of ['ownerId', 'tenant', 'price', 'accountId', 'debug', 'newPassword'])
    test(`whether ${name} may be sent is asked`, async () => {
      assert.deepEqual(verdict(await sent(name)), ['question', 'made', 2]);
    });
  for (const name of ['note', 'address2', 'colour', 'description', 'administrative_area'])
    test(`${name} may be sent, where more than one caller does`, async () => {
      assert.deepEqual(verdict(await sent(name)), ['safe', 'made', 2]);
      assert.deepEqual(verdict(await sent(name, ['192.0.2.1'])), ['question', 'made', 1]);
    });
  for (const name of ['password_hash', 'apiKey', 'roles', 'dateOfBirth', 'iban', 'email'])
    test(`whether answers may show ${name} is asked`, async () => {
      const result = await shown(name);
      assert.deepEqual(verdict(result), ['question', 'open', 2]);
      const [answer] = await ask(document, { overlays: [result.overlay] }, () => ({ body: { id: 'x', [name]: 'b' } }), [
        { method: 'POST', path: '/things', body: {} },
      ]);
      assert.equal(answer?.body, '{"id":"x"}');
    });
  for (const name of ['updatedAt', 'score', 'passwordPolicy'])
    test(`answers may show ${name}`, async () => {
      assert.deepEqual(verdict(await shown(name)), ['safe', 'made', 2]);
    });

  test('what the server itself refused tells nothing of what it takes', async () => {
    const result = await learnt(document, () => ({ status: 422, body: { error: 'no' } }), [
      { method: 'POST', path: '/things?x=1', body: { id: 'a', note: 'b' } },
    ]);
    assert.deepEqual(
      result.changes.map(({ cause }) => cause),
      ['undocumented status'],
    );
  });
});

test('a property that is only answered may not be sent where requests share the schema', async () => {
  const Thing = { $ref: '#/components/schemas/Thing' };
  const document = small(
    {
      post: {
        operationId: 'make',
        requestBody: { content: { 'application/json': { schema: Thing } } },
        responses: { 200: json(Thing) },
      },
    },
    '/things',
    { components: { schemas: { Thing: { type: 'object', properties: { id: text } } } } },
  );
  const api: Api = () => ({ body: { id: 'a', version: 7 } });
  const { overlay } = await learnt(document, api, [{ method: 'POST', path: '/things', body: { id: 'a' } }]);
  const [good, bad] = await ask(document, { overlays: [overlay] }, api, [
    { method: 'POST', path: '/things', body: { id: 'a' } },
    { method: 'POST', path: '/things', body: { id: 'a', version: 8 } },
  ]);
  assert.deepEqual([good?.body, bad?.status], ['{"id":"a","version":7}', 400]);
});

test('an operation that is learnt asks for what its neighbours ask for', async () => {
  const document = small(
    { get: { operationId: 'list', security: [{ key: [] }], responses: { 200: json({ type: 'object' }) } } },
    '/things',
    { components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'key' } } } },
  );
  const api: Api = () => ({ body: {} });
  const result = await learnt(document, api, [{ path: '/things/5?key=k' }]);
  const options = { overlays: [result.overlay], authentication: { key: { upstream: true } } };
  const answers = await ask(document, options, api, [{ path: '/things/6?key=k' }, { path: '/things/6' }]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401],
  );
  const anonymous = await learnt(document, api, [{ path: '/open/5' }]);
  assert.deepEqual(
    anonymous.changes.map(({ verdict, why }) => [verdict, why]),
    [['question', 'it was called without a credential']],
  );
});

test('reports: what would still be refused stands by operation, in every format', async () => {
  const document = small({
    get: { operationId: 'list', responses: { 200: json({ type: 'object', properties: { id: text } }) } },
  });
  const result = await learnt(document, () => ({ body: { id: 'a', '<b>apiKey': 1, email: 'e' } }), [
    { path: '/things?role=<x>' },
  ]);
  assert.match(
    writeLearnt(result, 'text'),
    /GET \/things: of 2 that the server accepted 0 pass, 0 are changed, 2 refused\n {4}refused: parameters \/query\/role undocumented-parameter; seen 2 times from 2 callers/,
  );
  assert.match(
    writeLearnt(result, 'text'),
    /Attacks: never proposed\n {2}GET \/things\n {4}the query parameter 'role' may be sent/,
  );
  assert.match(writeLearnt(result, 'markdown'), /^# Things\n\n- 2 exchanges of 2 callers/);
  assert.doesNotMatch(writeLearnt(result, 'html'), /<b>apiKey/);
  const written = JSON.parse(writeLearnt(result, 'json')) as Learnt;
  assert.deepEqual(
    written.operations.map(({ operation, refused }) => [operation, refused]),
    [['GET /things', 2]],
  );
});

describe('null, sent by one caller alone', () => {
  const form = {
    type: 'object',
    properties: { note: text, role: text, price: { type: 'number' }, at: { type: 'object' } },
  };
  const contract = small({
    post: {
      operationId: 'make',
      requestBody: { required: true, content: { 'application/json': { schema: form } } },
      responses: { 200: json({}) },
    },
  });
  const api: Api = () => ({ body: {} });
  for (const [name, passes] of [
    ['note', true],
    ['at', true],
    ['role', false],
    ['price', false],
  ] as const)
    test(`${name}: ${passes ? 'may be null' : 'is asked about'}; other types than the documented ones stay out`, async () => {
      const sent = (value: unknown): Asked => ({ method: 'POST', path: '/things', body: { [name]: value } });
      const { overlay } = await learnt(contract, api, [
        { ...sent(null), from: '192.0.2.1' },
        { ...sent(null), from: '192.0.2.1' },
        { ...sent(['x']), from: '192.0.2.1' },
      ]);
      const answers = await ask(contract, { overlays: overlay === undefined ? [] : [overlay] }, api, [
        sent(null),
        sent(['x']),
      ]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [passes ? 200 : 400, 400],
      );
    });
});
