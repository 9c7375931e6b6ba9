import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-serve-'));
after(() => rmSync(folder, { recursive: true }));

test('one page says what runs and what to open; the key on it opens it', async () => {
  const stop = new AbortController();
  let out = '';
  const page = Promise.withResolvers<void>();
  const ended = run(['serve', '--port', '0', '--store', 'memory:'], {
    out(text) {
      out += text;
      page.resolve();
    },
    err: (text) => void (out += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: stop.signal,
  });
  await Promise.race([page.promise, ended]);
  const url = /registry (http:\S+),/.exec(out)?.[1];
  const key = /export KEY=(\S+)/.exec(out)?.[1];
  assert.match(out, /0 APIs, 0 deployments, 0 ghosts/);
  assert.ok(url !== undefined && key !== undefined, out);
  assert.equal((await fetch(`${url}/ghosts`)).status, 401);
  const answer = await fetch(`${url}/ghosts`, { headers: { 'x-castellan-key': key } });
  const { ghosts, all } = (await answer.json()) as { ghosts: unknown; all: unknown };
  assert.deepEqual([answer.status, ghosts, all], [200, [], 0]);
  stop.abort();
  assert.equal(await ended, 0);
});

test('bad usage is one line', async () => {
  for (const [args, message] of [
    [['--port', 'x'], /--port x is no port/],
    [['now'], /serve takes no 'now'/],
    [['--stroe', 'x'], /did you mean --store\?/],
  ] as const) {
    let err = '';
    const status = await run(['serve', ...args], {
      out: () => undefined,
      err: (text) => void (err += text),
      interactive: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
    assert.equal(status, 2);
    assert.match(err, message);
  }
});
