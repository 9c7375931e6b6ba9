import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { scoreOf } from '../findings/score.ts';
import { readApi } from './api.ts';
import { loadExample } from './example.ts';
import { checkContract } from './engine.ts';
import { contractRules } from './rules/index.ts';
import { hiddenFrom } from './undescribed.ts';

const options = { rules: contractRules, now: Date.parse('2026-11-25'), profile: 'standard' } as const;
const T = { type: 'string' };
const object = (properties: object): object => ({ type: 'object', properties });

async function points(taken: object | undefined, given: object | undefined): Promise<number> {
  const json = (schema: object | undefined): object => ({
    content: { 'application/json': schema === undefined ? {} : { schema } },
  });
  const parameters = [{ name: 'id', in: 'path', required: true, schema: T }];
  const responses = { 200: { description: 'ok', ...json(given) } };
  const contract = await loadExample(
    stringify({
      security: [{ b: [] }],
      components: { securitySchemes: { b: { type: 'http', scheme: 'bearer' } }, schemas: { Anything: {} } },
      paths: {
        '/users/{id}': {
          parameters,
          get: { responses },
          put: { requestBody: { required: true, ...json(taken) }, responses },
        },
      },
    }),
  );
  const hidden = hiddenFrom(contractRules, readApi(contract, options));
  return scoreOf(checkContract(contract, options), contract.operations.length, hidden).value;
}

/** What callers send, and what they are given, with weaknesses that are seen because somebody described them. */
const weakBodies: readonly object[] = [
  object({ name: T, role: T }),
  object({ name: T, tags: { type: 'array', items: T } }),
  object({ ownerId: T, balance: { type: 'number' }, callbackUrl: { type: 'string', format: 'uri' } }),
  object({ name: { type: 'string', maxLength: 10 } }),
];
const weakAnswers: readonly object[] = [
  object({ id: T, passwordHash: T }),
  object({ id: T, email: T, friends: { type: 'array', items: T } }),
  { type: 'array', items: object({ ssn: T, apiKey: T }) },
  object({ id: T }),
];
/** Ways to describe nothing. */
const nothing: Readonly<Record<string, object | undefined>> = {
  'no schema': undefined,
  '{}': {},
  'an object': { type: 'object' },
  'no properties': { type: 'object', properties: {} },
  'any property': { type: 'object', additionalProperties: true },
  'a list': { type: 'array' },
  'a list of anything': { type: 'array', items: {} },
  '{ data: {} }': object({ data: {} }),
  '{ data: true }': object({ data: true }),
  '{ data: an object, total }': object({ data: { type: 'object' }, total: { type: 'integer' } }),
  'allOf [{}]': { allOf: [{}] },
  'oneOf with {}': { oneOf: [{}, { type: 'null' }] },
  'a reference to anything': { $ref: '#/components/schemas/Anything' },
  'a title only': { title: 'Person', description: 'somebody', example: {} },
  'an object or null': { type: ['object', 'null'] },
};

for (const [how, schema] of Object.entries(nothing))
  test(`taking the description away (${how}) never gives points`, async () => {
    for (const body of weakBodies)
      for (const answer of weakAnswers) {
        const whole = await points(body, answer);
        assert.ok((await points(schema, answer)) <= whole, `body of ${JSON.stringify(body)}`);
        assert.ok((await points(body, schema)) <= whole, `answer of ${JSON.stringify(answer)}`);
        assert.ok((await points(schema, schema)) <= whole, 'both');
      }
  });

test('describing data well gives points, and one free part beside described ones takes few', async () => {
  const short = { type: 'string', maxLength: 40 };
  const safe = { ...object({ name: short, city: short, title: short }), additionalProperties: false };
  const free = {
    ...object({ name: short, city: short, title: short, more: { type: 'object' } }),
    additionalProperties: false,
  };
  const [best, part, none] = [await points(safe, safe), await points(free, free), await points({}, {})];
  assert.ok(best > part && part > none, `${best}, ${part}, ${none}`);
  assert.ok(part - none > (best - none) / 3, `${best}, ${part}, ${none}`);
});

type Document = Record<string, unknown> & { paths: Record<string, Record<string, Record<string, unknown>>> };

/** Ways to tell less about a whole document. */
const silences: Readonly<Record<string, (operation: Record<string, unknown>) => void>> = {
  'no body is described': (operation) => {
    delete operation['requestBody'];
  },
  'parameters have no schema': (operation) => {
    operation['parameters'] = [{ name: 'id', in: 'path', required: true, schema: {} }];
  },
};

test('a document that leaves out bodies or what parameters are has no more points than one that describes them', async () => {
  for (const [taken, given] of weakBodies.flatMap((one) => weakAnswers.map((other) => [one, other] as const))) {
    const json = (schema: object) => ({ content: { 'application/json': { schema } } });
    const document: Document = {
      security: [{ b: [] }],
      components: { securitySchemes: { b: { type: 'http', scheme: 'bearer' } } },
      paths: {
        '/users/{id}': {
          get: {
            parameters: [{ name: 'id', in: 'path', required: true, schema: T }],
            responses: { 200: { description: 'ok', ...json(given) } },
          },
          put: {
            parameters: [{ name: 'id', in: 'path', required: true, schema: T }],
            requestBody: { required: true, ...json(taken) },
            responses: { 204: { description: 'done' } },
          },
        },
      },
    };
    const score = async (one: Document): Promise<number> => {
      const contract = await loadExample(stringify(one));
      const hidden = hiddenFrom(contractRules, readApi(contract, options));
      return scoreOf(checkContract(contract, options), contract.operations.length, hidden).value;
    };
    const described = await score(document);
    for (const [how, silence] of Object.entries(silences)) {
      const copy = structuredClone(document);
      const { get, put } = copy.paths['/users/{id}'] ?? {};
      for (const operation of how.startsWith('no body') ? [put] : [get, put])
        if (operation !== undefined) silence(operation);
      const said = await score(copy);
      assert.ok(said <= described, `${how}: ${said} and ${described}, ${JSON.stringify([taken, given])}`);
    }
  }
});
