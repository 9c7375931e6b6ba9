// HEAD of a GET whose body may be changed says nothing of the bytes that the handler would send; any other HEAD says what it said.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { guarded } from './guarded.ts';

const open = { type: 'object', properties: { id: { type: 'integer' } } };
const closed = { ...open, additionalProperties: false };
const ruled = { ...closed, properties: { id: { type: 'integer', 'x-castellan': { read: ['hr'] } } } };
const contentOf = (type: string, schema: object | undefined): object => ({
  [type]: schema === undefined ? {} : { schema },
});
const documentOf = (content: object, more: object): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  ...more,
  paths: { '/thing': { get: { operationId: 'get', responses: { 200: { description: '', content } } } } },
});

/** What GET answers with for a body that shows too much, and what HEAD says in advance. */
const kinds: readonly (readonly [
  name: string,
  type: string,
  schema: object | undefined,
  more: object,
  changes: boolean,
])[] = [
  ['properties that others may be beside', 'application/json', open, {}, true],
  ['JSON by another name', 'application/hal+json', open, {}, true],
  ['a property that only some may read', 'application/json', ruled, {}, true],
  ['no schema', 'application/json', undefined, {}, false],
  ['bytes', 'application/octet-stream', undefined, {}, false],
  ['text', 'text/plain', { type: 'string' }, {}, false],
  ['a profile that removes nothing', 'application/json', open, { 'x-castellan': { profile: 'toy' } }, false],
];
const validators = {
  etag: '"v1"',
  'content-digest': 'sha-256=:AAAA:',
  'repr-digest': 'sha-256=:AAAA:',
};

const options = (contract: Record<string, unknown>): GuardOptions => ({
  contract,
  authentication: {},
  limits: { perAddress: 'off' },
});

function head(url: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'HEAD', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.headers);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

async function onNode(t: TestContext, given: GuardOptions, type: string): Promise<Record<string, unknown>> {
  const { url, close } = await guarded(given, (_, response) => {
    response.writeHead(200, { 'content-type': type, ...validators });
    response.end();
  });
  t.after(close);
  return head(`${url}/thing`);
}

async function onFetch(given: GuardOptions, type: string): Promise<Record<string, unknown>> {
  const guard = await createGuard(given);
  const handle = fetchGuard(guard, () => new Response(null, { headers: { 'content-type': type, ...validators } }));
  const answer = await handle(new Request('https://api.example.com/thing', { method: 'HEAD' }));
  await guard.end();
  return Object.fromEntries(answer.headers);
}

for (const [name, type, schema, more, changes] of kinds)
  test(`${name}: ${changes ? 'weak' : 'as it was said'}`, async (t) => {
    const given = options(documentOf(contentOf(type, schema), more));
    for (const fields of [await onNode(t, given, type), await onFetch(given, type)]) {
      assert.equal(fields['etag'], changes ? 'W/"v1"' : '"v1"');
      assert.equal(fields['content-digest'], changes ? undefined : validators['content-digest']);
      assert.equal(fields['repr-digest'], changes ? undefined : validators['repr-digest']);
    }
    const observed = await onNode(t, { ...given, mode: 'observe' }, type);
    assert.equal(observed['etag'], '"v1"');
    assert.equal(observed['content-digest'], validators['content-digest']);
  });
