import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract, type Contract } from '@castellan/contract';
import { nothingKnown } from '../architecture/index.ts';
import { assess, type Assessment } from './assess.ts';
import { catalogue } from './catalogue/index.ts';
import { MOST_SCENARIOS, scenariosOf, type Scenario } from './scenarios.ts';
import { buildApi } from './system/api.ts';
import { buildSystem } from './system/build.ts';

type Part = Readonly<Record<string, unknown>>;

function assessed(contract: Contract, profile?: 'bank' | 'standard'): Assessment {
  const api = buildApi({ contract, architecture: nothingKnown, ...(profile === undefined ? {} : { profile }) });
  return assess(buildSystem([api], nothingKnown), { now: Date.parse('2026-11-25') });
}

const example = (name: string) => loadContract(join(import.meta.dirname, '../../../../examples', name));

/** `POST /login`, `GET /users/{id} and 2 more` of one scenario. */
const shown = ({ threat, subjects, level }: Scenario): string =>
  `${level} ${threat}: ${subjects.slice(0, 3).join(', ')}`;

test('the worst five of the weak example are its real holes', async () => {
  const { scenarios, bookkeeping } = scenariosOf(assessed(await example('weak/openapi.yaml')));
  const five = scenarios.slice(0, 5).map(({ threat }) => threat);
  for (const hole of ['object-of-another', 'credential-guessing', 'mass-assignment', 'open-to-anyone'])
    assert.ok(five.includes(hole), scenarios.slice(0, 8).map(shown).join('\n'));
  const names = scenarios.map(({ threat }) => threat);
  for (const paper of ['unclassified-people', 'linking-people', 'nobody-answers', 'no-way-out'])
    assert.ok(!names.includes(paper), paper);
  assert.ok(bookkeeping.length > 0);
});

test('every threat of the catalogue that is met stands in one list or the other', async () => {
  const assessment = assessed(await example('weak/openapi.yaml'), 'bank');
  const { scenarios, bookkeeping, more } = scenariosOf(assessment);
  const listed = new Set([...scenarios, ...bookkeeping].map(({ threat }) => threat));
  if (more === 0)
    for (const { threat, status } of assessment.threats)
      if (status === 'open') assert.ok(listed.has(threat.id), threat.id);
  const known = new Set(catalogue.map(({ id }) => id));
  for (const threat of listed) assert.ok(known.has(threat), threat);
});

test('a well-described API has no critical scenario, and none whose controls are all declared is high', async () => {
  for (const name of ['weak/mended.yaml', 'documents/openapi.yaml']) {
    const { scenarios } = scenariosOf(assessed(await example(name)));
    assert.deepEqual(scenarios.filter(({ level }) => level === 'critical').map(shown), [], name);
    assert.deepEqual(scenarios.filter(({ open, level }) => !open && level === 'high').map(shown), [], name);
  }
});

const T = { type: 'string', maxLength: 60 };
const id = [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }];
const json = (schema: Part): Part => ({ content: { 'application/json': { schema } } });
const answers = (schema: Part): Part => ({ 200: { description: 'ok', ...json(schema) } });
const thing = { type: 'object', additionalProperties: false, properties: { id: T, title: T } };

