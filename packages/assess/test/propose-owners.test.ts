// Whose an object is, by what its property is called: who made it owns it; who changed it last does not.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { readRecords } from '@castellan/guard/learn';
import { propose } from '../src/propose/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-owners-'));
after(() => rmSync(folder, { recursive: true }));
const text = { type: 'string' };
const json = (schema: object): object => ({ description: 'It', content: { 'application/json': { schema } } });
const entry = { $ref: '#/components/schemas/Entry' };

function documentOf(property: string): Record<string, unknown> {
  const sent = {
    required: true,
    content: { 'application/json': { schema: { type: 'object', properties: { body: text } } } },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Seed library', version: '1' },
    security: [{ member: [] }],
    paths: {
      '/entries': { post: { operationId: 'addEntry', requestBody: sent, responses: { 201: json(entry) } } },
      '/entries/{entryNo}': {
        parameters: [{ name: 'entryNo', in: 'path', required: true, schema: text }],
        get: { operationId: 'getEntry', responses: { 200: json(entry) } },
        patch: { operationId: 'editEntry', requestBody: sent, responses: { 200: json(entry) } },
      },
    },
    components: {
      securitySchemes: { member: { type: 'http', scheme: 'bearer' } },
      schemas: { Entry: { type: 'object', properties: { entryNo: text, body: text, [property]: text } } },
    },
  };
}

function tokenOf(subject: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: subject })}.c2ln`;
}

/** Three callers make entries, change them, and read those of the next; with `changes` the property is who changed it last. */
async function proposedFor(
  property: string,
  changes: boolean,
  later: Readonly<Record<string, object>> = {},
  called = false,
): Promise<string> {
  const contract = documentOf(property);
  const learn = mkdtempSync(join(folder, 'run-'));
  const entries = new Map<string, Record<string, string>>();
  const guard = await createGuard({ contract, mode: 'observe', learn, limits: { perAddress: 'off' } });
  let caller = '';
  const handle = fetchGuard(guard, async (request) => {
    const id = new URL(request.url).pathname.split('/')[2] ?? '';
    if (request.url.endsWith('/photos')) return Response.json(['a.jpg']);
    if (request.method === 'GET') return Response.json(entries.get(id));
    const given = (await request.json()) as Record<string, string>;
    const isNew = request.method === 'POST';
    const entryNo = isNew ? String(entries.size + 1) : id;
    const made = { ...entries.get(entryNo), ...given, entryNo, ...(isNew || changes ? { [property]: caller } : {}) };
    entries.set(entryNo, made);
    return Response.json(made, { status: isNew ? 201 : 200 });
  });
  const call = async (who: string, method: string, path: string): Promise<void> => {
    caller = who;
    const headers = { authorization: `Bearer ${tokenOf(who)}`, 'content-type': 'application/json' };
    const body = method === 'GET' ? {} : { body: JSON.stringify({ body: 'Sown' }) };
    const response = await handle(new Request(`http://seeds.example.org${path}`, { method, headers, ...body }), {
      remoteAddress: '192.0.2.1',
    });
    assert.ok(response.status < 300, `${who} ${method} ${path}`);
    await response.text();
  };
  const callers = ['ada', 'bob', 'cleo'];
  for (const who of callers) for (let n = 0; n < 3; n++) await call(who, 'POST', '/entries');
  for (const [index, who] of callers.entries())
    for (let n = 0; n < 3; n++) {
      const own = index * 3 + n + 1;
      const next = (own + 2) % 9;
      await call(who, 'PATCH', `/entries/${changes ? next + 1 : own}`);
      await call(who, 'GET', `/entries/${own}`);
      await call(who, 'GET', `/entries/${next + 1}`);
      if (called) await call(who, 'GET', `/entries/${next + 1}/photos`);
    }
  await guard.end();
  const { proposals } = await propose(
    await loadContract({ ...contract, paths: { ...(contract['paths'] as object), ...later } }),
    (await readRecords(learn)).exchanges,
  );
  return proposals.map(({ cedar = '' }) => cedar).join('\n');
}

test('who made it may change it: the property is found by what it is called', async () => {
  for (const property of ['writtenBy', 'posted_by', 'recordedBy', 'author'])
    assert.match(await proposedFor(property, false), new RegExp(`editEntry[^]*${property}`), property);
});

test('what others called before it was documented is not forbidden to others', async () => {
  // The photos of an entry, of which the document knew nothing: everybody looks at those of the next.
  const photos = { get: { operationId: 'getPhotos', responses: { 200: json({ type: 'array', items: text }) } } };
  const path = { parameters: [{ name: 'entryNo', in: 'path', required: true, schema: text }], ...photos };
  for (const others of [true, false]) {
    const cedar = await proposedFor('writtenBy', false, { '/entries/{entryNo}/photos': path }, others);
    assert.match(cedar, /editEntry/);
    assert.equal(/getPhotos[^]*?writtenBy/.test(cedar), !others, cedar);
  }
});

test('who changed it last is nobody that owns it', async () => {
  for (const property of ['updatedBy', 'last_edited_by'])
    assert.doesNotMatch(await proposedFor(property, true), new RegExp(property), property);
});
