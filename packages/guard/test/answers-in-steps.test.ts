// Handlers answer in steps, as node:http lets them: what leaves is what it would be without a guard, less what the caller may not read.
// The head is what it was when the body began; what comes after the end changes nothing; a buffer is the handler's again once it was taken.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import fc from 'fast-check';
import { listen, type Started } from './adapters/servers.ts';

const text = { type: 'string' };
const Folder = {
  type: 'object',
  'x-castellan': { resource: 'Folder' },
  required: ['open'],
  properties: { id: text, open: { type: 'boolean' } },
};
const Note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  required: ['id', 'folder'],
  properties: {
    id: text,
    folder: { type: 'string', 'x-castellan': { resource: 'Folder' } },
    secret: { type: 'string', 'x-castellan': { read: ['scope:secrets'] } },
  },
};
const content = { 'application/json': { schema: Note }, 'text/plain': {}, 'text/html': {} };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      get: {
        operationId: 'getNote',
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        responses: {
          200: { description: 'One', content },
          500: { description: 'Failed', content: { 'text/plain': {}, 'text/html': {} } },
        },
      },
    },
  },
  components: { schemas: { Folder, Note }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};
const whole = JSON.stringify({ id: '1', folder: 'f', secret: 'MARKED SECRET', tail: undefined });
const half = whole.length - 4;

/** What a handler may do next; it throws what node:http throws. */
const steps: Readonly<Record<string, (response: ServerResponse, wait: () => Promise<void>) => unknown>> = {
  half: (response) => response.write(whole.slice(0, half)),
  rest: (response) => response.write(whole.slice(half)),
  'half from a buffer that is filled anew': (response) =>
    new Promise<void>((resolve) => {
      const buffer = Buffer.from(whole.slice(0, half));
      response.write(buffer, () => {
        buffer.fill('#');
        resolve();
      });
    }),
  'the rest with the end': (response) => response.end(whole.slice(half)),
  'all with the end': (response) => response.end(whole),
  end: (response) => response.end(),
  'an error page': (response) => {
    response.statusCode = 500;
    response.setHeader('content-type', 'text/html');
    response.end('<p>Sorry</p>');
  },
  'another type': (response) => response.setHeader('content-type', 'text/plain'),
  'another status': (response) => {
    response.statusCode = 500;
  },
  'a field': (response) => response.setHeader('x-late', '1'),
  'no type': (response) => response.removeHeader('content-type'),
  wait: (_, wait) => wait(),
};

const folder = mkdtempSync(join(tmpdir(), 'castellan-steps-'));
let guard: Guard;
let bare: Started;
let guarded: Started;
let program: readonly string[] = [];

/** Goes on after an error as an application does whose error handler looks at nothing. */
async function handler(_: unknown, response: ServerResponse): Promise<void> {
  // Node tells what is written after the end.
  response.on('error', () => undefined);
  response.setHeader('content-type', 'application/json');
  const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  for (const name of program)
    try {
      await steps[name]?.(response, wait);
    } catch {
      // It is told by what leaves.
    }
  if (!response.writableEnded) response.destroy();
}

before(async () => {
  const policies = join(folder, 'open.cedar');
  writeFileSync(policies, 'permit (principal, action, resource is Note) when { resource.folder.open };');
  guard = await createGuard({
    contract,
    policies,
    authentication: {
      token: { verify: (subject) => ({ subject, scopes: subject === 'insider' ? ['secrets'] : [] }) },
    },
    limits: { perAddress: 'off', perPrincipal: 'off' },
  });
  // It has to be fetched once the answer is there: what the handler does meanwhile comes too late.
  guard.resource('Folder', async (ids) => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    return ids.map((id) => ({ id, open: true }));
  });
  guarded = await listen(node(guard, handler));
  bare = await listen((incoming, response) => void handler(incoming, response));
});
after(async () => {
  await Promise.all([guarded.close(), bare.close()]);
  await guard.end();
  rmSync(folder, { recursive: true });
});

interface Seen {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly late: unknown;
  readonly body: string;
  readonly complete: boolean;
}

function seen({ url }: Started, who: string): Promise<Seen> {
  return new Promise((resolve) => {
    const none = { status: 0, type: undefined, late: undefined, body: '', complete: false };
    const asked = request(`${url}/notes/1`, { agent: false, headers: { authorization: `Bearer ${who}` } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('error', () => undefined);
      answer.on('close', () =>
        resolve({
          status: answer.statusCode,
          type: answer.headers['content-type'],
          late: answer.headers['x-late'],
          body,
          complete: answer.complete,
        }),
      );
    });
    asked.on('error', () => resolve(none));
    asked.end();
  });
}

/** Whether the first byte of a body is written before a type of another kind is told. */
function beginsAsJson(names: readonly string[]): boolean {
  for (const name of names) {
    if (name === 'another type' || name === 'no type' || name === 'an error page') return false;
    if (/half|rest|all|end/.test(name)) return true;
  }
  return true;
}

test('any steps: what leaves is what leaves without a guard, and nothing that the caller may not read', async () => {
  const names = fc.constantFrom(...Object.keys(steps));
  const wholeAnswer = fc.constantFrom(
    ['all with the end'],
    ['half', 'the rest with the end'],
    ['half', 'rest', 'end'],
    ['half from a buffer that is filled anew', 'rest', 'end'],
    ['half', 'an error page'],
    ['half', 'rest', 'another type', 'another status', 'end'],
  );
  let same = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(names, { minLength: 1, maxLength: 6 }),
        fc.tuple(wholeAnswer, fc.array(names, { maxLength: 4 })).map(([first, more]) => [...first, ...more]),
      ),
      async (chosen) => {
        program = chosen;
        const without = await seen(bare, 'insider');
        const insider = await seen(guarded, 'insider');
        const outsider = await seen(guarded, 'outsider');
        if (beginsAsJson(chosen)) assert.doesNotMatch(outsider.body, /SECRET/);
        if (!without.complete || without.status !== 200 || without.type !== 'application/json') return;
        if (without.body !== whole) return;
        same += 1;
        assert.deepEqual(insider, without);
        assert.equal(outsider.status, 200);
        assert.deepEqual(JSON.parse(outsider.body), { id: '1', folder: 'f' });
      },
    ),
    {
      seed: 7,
      numRuns: process.env['CASTELLAN_WHOLE'] === '1' ? 2000 : 80,
      examples: [
        [['half', 'rest', 'another type', 'end']],
        [['all with the end', 'an error page']],
        [['half', 'an error page']],
      ],
    },
  );
  assert.ok(same > 15, `${same} programs answered in full`);
});
