import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { loadExample } from '../posture/example.ts';
import { diffContracts } from './index.ts';

const SCHEMES = `components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://login.example.com', scopes: { read: '', write: '' } } } }`;

async function diff(before: string, after: string): Promise<string[]> {
  const [old, now] = [await loadExample(`${before}\n`), await loadExample(`${after}\n`)];
  return diffContracts(old, now).map(({ kind, code, severity }) => `${kind} ${code} ${severity}`);
}

const body = (schema: string): string =>
  `paths: { /things: { post: { requestBody: { content: { application/json: { schema: ${schema} } } }, responses: {} } } }`;
const answer = (schema: string): string =>
  `paths: { /things: { get: { responses: { '200': { description: ok, content: { application/json: { schema: ${schema} } } } } } } }`;
const get = (extra: string): string => `paths: { /things: { get: { ${extra}, responses: {} } } }\n${SCHEMES}`;

const cases: readonly (readonly [what: string, before: string, after: string, expected: readonly string[]])[] = [
  ['nothing', get('security: [{ token: [] }]'), get('security: [{ token: [] }]'), []],
  [
    'authentication removed',
    get('security: [{ token: [] }]'),
    get('security: []'),
    ['security authentication-removed critical'],
  ],
  [
    'an alternative added',
    get('security: [{ oauth: [read] }]'),
    get('security: [{ oauth: [read] }, { token: [] }]'),
    ['security authentication-weakened high'],
  ],
  [
    'an alternative that asks for more',
    get('security: [{ token: [] }]'),
    get('security: [{ token: [] }, { token: [], oauth: [read] }]'),
    [],
  ],
  [
    'a scope dropped',
    get('security: [{ oauth: [read, write] }]'),
    get('security: [{ oauth: [read] }]'),
    ['security scope-dropped high'],
  ],
  [
    'a scope added',
    get('security: [{ oauth: [read] }]'),
    get('security: [{ oauth: [read, write] }]'),
    ['breaking authentication-tightened medium'],
  ],
  [
    'a new open operation',
    'paths: {}',
    'paths: { /things: { delete: { responses: {} } } }',
    ['security new-open-operation high', 'compatible operation-added info'],
  ],
  [
    'an operation removed',
    'paths: { /things: { get: { responses: {} } } }',
    'paths: {}',
    ['breaking operation-removed high'],
  ],
  [
    'a limit raised',
    body('{ type: array, maxItems: 10, items: { type: string } }'),
    body('{ type: array, maxItems: 1000, items: { type: string } }'),
    ['security limit-raised medium'],
  ],
  [
    'a limit lowered',
    body('{ type: string, maxLength: 10 }'),
    body('{ type: string, maxLength: 5 }'),
    ['breaking request-narrowed medium'],
  ],
  [
    'a property now writable',
    body('{ type: object, properties: { role: { type: string, readOnly: true } } }'),
    body('{ type: object, properties: { role: { type: string } } }'),
    ['security now-writable high'],
  ],
  [
    'a secret now answered',
    answer('{ type: object, properties: { id: { type: string } } }'),
    answer('{ type: object, properties: { id: { type: string }, password: { type: string } } }'),
    ['security now-returned high'],
  ],
  [
    'a property no longer answered',
    answer('{ type: object, properties: { id: { type: string } } }'),
    answer('{ type: object, properties: {} }'),
    ['breaking response-value-removed medium'],
  ],
  [
    'readers widened',
    answer('{ type: object, properties: { n: { type: string, x-castellan: { read: [a] } } } }'),
    answer('{ type: object, properties: { n: { type: string, x-castellan: { read: [a, b] } } } }'),
    ['security readers-widened high'],
  ],
  [
    'a rate limit raised',
    get('x-castellan: { rateLimit: { rate: 10/minute } }'),
    get('x-castellan: { rateLimit: { rate: 100/minute } }'),
    ['security rate-limit-raised medium'],
  ],
  [
    'controls switched off',
    get('x-castellan: { mode: enforce }'),
    get('x-castellan: { mode: off }'),
    ['security mode-weakened high'],
  ],
  [
    'required now',
    body('{ type: object, properties: { a: { type: string } } }'),
    body('{ type: object, required: [a], properties: { a: { type: string } } }'),
    ['breaking now-required medium'],
  ],
];

for (const [what, before, after, expected] of cases)
  test(`diff: ${what}`, async () => assert.deepEqual(await diff(before, after), expected));

test('diff: parameters may be renamed, and a shared schema is one change', async () => {
  const schema = (extra: string): string => `paths:
  '/a/{x}': { get: { responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
  /b: { get: { responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } } }
components: { schemas: { A: { type: object, properties: { id: { type: string }${extra} } } } }`;
  const changes = diffContracts(
    await loadExample(schema('')),
    await loadExample(schema(', iban: { type: string }').replace('{x}', '{y}')),
  );
  assert.deepEqual(
    changes.map(({ message }) => message),
    ['GET /a/{y} and 1 more: 200.iban is answered now (financial data)'],
  );
});

test('diff: an undone mend of the weak example is a security change', async () => {
  const weak = join(import.meta.dirname, '../../../../examples/weak');
  const changes = diffContracts(
    await loadContract(join(weak, 'mended.yaml')),
    await loadContract(join(weak, 'openapi.yaml')),
  );
  assert.ok(changes.some(({ code, operation }) => code === 'authentication-removed' && operation === 'POST /payments'));
  assert.equal(changes[0]?.kind, 'security');
});
