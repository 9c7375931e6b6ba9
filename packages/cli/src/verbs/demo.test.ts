import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attacks } from '../demo/attacks.ts';
import { run } from '../run.ts';

const main = join(import.meta.dirname, '../main.ts');

async function demo(...args: string[]) {
  let out = '';
  let err = '';
  const status = await run(['demo', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: process.cwd(),
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

test('the tour prints what every attack did on both sides, and ends', async () => {
  const { status, out, err } = await demo('--once');
  assert.equal(status, 0, err);
  assert.equal(err, '');
  assert.match(out, /^bare: {5}http:\/\/127\.0\.0\.1:\d+ .*\nguarded: {2}http:\/\/127\.0\.0\.1:\d+ /);
  const rows = out.split('\n');
  const guarded = rows.find((row) => row.startsWith('attack'))?.indexOf('guarded') ?? -1;
  assert.ok(guarded > 0);
  for (const attack of attacks) {
    const row = rows.find((one) => one.startsWith(`${attack.name} (${attack.risk})`));
    assert.ok(row !== undefined, `no row for ${attack.name}`);
    assert.ok(!row.slice(0, guarded).includes('stopped'), `bare, ${attack.name} gets through`);
    assert.match(row.slice(guarded), /^(stopped|NOT STOPPED YET: )/);
  }
  // Whatever a later capability adds, these are stopped, and by the stage that is there for them.
  for (const [attack, stage] of Object.entries({
    'no token': 'authenticate: unauthenticated 401',
    'forged token': 'authenticate: unauthenticated 401',
    'mass assignment': 'validate: invalid-request 400',
    'over-long page': 'validate: invalid-request 400',
    'undocumented path': 'route: not-found 404',
    'path tricks': 'route: ambiguous-path 400',
    'oversized body': 'receive: too-large 413',
    "other people's object": 'release: forbidden 403',
    flood: 'throttle: rate-limited 429',
  }))
    assert.match(out, new RegExp(`^${attack} \\(.*stopped by ${stage}$`, 'm'));
  assert.doesNotMatch(out, /NOT STOPPED YET/);
  assert.match(out, /^leaking property .*stopped: 200, and nothing leaked$/m);
  assert.match(out, /\n10 attacks: 0 stopped bare, 10 stopped by the guard\. 20 of 20 honest requests answered\.\n/);
  assert.match(out, /approved 1 h ago: 200 allowed\n +allow: permitted by edit-approved-section\n/);
  assert.match(
    out,
    /\n {4}400 documents taken {2}bare\n {4}400 documents taken {2}guarded\n {4}100 documents taken {2}guarded, with x-castellan\.budget: /,
  );
  assert.match(out, /\ndocuments-gateway +tour +enforce +yes\ndocuments-bare +tour +no guard +no\n/);
  assert.match(out, /\n {2}unwatched: documents-bare in tour\n/);
  assert.match(out, /approved 78 h ago: 403 denied\n(?: .*\n)+? +context\.now is datetime\(/);
});

test(
  'Ctrl-C ends everything: both servers, the process, no child left, exit status 0',
  { timeout: 60_000 },
  async (t) => {
    const child = spawn(
      process.execPath,
      ['--conditions=@castellan/source', '--disable-warning=ExperimentalWarning', main, 'demo'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => child.kill('SIGKILL'));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let out = '';
    for await (const chunk of child.stdout) {
      out += String(chunk);
      if (out.includes('Ctrl-C ends everything') && out.endsWith('\n')) break;
    }
    const lines = out.split('\n').filter((line) => line.startsWith('  curl '));
    assert.ok(lines.length >= 4, out);
    const [bare, guarded] = [...out.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map((match) => match[0]);
    const token = /TOKEN='([^']+)'/.exec(out)?.[1];
    const answer = await fetch(`${guarded}/documents`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    assert.equal((await fetch(`${guarded}/documents`)).status, 401);
    assert.equal((await fetch(`${bare}/documents`)).status, 200);
    // The lines about the registry, pasted as they are.
    const pasted = out
      .slice(out.indexOf("  KEY='"))
      .split('\n')
      .filter((line) => line.trim() !== '');
    assert.equal(pasted.length, 5, out);
    const shell = spawnSync('sh', ['-e'], { input: pasted.join('\n'), encoding: 'utf8' });
    assert.equal(shell.status, 0, shell.stderr);
    for (const part of [
      '"apis":[{"id":"documents"',
      '"name":"documents-bare"',
      '"name":"documents-gateway"',
      '"kind":"shadow"',
      '"kind":"unwatched"',
      '"linkset":[',
    ])
      assert.ok(shell.stdout.includes(part), `${part} ${shell.stdout}`);
    const children = childrenOf(child.pid);
    child.kill('SIGINT');
    assert.equal(await ended, 0);
    for (const base of [bare, guarded]) await assert.rejects(fetch(`${base}/documents`));
    for (const pid of children) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  },
);

/** Process ids of the children of a process, where the system tells. */
function childrenOf(parent: number | undefined): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent))
      .map(Number);
  } catch {
    return [];
  }
}

test('what the tour cannot use is one line and status 2', async () => {
  for (const [args, message] of [
    [['--port', '99999'], /--port is '99999'/],
    [['--onse'], /did you mean --once/],
    [['now'], /'now' is not expected/],
  ] as const) {
    const { status, out, err } = await demo(...args);
    assert.deepEqual([status, out], [2, '']);
    assert.match(err, message);
    assert.equal(err.trim().split('\n').length, 1);
  }
});
