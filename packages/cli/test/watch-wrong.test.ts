// What a newcomer types wrong about events and incidents: one line that says what it is and what to write.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileRefused } from '../src/file-refused.ts';
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

writeFileSync(
  join(folder, 'openapi.yaml'),
  'openapi: 3.1.0\ninfo: { title: Kilns, version: "1" }\npaths: { /kilns: { get: { operationId: kilns, responses: { "200": { description: ok } } } } }\n',
);
/** Each place of a file or folder on a command line; `HERE` is what stands there. */
const places = {
  written: [
    'check openapi.yaml --format html --output HERE',
    'check openapi.yaml --fix --fix-to HERE',
    'check openapi.yaml --baseline HERE --update-baseline',
    'check openapi.yaml --trend HERE',
    'threats openapi.yaml --out HERE',
    'types openapi.yaml --output HERE',
    'policy propose --contract openapi.yaml --out HERE',
    'keys create --subject ada --store HERE',
  ],
  read: [
    'check HERE',
    'check openapi.yaml --baseline HERE',
    'check openapi.yaml --ignore HERE',
    'check openapi.yaml --rules HERE',
    'check openapi.yaml --overlay HERE',
    'check openapi.yaml --policies HERE',
    'contract HERE',
    'contract openapi.yaml --overlay HERE',
    'diff HERE openapi.yaml',
    'diff openapi.yaml HERE',
    'threats openapi.yaml --evidence HERE',
    'threats openapi.yaml --import HERE',
    'threats openapi.yaml --since HERE',
    'policy check --contract openapi.yaml --policies HERE',
    'policy test HERE --contract openapi.yaml',
    'learn HERE --contract openapi.yaml',
    'scan openapi.yaml --target http://127.0.0.1:1 --identities HERE',
    'detect HERE',
    'config check HERE',
    'keys import HERE',
    'audit verify HERE',
    'limits propose HERE',
    'gateway --contract HERE --upstream http://127.0.0.1:1',
    'gateway --contract openapi.yaml --upstream http://127.0.0.1:1 --port 0 --audit audit --authentication HERE',
  ],
};
mkdirSync(join(folder, 'closed'), { mode: 0o500 });
/** What stands where something else should: a folder, a path below a file, a folder that is not there, one without rights. */
const wrong = ['audit', 'notes.txt/below', 'missing/below', ...(isRoot ? [] : ['closed/new'])];

test('what the file system refuses is one line with the place and the fix, at every command', async () => {
  for (const [kind, lines] of Object.entries(places))
    for (const [index, line] of lines.entries())
      for (const [turn, here] of wrong.entries()) {
        // Every line with one of them, and with all on request.
        if (process.env['CASTELLAN_WHOLE'] !== '1' && turn !== index % wrong.length) continue;
        // A folder is right where folders are read or written.
        const { status, err } = await castellan(...line.split(' ').map((word) => (word === 'HERE' ? here : word)));
        const shown = `${line} (${kind}), ${here}: ${status} ${err}`;
        assert.notEqual(status, 3, shown);
        if (status !== 2) continue;
        assert.equal(err.trim().split('\n').length, 1, shown);
        assert.match(err, /^castellan: .+; .+\n$/, shown);
        assert.ok(err.includes(here.split('/')[0] ?? ''), shown);
      }
});

test('each refusal of the system has its words', () => {
  const at = (code: string, syscall: string, stack: string) =>
    fileRefused(Object.assign(new Error(code), { code, syscall, path: '/srv/out/report.html', stack }), '/srv')
      ?.message;
  assert.equal(
    at('EACCES', 'open', 'at writeFileSync (node:fs:1)'),
    'out/report.html: it may not be written by this user; give this user the right to it, or name another place',
  );
  assert.equal(
    at('EACCES', 'scandir', ''),
    'out/report.html: it may not be read by this user; give this user the right to it',
  );
  assert.equal(at('ENOENT', 'open', 'at readFileSync'), 'out/report.html: it does not exist; check the path');
  assert.equal(
    at('ENOENT', 'open', 'at async writeFile'),
    'out/report.html: it cannot be written: its folder does not exist; make the folder, or check the path',
  );
  assert.match(at('ENOSPC', 'write', '') ?? '', /the disk is full; free some space/);
  // What no file is meant by stays an internal error: so does what the code itself got wrong.
  assert.equal(
    fileRefused(Object.assign(new Error('x'), { code: 'ECONNREFUSED', path: '/run/socket' }), '/'),
    undefined,
  );
  assert.equal(fileRefused(new TypeError('x is not a function'), '/'), undefined);
});
