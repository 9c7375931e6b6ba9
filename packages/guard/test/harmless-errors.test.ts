// Error answers that nobody documented: what is harmless leaves as it came and is recorded, everything else is replaced.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const json = 'application/json';
const document = (profile: string, documented: object = {}): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  'x-castellan': { profile },
  paths: {
    '/notes/{id}': {
      get: {
        operationId: 'getNote',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: { description: 'ok', content: { [json]: { schema: { $ref: '#/components/schemas/Note' } } } },
          ...documented,
        },
      },
    },
  },
  components: {
    schemas: {
      Note: {
        type: 'object',
        'x-castellan': { resource: 'Note' },
        properties: {
          id: { type: 'string' },
          ownerId: { type: 'string' },
          title: { type: 'string' },
          review: { type: 'string', 'x-castellan': { read: ['staff'] } },
          salary: { type: 'integer', 'x-castellan': { sensitivity: 'personal' } },
          code: { type: 'string', writeOnly: true },
        },
      },
    },
  },
});

const harmless: Readonly<Record<string, unknown>> = {
  'a message': { message: 'Not enough stock' },
  FastAPI: { detail: [{ loc: ['body', 'text'], msg: 'field required', type: 'value_error.missing' }] },
  'an envelope': { success: false, error: { status: 409, message: 'taken' } },
  'JSON:API': { errors: [{ status: '409', title: 'Conflict', detail: 'taken' }] },
  'a text': 'taken',
  nothing: null,
  empty: {},
};
const harmful: Readonly<Record<string, unknown>> = {
  'a trace': { message: 'x', stack: 'Error\n    at /srv/app/x.js:1:1' },
  "a database's words": { message: 'syntax error at or near "FROM"' },
  'a property that only some may read': { error: { review: 'bad' } },
  'personal data': { current: [{ salary: 1 }] },
  'what is only written': { code: '123' },
  'a password': { userPassword: 'x' },
  'a token': { access_token: 'x' },
  'much of it': { message: 'x'.repeat(20_000) },
  'deep data': { a: { a: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } } },
};

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly event: GuardEvent['unmapped']['castellan'] | undefined;
}

async function sent(options: GuardOptions, answer: Response): Promise<Sent> {
  let event: GuardEvent | undefined;
  const guard = await createGuard({ ...options, onEvent: (given) => (event = given) });
  const response = await fetchGuard(guard, () => answer)(new Request('http://x/notes/1'));
  const bytes = Buffer.from(await response.arrayBuffer());
  await guard.end();
  return { status: response.status, text: bytes.toString(), event: event?.unmapped.castellan };
}
const answer = (body: unknown, status = 409, type = json): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });

for (const profile of ['toy', 'internal', 'standard', 'bank'])
  for (const [place, documented] of Object.entries({
    status: {},
    'media type': { 409: { description: 'no', content: { 'text/plain': {} } } },
  }))
    describe(`${profile}, undocumented ${place}`, () => {
      const options = { contract: document(profile, documented) };
      const what = place === 'status' ? 'statuses' : 'mediaTypes';
      for (const [name, body] of Object.entries(harmless))
        test(`${name}: ${profile === 'bank' ? 'replaced' : 'leaves'}`, async () => {
          const { status, text, event } = await sent(options, answer(body));
          assert.equal(status, 409);
          assert.equal(text === JSON.stringify(body), profile !== 'bank');
          if (profile === 'bank') assert.equal(event?.changed?.[0]?.reason, 'error-replaced');
          else
            assert.deepEqual(event?.undocumented, [
              { what, done: 'passed', places: [place === 'status' ? '409' : json] },
            ]);
        });
      for (const [name, body] of Object.entries(harmful))
        test(`${name}: replaced`, async () => {
          const { status, text, event } = await sent(options, answer(body));
          assert.equal(status, 409);
          assert.match(text, /"type":"about:blank"/);
          assert.equal(event?.changed?.[0]?.reason, 'error-replaced');
          assert.equal(event?.undocumented, undefined);
        });
      for (const [name, given] of Object.entries({
        HTML: new Response('<h1>Conflict</h1>', { status: 409, headers: { 'content-type': 'text/html' } }),
        'no media type': new Response(new Uint8Array([123, 125]), { status: 409 }),
        'no JSON': new Response('{', { status: 409, headers: { 'content-type': json } }),
        'a key twice': new Response('{"a":1,"a":2}', { status: 409, headers: { 'content-type': json } }),
      }))
        test(`${name}: replaced`, async () => {
          assert.match((await sent(options, given.clone() as Response)).text, /"about:blank"/);
        });
    });

test('compressed ones are looked into', async () => {
  const zipped = (body: unknown): Response =>
    new Response(gzipSync(JSON.stringify(body)), {
      status: 409,
      headers: { 'content-type': json, 'content-encoding': 'gzip' },
    });
  const options = { contract: document('standard') };
  assert.match((await sent(options, zipped(harmful['a trace']))).text, /about:blank/);
  assert.deepEqual((await sent(options, zipped(harmless['a message']))).event?.undocumented?.length, 1);
});

test('where policies decide, nothing that could be an object leaves so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-harmless-'));
  const policies = join(folder, 'p.cedar');
  writeFileSync(policies, 'permit (principal, action, resource);');
  const options = { contract: document('internal'), policies, resources: { Note: () => [{ id: '1', ownerId: 'a' }] } };
  try {
    assert.match((await sent(options, answer({ current: { id: '1', ownerId: 'bob' } }))).text, /about:blank/);
    assert.match((await sent(options, answer({ ownerId: 'bob' }))).text, /about:blank/);
    assert.match((await sent(options, answer({ message: 'taken' }))).text, /taken/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what passes unchecked is said at the start', async () => {
  const told = async (options: GuardOptions): Promise<boolean> => {
    const guard = await createGuard(options);
    const found = guard.notices.some(({ code }) => code === 'undocumented-passes');
    await guard.end();
    return found;
  };
  const contract = document('standard');
  assert.equal(await told({ contract }), false);
  assert.equal(await told({ contract, undocumented: { statuses: 'remove' } }), false);
  assert.equal(await told({ contract, undocumented: { parameters: 'pass' } }), true);
});

test('under observe everything leaves, and the same is recorded', async () => {
  const options = { contract: document('standard'), mode: 'observe' } as const;
  const good = await sent(options, answer(harmless['a message']));
  assert.deepEqual([good.event?.undocumented?.length, good.event?.observed], [1, undefined]);
  const bad = await sent(options, answer(harmful['a trace']));
  assert.match(bad.text, /x\.js/);
  assert.equal(bad.event?.observed?.[0]?.reason, 'error-replaced');
});
