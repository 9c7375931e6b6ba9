// What a newcomer types wrong about events and incidents: one line that says what it is and what to write.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../src/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-wrong-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'empty.jsonl'), '');
writeFileSync(join(folder, 'notes.txt'), 'hello\nworld\n');
writeFileSync(join(folder, 'barred.jsonl'), 'x');
mkdirSync(join(folder, 'audit'));
chmodSync(join(folder, 'barred.jsonl'), 0);
/** Whoever is root may read all. */
const isRoot = process.getuid?.() === 0;

async function castellan(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const status = await run(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

for (const [args, status, said] of [
  [['watch', 'empty.jsonl', '--once'], 0, /empty\.jsonl: it is empty; name an audit log's file/],
  [['watch', 'notes.txt', '--once'], 0, /none of its 2 lines is an event/],
  [['watch', 'audit', '--once'], 2, /audit: it is a folder; name the file in it/],
  [['watch', 'none.jsonl', '--once'], 2, /cannot be read \(ENOENT\)/],
  [['watch', 'localhost:9901'], 2, /write castellan watch http:\/\/localhost:9901/],
  ...(isRoot
    ? []
    : [[['watch', 'barred.jsonl', '--once'], 2, /cannot be read \(EACCES\); read it as a user who may/] as const]),
  [['incidents', 'list', 'gateway.local:9901'], 2, /write castellan incidents list http:\/\/gateway\.local:9901/],
  [['audit', 'report'], 2, /which log\?; name its folder, that of audit\.dir/],
  [['audit', 'report', 'audit'], 2, /there is no audit log in this folder/],
] as const)
  test(`castellan ${args.join(' ')}`, async () => {
    const { status: ended, err } = await castellan(...args);
    assert.equal(ended, status, err);
    assert.match(err, said);
    assert.equal(err.trim().split('\n').length, 1);
  });
