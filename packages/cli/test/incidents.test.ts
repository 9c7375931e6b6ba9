// Incidents of a running gateway, listed and dismissed from the command line, over sockets.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startGateway, type Gateway } from '@castellan/gateway';
import { run } from '../src/run.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: { '/orders': { get: { operationId: 'listOrders', security: [], responses: { 200: { description: 'ok' } } } } },
};

async function castellan(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    interactive: false,
    cwd: '.',
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

/** The list as soon as an incident is open: facts are there shortly after the answer. */
async function opened(adminUrl: string) {
  for (let i = 0; ; i++) {
    const list = await castellan('incidents', 'list', adminUrl, '--open');
    if (list.status !== 0 || i > 500) return list;
  }
}

async function gateway(t: TestContext): Promise<Gateway> {
  const upstream = createServer((_request, response) => void response.end());
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  t.after(() => upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const started = await startGateway({
    contract,
    upstream: `http://127.0.0.1:${port}`,
    port: 0,
    admin: 0,
    detect: { honey: ['/backup.sql', '/private.key'] },
  });
  t.after(() => started.close());
  return started;
}

test('an incident is listed, dismissed with a note, and is in the list as dismissed', async (t) => {
  const { url, adminUrl = '' } = await gateway(t);
  const none = await castellan('incidents', 'list', adminUrl);
  assert.deepEqual([none.status, none.out], [0, '0 open, 0 closed\n']);
  assert.equal((await fetch(`${url}/backup.sql`)).status, 404);
  const open = await opened(adminUrl);
  assert.equal(open.status, 1);
  assert.match(open.out, /^CRITICAL A canary was touched \(address 127\.0\.0\.1\)$/m);
  const [, id = ''] = /^ {2}(\d{4}-\d\d-\d\d-[0-9a-f]{8}), open/m.exec(open.out) ?? [];
  const dismissed = await castellan('incidents', 'dismiss', adminUrl, id, '--note', 'our own test');
  assert.deepEqual([dismissed.status, dismissed.out], [0, `${id} is dismissed\n`]);
  const after = await castellan('incidents', 'list', adminUrl);
  assert.equal(after.status, 0);
  assert.match(after.out, /^ {2}dismissed [\d: -]+: our own test$/m);
  assert.match(after.out, /^0 open, 1 closed$/m);
  const again = await castellan('incidents', 'dismiss', adminUrl, id);
  assert.equal(again.status, 2);
  assert.match(again.err, new RegExp(`there is no open incident ${id}`));
  // The same is none any more; another canary is.
  assert.equal((await fetch(`${url}/backup.sql`)).status, 404);
  assert.equal((await fetch(`${url}/private.key`)).status, 404);
  const other = await opened(adminUrl);
  assert.equal(other.status, 1);
  assert.match(other.out, /honey path \/private\.key/);
  assert.doesNotMatch(other.out, /honey path \/backup\.sql/);
});

test('nobody dismisses by a page in a browser, or with what is no note', async (t) => {
  const { url, adminUrl = '' } = await gateway(t);
  await fetch(`${url}/backup.sql`);
  await opened(adminUrl);
  const [{ id }] = (await (await fetch(`${adminUrl}/incidents`)).json()) as [{ id: string }];
  const post = async (init: RequestInit, path = `/incidents/${id}/dismiss`): Promise<number> =>
    (await fetch(adminUrl + path, { method: 'POST', ...init })).status;
  const headers = { castellan: 'dismiss' };
  assert.equal(await post({}), 403);
  assert.equal(await post({ headers, body: 'because' }), 400);
  assert.equal(await post({ headers, body: JSON.stringify({ note: 'x'.repeat(5000) }) }), 400);
  assert.equal(await post({ headers }, '/incidents/2026-01-01-9/dismiss'), 404);
  assert.equal(await post({ headers }, '/incidents'), 405);
  assert.equal((await fetch(`${adminUrl}/incidents/${id}/dismiss`, { headers })).status, 405);
  assert.equal(await post({ headers }), 200);
});

test('what cannot be meant is one line that says what to write', async () => {
  for (const [args, said] of [
    [[], /what is to be done\?.*list\|dismiss/],
    [['lsit', 'http://127.0.0.1:9'], /did you mean list\?/],
    [['list'], /which gateway\?/],
    [['list', 'audit.jsonl'], /'audit\.jsonl' is no admin address/],
    [['list', 'http://127.0.0.1:9'], /does not answer/],
    [['dismiss', 'http://127.0.0.1:9'], /which incident\?/],
    [['dismiss', 'http://127.0.0.1:9', '../x'], /no id of an incident/],
    [['list', 'http://127.0.0.1:9', '--note', 'x'], /leave it out of list/],
  ] as const) {
    const { status, err } = await castellan('incidents', ...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(err, said);
    assert.equal(err.trim().split('\n').length, 1);
  }
});
