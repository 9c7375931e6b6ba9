import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-keys-'));
after(() => rmSync(folder, { recursive: true }));

async function keys(...args: string[]) {
  let out = '';
  let err = '';
  const status = await run(['keys', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

const stored = (name = 'keys.json'): string => readFileSync(join(folder, '.castellan', name), 'utf8');

test('a key is shown once and kept as a hash; the file is private', async () => {
  const made = await keys(
    'create',
    '--subject',
    'billing',
    '--scope',
    'orders:read',
    '--owner',
    'team-a',
    '--expires',
    '90 days',
  );
  assert.equal(made.status, 0);
  const key = made.out.trim();
  assert.match(key, /^cstl_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/);
  assert.match(made.err, /this is the only time that it is shown/);
  assert.equal(stored().includes(key.slice(16)), false);
  for (const name of ['keys.json', 'keys.json.secret'])
    assert.equal(statSync(join(folder, '.castellan', name)).mode & 0o777, 0o600, name);
  const listed = await keys('list');
  assert.match(listed.out, /billing +team-a +orders:read/);
  assert.equal(listed.out.includes(key.slice(16)), false);
});

test('rotate, revoke and list --json tell the state of each', async () => {
  const { id } = JSON.parse((await keys('create', '--subject', 'shop', '--json')).out) as { id: string };
  const rotated = JSON.parse((await keys('rotate', id, '--overlap', '1 hour', '--json')).out) as {
    id: string;
    replaces: string;
  };
  assert.equal(rotated.replaces, id);
  await keys('revoke', rotated.id);
  const rows = JSON.parse((await keys('list', '--json')).out) as { name: string; state: string }[];
  const state = Object.fromEntries(rows.map((row) => [row.name, row.state]));
  assert.deepEqual([state[id], state[rotated.id]], ['being replaced', 'revoked']);
  const again = await keys('revoke', rotated.id);
  assert.deepEqual([again.status, again.err.includes('is no longer good')], [2, true]);
});

test('users: Argon2id only, weak passwords refused, the password never an argument', async () => {
  const made = await keys('create', '--user', 'ada', '--group', 'editors');
  assert.equal(made.status, 0);
  assert.match(stored('users.json'), /\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(stored('users.json').includes(made.out.trim()), false);
  writeFileSync(join(folder, 'weak.txt'), 'Password123\n');
  const weak = await keys('create', '--user', 'bob', '--password-file', 'weak.txt');
  assert.deepEqual([weak.status, weak.out], [2, '']);
  assert.match(weak.err, /the password of 'bob' is a known default or example/);
  assert.equal(weak.err.includes('Password123'), false);
  assert.match((await keys('list', '--users')).out, /ada +ada +- +- +editors/);
});

test('import stores hashes, refuses what can be guessed, and is repeatable', async () => {
  const file = join(folder, 'old.json');
  const key = 'q7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp';
  writeFileSync(file, JSON.stringify([{ key, subject: 'legacy' }]));
  assert.match((await keys('import', 'old.json')).out, /^1 keys and 0 users imported, as hashes; 0 keys were there/);
  assert.match((await keys('import', 'old.json')).out, /^0 keys and 0 users imported, as hashes; 1 keys were there/);
  assert.equal(stored().includes(key), false);
  writeFileSync(file, JSON.stringify([{ key: 'changeme', subject: 'legacy' }]));
  assert.match((await keys('import', 'old.json')).err, /entry 0 \(legacy\): the key is a known default or example/);
  writeFileSync(file, JSON.stringify([{ subject: 'legacy' }]));
  assert.match(
    (await keys('import', 'old.json')).err,
    /old\.json: entry 0 has neither 'key' nor 'user', or both; write a JSON list/,
  );
});

test('tokens are revoked in the list that guards read; the public signing keys have no private part', async () => {
  const revoked = await keys(
    'revoke',
    '--token',
    'abc',
    '--issuer',
    'https://login.company.com',
    '--until-expiry',
    '1 hour',
  );
  assert.equal(revoked.status, 0);
  const entry = JSON.parse(stored('revocations.jsonl')) as Record<string, unknown>;
  assert.deepEqual([entry['kind'], entry['id'], entry['issuer']], ['token', 'abc', 'https://login.company.com']);
  const { keys: published } = JSON.parse((await keys('jwks')).out) as { keys: Record<string, unknown>[] };
  assert.deepEqual(Object.keys(published[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('a store that others can read is said', async () => {
  const file = join(folder, '.castellan', 'keys.json');
  chmodSync(file, 0o644);
  assert.match((await keys('list')).err, /keys\.json holds secrets and others can read it; chmod 600/);
  chmodSync(file, 0o600);
});

test('bad usage is one line with the mend', async () => {
  for (const [args, expected] of [
    [[], /what is to be done\?; castellan keys create\|list/],
    [['creat'], /did you mean create\?/],
    [['create'], /--subject is missing; say whose key it is/],
    [['create', '--subject', 'a', '--expires', 'soon'], /--expires is 'soon'; write a duration/],
    [['create', '--subject', 'a', '--expires', '2020-01-01'], /which is past/],
    [['create', '--subjct', 'a'], /did you mean --subject\?/],
    [['rotate'], /which key\?/],
    [['revoke'], /what is to be revoked\?/],
    [['revoke', 'nothing'], /there is no key 'nothing'; castellan keys list names/],
    [['import', 'nowhere.json'], /nowhere\.json: the file cannot be read as JSON \(ENOENT\)/],
  ] as const) {
    const { status, err } = await keys(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(err, expected);
    assert.equal(err.trimEnd().split('\n').length, 1, err);
  }
});
