// What a discriminator calls a value does not decide whether it is valid: the alternatives do, and what else is decided follows them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createGuard, type GuardEvent } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

type Value = Readonly<Record<string, unknown>>;
const text = { type: 'string' };
const kind = (name: string, properties: object, required: string[], closed: boolean): object => ({
  type: 'object',
  required: ['kind', ...required],
  properties: { kind: text, ...properties },
  ...(closed ? { additionalProperties: false } : {}),
  description: name,
});
const refs = ['Cat', 'Dog'].map((name) => ({ $ref: `#/components/schemas/${name}` }));
const mapping = { cat: '#/components/schemas/Cat', dog: 'Dog', other: '#/components/schemas/Stone' };

const document = (version: string, keyword: string, closed: boolean, discriminator: object | undefined): Value => {
  const pet = { [keyword]: refs, ...(discriminator === undefined ? {} : { discriminator }) };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } };
  return {
    openapi: version,
    info: { title: 'Pets', version: '1' },
    paths: {
      '/pets': {
        get: { operationId: 'getPet', responses: { 200: { description: 'ok', content } } },
        post: {
          operationId: 'createPet',
          requestBody: { required: true, content },
          responses: { 204: { description: 'ok' } },
        },
      },
    },
    components: {
      schemas: {
        Pet: pet,
        Cat: kind('cat', { lives: { type: 'integer' }, mood: { type: 'string', default: 'calm' } }, ['lives'], closed),
        Dog: kind('dog', { barks: { type: 'boolean' }, size: { type: 'integer', default: 3 } }, ['barks'], closed),
        Stone: kind('other', {}, [], false),
      },
    },
  };
};

const values: readonly Value[] = [
  { kind: 'cat', lives: 9 },
  { kind: 'dog', barks: true },
  { kind: 'dog', lives: 9 },
  { kind: 'cat', barks: true },
  { kind: 'Dog', lives: 9 },
  { kind: 'parrot', lives: 9 },
  { kind: 'other', lives: 9 },
  { kind: 'other' },
  { kind: 'cat' },
  { kind: 'cat', lives: 'x' },
  { kind: 'cat', lives: 'x', barks: true },
  { kind: 1, lives: 9 },
  { lives: 9 },
  { kind: 'cat', lives: 9, isAdmin: true },
];

interface Outcome {
  readonly taken: boolean;
  readonly seen: unknown;
  readonly issues: string;
}

async function outcomes(
  contract: Value,
  sent: readonly Value[],
): Promise<{ requests: Outcome[]; answers: (string | number)[] }> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({ contract, onEvent: (event) => events.push(event) });
  let seen: unknown;
  let reply: Value = {};
  const handle = fetchGuard(guard, (request, { body }) => {
    seen = body;
    return request.method === 'GET' ? Response.json(reply) : new Response(null, { status: 204 });
  });
  const requests: Outcome[] = [];
  const answers: (string | number)[] = [];
  for (const value of sent) {
    seen = undefined;
    const response = await handle(
      new Request('http://x/pets', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      }),
    );
    requests.push({
      taken: response.status === 204,
      seen,
      issues: response.status === 204 ? '' : await response.text(),
    });
    reply = value;
    const answer = await handle(new Request('http://x/pets'));
    answers.push(answer.status === 200 ? await answer.text() : answer.status);
  }
  await guard.end();
  return { requests, answers };
}

for (const version of ['3.0.3', '3.1.0'])
  for (const keyword of ['oneOf', 'anyOf'])
    for (const closed of [false, true])
      for (const [name, discriminator] of Object.entries({
        'by schema name': { propertyName: 'kind' },
        'by mapping': { propertyName: 'kind', mapping },
      }))
        describe(`${version} ${keyword}, ${closed ? 'closed' : 'open'}, ${name}`, () => {
          test('the same values are valid as without it', async () => {
            const bare = await outcomes(document(version, keyword, closed, undefined), values);
            const { requests, answers } = await outcomes(document(version, keyword, closed, discriminator), values);
            for (const [index, value] of values.entries())
              assert.equal(requests[index]?.taken, bare.requests[index]?.taken, JSON.stringify(value));
            // Of a closed kind, the name tells what is to be removed.
            for (const [index, value] of values.filter((one) => !('isAdmin' in one)).entries())
              assert.equal(typeof answers[index], typeof bare.answers[index], JSON.stringify(value));
          });

          test('defaults and documented properties follow the alternative that holds', async () => {
            const { requests } = await outcomes(document(version, keyword, closed, discriminator), [
              { kind: 'dog', lives: 9 },
              { kind: 'cat', barks: true },
              { kind: 'dog', lives: 9, size: 1 },
            ]);
            assert.deepEqual(requests[0]?.seen, { kind: 'dog', lives: 9, mood: 'calm' });
            assert.deepEqual(requests[1]?.seen, { kind: 'cat', barks: true, size: 3 });
            // Of a dog, which this is not.
            assert.equal(requests[2]?.taken, false);
          });

          test('an issue is told by the name', async () => {
            const { requests } = await outcomes(document(version, keyword, closed, { propertyName: 'kind', mapping }), [
              { kind: 'cat', lives: 'x', barks: true },
            ]);
            assert.match(requests[0]?.issues ?? '', /"pointer":"\/lives","keyword":"type"/);
          });
        });

test('a base validates none of its heirs, and what they alone name is documented where one holds', async () => {
  const contract = {
    ...document('3.1.0', 'oneOf', false, undefined),
    components: {
      schemas: {
        Pet: { ...kind('pet', {}, [], false), discriminator: { propertyName: 'kind' } },
        Dog: {
          allOf: [
            { $ref: '#/components/schemas/Pet' },
            { type: 'object', required: ['barks'], properties: { barks: { type: 'boolean' } } },
          ],
        },
      },
    },
  };
  const { requests, answers } = await outcomes(contract, [
    { kind: 'Dog', barks: true },
    { kind: 'Dog' },
    { kind: 'Dog', barks: { $gt: '' } },
    { kind: 'Cat', barks: true },
    { barks: true },
  ]);
  assert.deepEqual(
    requests.map(({ taken }) => taken),
    [true, true, false, false, false],
  );
  assert.match(requests[2]?.issues ?? '', /"pointer":"\/barks","keyword":"type"/);
  assert.deepEqual(answers, [
    '{"kind":"Dog","barks":true}',
    '{"kind":"Dog"}',
    '{"kind":"Dog","barks":{"$gt":""}}',
    '{"kind":"Cat"}',
    500,
  ]);
});