/** One hole each, in an API that is otherwise bounded; how it is met does not matter. */
const holes: Readonly<Record<string, readonly (readonly [path: string, item: Part])[]>> = {
  'object-of-another': [
    ['/invoices/{id}', { get: { parameters: id, responses: answers({ type: 'object', properties: { iban: T } }) } }],
    [
      '/rechnungen/{id}',
      { get: { parameters: id, responses: answers({ type: 'object', properties: { kontonummer: T } }) } },
    ],
    [
      '/patients/{id}/records',
      { get: { parameters: id, responses: answers({ type: 'object', properties: { diagnosis: T } }) } },
    ],
  ],
  'credential-guessing': [
    [
      '/login',
      {
        post: {
          security: [],
          requestBody: json({ type: 'object', properties: { user: T, password: T } }),
          responses: answers({}),
        },
      },
    ],
    [
      '/iniciar-sesion',
      {
        post: {
          security: [],
          requestBody: json({ type: 'object', properties: { usuario: T, contrasena: T } }),
          responses: answers({}),
        },
      },
    ],
    [
      '/connexion',
      {
        post: {
          security: [],
          requestBody: json({ type: 'object', properties: { motDePasse: T } }),
          responses: answers({}),
        },
      },
    ],
  ],
  'mass-assignment': [
    [
      '/users/{id}',
      {
        patch: {
          parameters: id,
          requestBody: json({ type: 'object', properties: { name: T, role: T } }),
          responses: answers(thing),
        },
      },
    ],
    [
      '/benutzer/{id}',
      {
        patch: {
          parameters: id,
          requestBody: json({ type: 'object', properties: { istAdmin: { type: 'boolean' } } }),
          responses: answers(thing),
        },
      },
    ],
    [
      '/contas/{id}',
      {
        patch: {
          parameters: id,
          requestBody: json({ type: 'object', properties: { saldo: { type: 'number' } } }),
          responses: answers(thing),
        },
      },
    ],
  ],
  'function-of-the-few': [
    ['/admin/users', { get: { responses: answers({ type: 'array', maxItems: 9, items: thing }) } }],
    ['/verwaltung/nutzer', { get: { responses: answers({ type: 'array', maxItems: 9, items: thing }) } }],
  ],
  'overexposed-properties': [
    [
      '/people',
      {
        get: {
          responses: answers({
            type: 'array',
            maxItems: 9,
            items: { type: 'object', properties: { passwordHash: T } },
          }),
        },
      },
    ],
    [
      '/comptes',
      {
        get: {
          responses: answers({ type: 'array', maxItems: 9, items: { type: 'object', properties: { cleApi: T } } }),
        },
      },
    ],
  ],
  'open-to-anyone': [
    [
      '/payments',
      {
        post: {
          security: [],
          requestBody: json({ type: 'object', properties: { amount: { type: 'number' }, iban: T } }),
          responses: answers(thing),
        },
      },
    ],
  ],
};

for (const [hole, forms] of Object.entries(holes))
  test(`${hole} stands among the worst five, however the API calls it, and wherever the document says that the API is`, async () => {
    for (const [path, item] of forms)
      for (const server of ['https://api.example.com', 'http://localhost:8080', 'https://api.internal']) {
        const contract = await loadContract({
          openapi: '3.1.0',
          info: { title: 'T', version: '1' },
          servers: [{ url: server }],
          security: [{ token: ['x'] }],
          components: {
            securitySchemes: {
              token: {
                type: 'oauth2',
                flows: { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { x: '' } } },
              },
            },
          },
          paths: {
            '/things': { get: { responses: answers({ type: 'array', maxItems: 9, items: thing }) } },
            '/notes': {
              post: { requestBody: json({ type: 'object', properties: { text: T } }), responses: answers(thing) },
            },
            [path]: item,
          },
        });
        const { scenarios } = scenariosOf(assessed(contract));
        const five = scenarios.slice(0, 5);
        assert.ok(
          five.some(({ threat, subjects }) => threat === hole && subjects.some((name) => name.endsWith(path))),
          `${path} at ${server}:\n${scenarios.slice(0, 8).map(shown).join('\n')}`,
        );
      }
  });

test('at most thirty for each API, one line for what is the same everywhere', async () => {
  const paths = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [
      `/things${at}/{id}`,
      {
        get: { parameters: id, responses: answers(thing) },
        delete: { parameters: id, responses: { 204: { description: 'gone' } } },
      },
    ]),
  );
  const { scenarios } = scenariosOf(
    assessed(await loadContract({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }), 'bank'),
  );
  assert.ok(scenarios.length <= MOST_SCENARIOS);
  const floods = scenarios.filter(({ threat }) => threat === 'flood');
  assert.ok(floods.length <= 1);
  assert.ok((floods[0]?.subjects.length ?? 400) >= 1);
});
