import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-ban-'));
const guards: Guard[] = [];
after(async () => {
  for (const guard of guards) await guard.end();
  rmSync(folder, { recursive: true });
});

async function castellan(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const status = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

const contract = {
  openapi: '3.1.0',
  info: { title: 'Limits', version: '1' },
  'x-castellan': { budget: { records: '100/day', objects: { Thing: '50/day' } } },
  security: [{ key: [] }],
  paths: {
    '/things': {
      get: {
        operationId: 'list',
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: {
                  type: 'array',
                  items: {
                    type: 'object',
                    'x-castellan': { resource: 'Thing' },
                    properties: { id: { type: 'integer' } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
};
writeFileSync(join(folder, 'api.json'), JSON.stringify(contract));

async function guarded(options: object): Promise<{ readonly guard: Guard; readonly ask: () => Promise<number> }> {
  const guard = await createGuard({
    contract,
    authentication: { key: { keys: { 'key-of-ada-long-enough': { subject: 'ada' } } } },
    ...options,
  });
  guards.push(guard);
  const handle = fetchGuard(guard, () => Response.json(Array.from({ length: 30 }, (_, id) => ({ id }))));
  const ask = async (): Promise<number> => {
    const request = new Request('http://api.example.com/things', { headers: { 'x-key': 'key-of-ada-long-enough' } });
    const response = await handle(request, { remoteAddress: '192.0.2.1' });
    await response.text();
    return response.status;
  };
  return { guard, ask };
}

test('a ban from the command line is in force in a guard that runs, and gone when it is lifted', async () => {
  const state = join(folder, 'state');
  const { guard, ask } = await guarded({ state: { file: state } });
  assert.equal(await ask(), 200);
  const added = await castellan(
    'ban',
    'add',
    '--principal',
    'ada',
    '--reason',
    'incident 7',
    '--for',
    '1 day',
    '--state',
    'state',
  );
  assert.equal(added.err, '');
  assert.match(added.out, /^principal ada is banned until \d{4}-/);
  await guard.bans.refresh();
  assert.equal(await ask(), 403);
  const listed = await castellan('ban', 'list', '--state', 'state');
  assert.match(listed.out, /principal +ada .*incident 7/);
  assert.equal((await castellan('ban', 'lift', '--principal', 'ada', '--state', 'state')).out, 'lifted\n');
  await guard.bans.refresh();
  assert.equal(await ask(), 200);
  assert.equal((await castellan('ban', 'list', '--state', 'state')).out, 'nobody is banned\n');
});

test('without a place it is the usual file, as JSON on request', async () => {
  const { out } = await castellan('ban', 'add', '--network', '192.0.2.9/24', '--reason', 'flood', '--json');
  assert.equal((JSON.parse(out) as { id: string }).id, '192.0.2.9/24');
  assert.match(
    readFileSync(join(folder, '.castellan/bans.jsonl'), 'utf8'),
    /"kind":"network","id":"192\.0\.2\.0\/24","reason":"flood"/,
  );
});

test('bad use is one line with what is accepted', async () => {
  for (const [args, message] of [
    [[], /castellan ban add\|list\|lift/],
    [['ad'], /did you mean add\?/],
    [['add', '--adress', '192.0.2.1'], /did you mean --address\?/],
    [['add', '--address', '192.0.2.1'], /add --reason/],
    [['add', '--reason', 'x'], /name one of address, network, principal, credential/],
    [['add', '--address', 'nobody', '--reason', 'x'], /is nobody who could be banned/],
    [['add', '--address', '192.0.2.1', '--principal', 'a', '--reason', 'x'], /2 are named at once/],
    [['add', '--address', '192.0.2.1', '--reason', 'x', '--for', 'ever'], /write a duration such as/],
    [['add', '--address', '192.0.2.1', '--reason', 'x', '--for', '1h', '--until', '2030-01-01'], /give one of them/],
    [['add', '192.0.2.1', '--reason', 'x'], /write --address/],
    [['list', '--state', 'redis://127.0.0.1:1'], /nobody listens there/],
    [['list', '--state', 'http://cache', '--bans', 'x'], /give one of them/],
  ] as const) {
    const { status, out, err } = await castellan('ban', ...args);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2, err);
  }
});

test('limits show: what a principal took, of a guard that runs, by its folder', async () => {
  const state = join(folder, 'shown');
  const { guard, ask } = await guarded({ state: { file: state } });
  await ask();
  await ask();
  await guard.end();
  const args = ['limits', 'show', 'ada', '--issuer', 'key', '--contract', 'api.json', '--state', 'shown'];
  const { out, err } = await castellan(...args);
  assert.equal(err, '');
  assert.match(out, /^requests +all operations +1200\/minute/m);
  assert.match(out, /^records +all operations +100\/day +60 +40 /m);
  assert.match(out, /^objects +Thing of all operations +50\/day +30 +20 /m);
  const { out: nobody } = await castellan(...args.with(2, 'bob'), '--json');
  assert.deepEqual(
    (JSON.parse(nobody) as { taken: number }[]).map(({ taken }) => taken),
    [0, 0, 0],
  );
  for (const [wrong, message] of [
    [['limits', 'show'], /whose limits\?/],
    [['limits', 'show', 'ada'], /add --contract/],
    [[...args.slice(0, 3), '--contract', 'api.json', '--state', 'shown'], /add --issuer/],
    [args.with(8, 'nowhere'), /nowhere\/state\.jsonl: no guard keeps its state here/],
    [['limits', 'propose'], /no events are given/],
    [['limits', 'propose', 'none.jsonl'], /none\.jsonl: there is no such file/],
    [['limits', 'propose', 'api.json'], /no line is an event/],
    [['limits', 'shw'], /did you mean show\?/],
  ] as const) {
    const failed = await castellan(...wrong);
    assert.equal(failed.status, 2, wrong.join(' '));
    assert.match(failed.err, message);
  }
});

test('limits propose: from what a guard wrote, as an overlay that the document takes', async () => {
  const file = join(folder, 'audit.jsonl');
  const subjects = Array.from({ length: 12 }, (_, at) => `user${at}`);
  let now = Date.parse('2026-11-25T10:00:00Z');
  const guard = await createGuard({
    contract,
    clock: () => now,
    audit: { file },
    authentication: {
      key: { keys: Object.fromEntries(subjects.map((subject) => [`key-of-${subject}-long-enough`, { subject }])) },
    },
  });
  const handle = fetchGuard(guard, () => Response.json([]));
  for (let round = 0; round < 12; round++)
    for (const subject of subjects) {
      now += 900;
      const headers = { 'x-key': `key-of-${subject}-long-enough` };
      await (await handle(new Request('http://api.example.com/things', { headers }))).text();
    }
  await guard.end();
  const { out, err } = await castellan('limits', 'propose', 'audit.jsonl');
  assert.match(err, /^1 limits from 144 calls\n$/);
  writeFileSync(join(folder, 'limits.yaml'), out);
  const { out: shown } = await castellan('contract', 'api.json', '--overlay', 'limits.yaml');
  assert.match(shown, /\d+\/minute by principal +x-castellan of the operation/);
});
