// What a guard says that it enforces is what a request meets: each control with and without it, in every mode, is tried.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ModeSetting } from '@castellan/contract';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { enforceableControls, type EnforceableControl } from '../src/enforcement/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-enforcement-'));
after(() => rmSync(folder, { recursive: true }));

const policy = (name: string, text: string): string => {
  const file = join(folder, `${name}.cedar`);
  writeFileSync(file, text);
  return file;
};
const onFunction = policy('function', 'permit (principal == User::"nobody", action, resource);');
const onObject = policy(
  'object',
  'permit (principal, action == Action::"change", resource is Order) when { resource.owner == "nobody" };',
);

type Json = Readonly<Record<string, unknown>>;
interface Feature {
  /** Members of the operation `change`, `POST /orders/{id}`. */
  readonly operation?: Json;
  readonly castellan?: Json;
  readonly body?: Json;
  readonly answer?: Json;
  readonly components?: Json;
  readonly options?: Partial<GuardOptions>;
  /** What a caller sends that the control stops; twice where one is allowed. */
  readonly request?: { readonly query?: string; readonly body?: Json; readonly headers?: Record<string, string> };
  readonly times?: number;
  readonly answered?: Json;
  /** What tells that it was stopped. */
  readonly status: number;
}

const key = { key: { type: 'apiKey', in: 'header', name: 'x-key' } };
const keys = { key: { keys: [{ key: 'k'.repeat(40), subject: 'ada' }] } };
const known = {
  operation: { security: [{ key: [] }] },
  components: { securitySchemes: key },
  options: { authentication: keys },
  request: { headers: { 'x-key': 'k'.repeat(40) } },
};

/** Each control: what declares it, and the request that it stops. */
const features: Readonly<Record<EnforceableControl, Feature>> = {
  authentication: {
    operation: { security: [{ key: [] }] },
    components: { securitySchemes: key },
    options: { authentication: keys },
    status: 401,
  },
  'sender-constraint': {
    operation: { security: [{ sign: [] }] },
    components: { securitySchemes: { sign: { type: 'http', scheme: 'signature' } } },
    options: {
      authentication: { sign: { signatures: { keys: { k: { key: `${'s'.repeat(43)}=`, subject: 'machine' } } } } },
    },
    status: 401,
  },
  'rate-limit': {
    castellan: { rateLimit: { rate: '1/hour', burst: 1, by: 'address' } },
    times: 2,
    status: 429,
  },
  'input-validation': { request: { body: { name: 7 } }, status: 400 },
  'body-limit': { castellan: { maxBody: 20 }, request: { body: { name: 'x'.repeat(200) } }, status: 413 },
  'url-restriction': {
    body: { hook: { type: 'string', 'x-castellan': { url: { schemes: ['https'], private: 'deny' } } } },
    request: { body: { hook: 'http://127.0.0.1/' } },
    status: 400,
  },
  'page-limit': { castellan: { page: { limit: 'limit', max: 10 } }, request: { query: '?limit=11' }, status: 400 },
  'data-budget': { castellan: { budget: { bytes: '10B/hour' } }, answered: { name: 'x'.repeat(40) }, status: 429 },
  'flow-control': { castellan: { flow: { name: 'buying', after: ['begin'] } }, status: 403 },
  'function-authorization': { ...known, options: { ...known.options, policies: onFunction }, status: 403 },
  'object-authorization': {
    ...known,
    castellan: { resource: { type: 'Order', id: 'path.id' } },
    answer: { 'x-castellan': { resource: 'Order' }, required: ['owner'] },
    options: {
      ...known.options,
      policies: onObject,
      resources: { Order: (ids: readonly string[]) => ids.map((id) => ({ id, owner: 'eve' })) },
    } as Partial<GuardOptions>,
    status: 403,
  },
  'property-write': {
    body: { price: { type: 'number', 'x-castellan': { write: ['clerks'] } } },
    request: { body: { price: 1 } },
    status: 403,
  },
  'output-validation': { answered: { name: 7 }, status: 500 },
  'safe-errors': { answered: { status: 500, stack: 'Error: x\n    at run (/srv/app.js:1:2)' }, status: 500 },
  lifecycle: { castellan: { lifecycle: { state: 'deprecated', sunset: '2026-01-01' } }, status: 410 },
};

const modes: readonly ModeSetting[] = [
  'enforce',
  'observe',
  'off',
  { requests: 'enforce', responses: 'observe' },
  { requests: 'observe', responses: 'enforce' },
  { requests: 'off', responses: 'enforce' },
];

