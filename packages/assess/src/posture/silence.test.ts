// promise: silence-gives-no-points
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { scoreOf } from '../findings/score.ts';
import { readApi } from './api.ts';
import { checkContract } from './engine.ts';
import { loadExample } from './example.ts';
import { contractRules } from './rules/index.ts';
import { hiddenFrom } from './undescribed.ts';

type Json = Record<string, unknown>;
/** A secret that stands in a document is mended by taking it out, with what it stood in. */
const rules = contractRules.filter(({ id }) => id !== 'secret-in-document');
const options = { rules, now: Date.parse('2026-11-25'), profile: 'standard' } as const;
const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'options', 'head', 'trace', 'query']);

const whole = process.env['CASTELLAN_WHOLE'] === '1';
const root = join(import.meta.dirname, '../../../..');
const contracts = join(root, '../shared/contracts');
const adyen = join(contracts, 'adyen');
const files = [
  join(root, 'examples/weak/openapi.yaml'),
  join(root, 'examples/weak/mended.yaml'),
  join(root, 'examples/documents/openapi.yaml'),
  ...(existsSync(contracts)
    ? [
        // Where there is time: all of them.
        ...(whole ? [join(contracts, 'asana.yaml'), join(contracts, 'box.json')] : []),
        ...readdirSync(adyen)
          .filter((name) => whole || name.startsWith('Payout'))
          .map((name) => join(adyen, name)),
      ]
    : []),
];

/** Documents whose operations are all calls: POSTs to verbs, which do not say that they bring something. */
const T = { type: 'string' };
const calls = [
  '/authorise',
  '/capture',
  '/storeDetail',
  '/accounts/{id}/close',
  '/disable',
  '/confirmThirdParty',
  '/run',
];
const called = {
  openapi: '3.1.0',
  info: { title: 'Calls', version: '1' },
  servers: [{ url: 'https://api.example.com' }],
  security: [{ token: [] }],
  'x-castellan': { owner: 'team' },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  paths: Object.fromEntries(
    calls.map((path) => [
      path,
      {
        post: {
          ...(path.includes('{') ? { parameters: [{ name: 'id', in: 'path', required: true, schema: T }] } : {}),
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: { name: T, amount: { type: 'number' }, callbackUrl: T, userId: T },
                },
              },
            },
          },
          responses: { 200: { description: 'ok' }, 401: { description: 'who' } },
        },
      },
    ]),
  ),
};

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function behind(document: Json, value: unknown): Json {
  let at = value;
  for (let step = 0; step < 9 && isJson(at) && typeof at['$ref'] === 'string'; step++)
    at = at['$ref']
      .slice(2)
      .split('/')
      .reduce<unknown>((inside, key) => Object(inside)[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  return isJson(at) ? at : {};
}

function operationsOf(document: Json): Json[] {
  return Object.values((document['paths'] ?? {}) as Json).flatMap((item) =>
    Object.entries(behind(document, item)).flatMap(([key, operation]) => (methods.has(key) ? [operation as Json] : [])),
  );
}

/** One way to tell less each. */
const silences: Readonly<Record<string, (document: Json) => void>> = {
  'components are empty': (document) => {
    const components = document['components'] as Json | undefined;
    const schemas = components?.['schemas'];
    if (isJson(schemas)) for (const name of Object.keys(schemas)) schemas[name] = {};
  },
  'components are any object': (document) => {
    const components = document['components'] as Json | undefined;
    const schemas = components?.['schemas'];
    if (isJson(schemas)) for (const name of Object.keys(schemas)) schemas[name] = { type: 'object' };
  },
  'no body': (document) => {
    for (const operation of operationsOf(document)) delete operation['requestBody'];
  },
  'bodies without a schema': (document) => {
    for (const operation of operationsOf(document))
      for (const media of Object.values((behind(document, operation['requestBody'])['content'] ?? {}) as Json))
        delete (media as Json)['schema'];
  },
  'answers without a schema': (document) => {
    for (const operation of operationsOf(document))
      for (const response of Object.values((operation['responses'] ?? {}) as Json))
        for (const media of Object.values((behind(document, response)['content'] ?? {}) as Json))
          delete (media as Json)['schema'];
  },
  'answers without content': (document) => {
    for (const operation of operationsOf(document))
      for (const response of Object.values((operation['responses'] ?? {}) as Json))
        delete behind(document, response)['content'];
  },
  'parameters of any value': (document) => {
    const lists = [
      ...operationsOf(document),
      ...Object.values((document['paths'] ?? {}) as Json).map((item) => behind(document, item)),
    ];
    for (const { parameters } of lists)
      for (const parameter of Array.isArray(parameters) ? parameters : []) {
        const target = behind(document, parameter);
        if ('schema' in target) target['schema'] = {};
      }
  },
};

async function points(document: Json): Promise<number> {
  const contract = await loadExample(stringify(document, { aliasDuplicateObjects: false }));
  const hidden = hiddenFrom(rules, readApi(contract, options));
  return scoreOf(checkContract(contract, options), contract.operations.length, hidden).value;
}

const documents: (readonly [string, () => Json])[] = [
  ['a document of calls', () => structuredClone(called) as Json],
  ...files.map((file) => [relative(root, file), () => parse(readFileSync(file, 'utf8')) as Json] as const),
];

for (const [name, read] of documents)
  test(`${name}: to describe less gives no points, in any part or all`, async () => {
    const document = read();
    const whole = await points(document);
    const risen: string[] = [];
    // Large documents are told in the ways that differ most.
    const ways = Object.entries(silences).filter(
      ([what]) => !name.startsWith('..') || !/any object|bodies without a schema/.test(what),
    );
    for (const [what, silence] of [
      ...ways,
      ['all of it', (copy: Json) => Object.values(silences).forEach((one) => one(copy))] as const,
    ]) {
      const copy = structuredClone(document);
      silence(copy);
      const said = await points(copy);
      if (said > whole) risen.push(`${what}: ${whole} to ${said}`);
    }
    assert.deepEqual(risen, []);
  });
