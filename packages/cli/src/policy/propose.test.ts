import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-propose-cli-'));
after(() => rmSync(folder, { recursive: true }));
const examples = join(import.meta.dirname, '../../../../examples');

async function castellan(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const status = await run(['policy', 'propose', ...args], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, ...said };
}

test('from the document alone: no group is named, what only people know is asked, and the files say who wrote them', async () => {
  for (const name of ['shop', 'weak', 'documents']) {
    const out = join(folder, name);
    const { status, out: said } = await castellan('--contract', join(examples, name, 'openapi.yaml'), '--out', out);
    assert.equal(status, 0, said);
    const cedar = readFileSync(join(out, 'policies/proposed.cedar'), 'utf8');
    assert.doesNotMatch(cedar, /Group::|scopes\.contains/, 'nobody was seen in a group');
    const overlay = existsSync(join(out, 'overlay.yaml')) ? readFileSync(join(out, 'overlay.yaml'), 'utf8') : '';
    for (const [, list = ''] of overlay.matchAll(/(?:read|write): *\[([^\]]*)\]/g)) assert.match(list, /^\s*$/);
    for (const [, who = ''] of overlay.matchAll(/(?:read|write):\n\s+- (.*)/g)) assert.match(who, /^action:/);
  }
  const { out } = await castellan('--contract', join(examples, 'shop/openapi.yaml'), '--json');
  const { questions } = JSON.parse(out) as { questions: readonly { title: string }[] };
  assert.ok(questions.some(({ title }) => /refund/.test(title)));
});

// promise: proposals-keep-files
test('what somebody wrote is not written over; what it wrote itself is', async () => {
  const contract = join(examples, 'shop/openapi.yaml');
  const out = join(folder, 'twice');
  assert.equal((await castellan('--contract', contract, '--out', out)).status, 0);
  assert.equal((await castellan('--contract', contract, '--out', out)).status, 0);
  const file = join(out, 'policies/proposed.cedar');
  writeFileSync(file, '// mine\npermit (principal, action, resource);\n');
  const { status, err } = await castellan('--contract', contract, '--out', out);
  assert.equal(status, 2);
  assert.match(err, /proposed\.cedar.*was not written by castellan policy propose/);
  assert.match(readFileSync(file, 'utf8'), /^\/\/ mine/);
});

test('without a contract, or with records that are none, it says so', async () => {
  assert.match((await castellan()).err, /no --contract given/);
  const { status, err } = await castellan('--contract', join(examples, 'shop/openapi.yaml'), '--learn', folder);
  assert.equal(status, 2);
  assert.match(err, /holds no records/);
});