function documentOf({ operation, castellan, body, answer, components }: Feature): Json {
  const object = (more: Json = {}): Json => ({
    type: 'object',
    properties: {
      name: { type: 'string' },
      id: { type: 'string' },
      owner: { type: 'string' },
      ...more,
    },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1' },
    components,
    paths: {
      '/begin': { post: { operationId: 'begin', responses: { 204: { description: '' } } } },
      '/orders/{id}': {
        post: {
          operationId: 'change',
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'limit', in: 'query', schema: { type: 'integer' } },
          ],
          requestBody: { content: { 'application/json': { schema: object(body) } } },
          responses: {
            200: { description: '', content: { 'application/json': { schema: { ...object(), ...answer } } } },
          },
          ...operation,
          ...(castellan && { 'x-castellan': castellan }),
        },
      },
    },
  };
}

/** What the guard says of `change`, and the statuses and texts of its answers. */
async function tried(
  feature: Feature,
  mode: ModeSetting,
): Promise<{ said: Map<EnforceableControl, string>; status: number; text: string }> {
  const guard = await createGuard({
    contract: documentOf(feature),
    authentication: {},
    mode,
    limits: { perAddress: 'off', perPrincipal: 'off', byMeaning: false },
    clock: () => Date.parse('2026-06-15T12:00:00Z'),
    ...feature.options,
  });
  const said = new Map<EnforceableControl, string>();
  for (const { mode: how, controls, operations } of (await guard.enforcement()).groups)
    if (operations.includes('change')) for (const control of controls) said.set(control, how);
  const { status: wanted = 200, ...answered } = (feature.answered ?? {}) as { readonly status?: number };
  const handle = fetchGuard(guard, () => Response.json(answered, { status: wanted }));
  let [status, text] = [0, ''];
  for (let n = 0; n < (feature.times ?? 1); n++) {
    const { query = '', body = {}, headers = {} } = feature.request ?? {};
    const response = await handle(
      new Request(`https://api.example.com/orders/o1${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    );
    [status, text] = [response.status, await response.text()];
  }
  await guard.end();
  return { said, status, text };
}

for (const control of enforceableControls)
  test(`${control}: said where it stops a request, and not where it does not`, async () => {
    const feature = features[control];
    for (const mode of modes) {
      const { said, status, text } = await tried(feature, mode);
      const stops =
        control === 'safe-errors' ? !text.includes('app.js') : status === feature.status && !text.includes('app.js');
      assert.equal(said.get(control) === 'enforce', stops, `${JSON.stringify(mode)} ${status} ${text}`);
    }
  });

test('what is not declared is not said, except what every operation has', async () => {
  const always = ['body-limit', 'input-validation', 'output-validation', 'safe-errors'];
  const { said } = await tried({ status: 200 }, 'enforce');
  assert.deepEqual([...said.keys()].sort(), always);
});

test('one alternative without a credential, or without a key to prove, is no control', async () => {
  const alternatives = [
    [[{ key: [] }, {}], false],
    [[{}], false],
    [[{ key: [] }], true],
  ] as const;
  for (const [security, authenticated] of alternatives) {
    const { said } = await tried({ ...known, operation: { security: [...security] }, status: 0 }, 'enforce');
    assert.equal(said.has('authentication'), authenticated, JSON.stringify(security));
    assert.equal(said.has('sender-constraint'), false);
  }
});

test('bodies that nobody reads, and what is let through undocumented, are not validated strictly', async () => {
  const xml = {
    requestBody: { content: { 'application/xml': { schema: { type: 'object', properties: { a: {} } } } } },
  };
  assert.equal((await tried({ operation: xml, status: 0 }, 'enforce')).said.has('input-validation'), false);
  for (const what of ['parameters', 'requestProperties'])
    assert.equal(
      (await tried({ castellan: { undocumented: { [what]: 'pass' } }, status: 0 }, 'enforce')).said.has(
        'input-validation',
      ),
      false,
      what,
    );
  const passes = { castellan: { undocumented: { responseProperties: 'pass' } }, status: 0 };
  assert.equal((await tried(passes, 'enforce')).said.has('output-validation'), false);
});

test('guards that enforce the same have one digest, whatever the order of the document', async () => {
  const digestOf = async (document: Json, mode: ModeSetting): Promise<string> => {
    const guard = await createGuard({ contract: document, authentication: {}, mode });
    const { digest } = await guard.enforcement();
    await guard.end();
    return digest;
  };
  const document = documentOf({ status: 0 }) as { paths: Json };
  const turned = { ...document, paths: Object.fromEntries(Object.entries(document.paths).toReversed()) };
  assert.equal(await digestOf(document, 'enforce'), await digestOf(turned, 'enforce'));
  assert.notEqual(await digestOf(document, 'enforce'), await digestOf(document, 'observe'));
});
