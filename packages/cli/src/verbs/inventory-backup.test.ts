import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-inventory-backup-'));
after(() => rmSync(folder, { recursive: true }));
const root = join(import.meta.dirname, '../../../..');
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
ajv.addSchema(JSON.parse(readFileSync(join(root, 'schemas/inventory-output.json'), 'utf8')) as object);

async function castellan(
  args: readonly string[],
  signal = new AbortController().signal,
  told?: (text: string) => void,
) {
  let [out, err] = ['', ''];
  const status = await run(args, {
    out(text) {
      out += text;
      told?.(text);
    },
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal,
  });
  return { status, out, err };
}

writeFileSync(
  join(folder, 'openapi.json'),
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1' },
    paths: { '/a': { get: { responses: { 204: { description: '' } } } } },
  }),
);

test('a store is backed up while a registry has it open, and restored beside it', async () => {
  const store = ['--store', 'file:live'];
  assert.equal((await castellan(['inventory', 'import', 'openapi.json', ...store])).status, 0);
  const stop = new AbortController();
  const page = Promise.withResolvers<void>();
  const serving = castellan(['serve', '--port', '0', ...store], stop.signal, () => page.resolve());
  await Promise.race([page.promise, serving]);
  const backup = await castellan(['inventory', 'backup', '--out', 'live.backup', '--json', ...store]);
  assert.equal(backup.err, '');
  const validate = ajv.getSchema('urn:castellan:schema:inventory-output#/$defs/backup');
  assert.ok(validate?.(JSON.parse(backup.out)), backup.out);
  stop.abort();
  assert.equal((await serving).status, 0);
  // The same once more, without a registry.
  const quiet = await castellan(['inventory', 'backup', '--out', 'quiet.backup', ...store]);
  assert.match(quiet.out, /^quiet\.backup: \d+ bytes; it holds hashes of keys/);
  for (const name of ['live', 'quiet']) {
    const restored = await castellan([
      'inventory',
      'restore',
      `${name}.backup`,
      '--store',
      `file:${name}-copy`,
      '--json',
    ]);
    assert.equal(restored.err, '');
    const fits = ajv.getSchema('urn:castellan:schema:inventory-output#/$defs/restore');
    assert.ok(fits?.(JSON.parse(restored.out)), restored.out);
    const lists = await Promise.all(
      [`file:${name}-copy`, 'file:live'].map((url) => castellan(['inventory', 'list', '--json', '--store', url])),
    );
    assert.match(lists[0]?.out ?? '', /"orders"/);
    assert.deepEqual(lists[0], lists[1]);
  }
});

test('what is wrong is said in one line, with the fix', async () => {
  for (const [args, message] of [
    [['backup'], /no file is named; castellan inventory backup --out/],
    [['backup', 'x'], /backup takes no 'x'/],
    [['restore'], /restore takes one file/],
    [['restore', 'a', 'b'], /restore takes one file/],
    [['restore', 'live.backup', '--registry', 'http://127.0.0.1:1'], /a running registry is not restored into/],
    [['restore', 'openapi.json', '--store', 'file:none'], /the backup is cut off or no gzip file/],
    [['restore', 'nothing', '--store', 'file:none'], /the backup cannot be read \(ENOENT\)/],
    [['restore', 'live.backup', '--store', 'file:live'], /holds something already.*new with --store/],
    [['backup', '--out', 'no/folder/x', '--store', 'file:live'], /cannot be written \(ENOENT\)/],
  ] as const) {
    const { status, out, err } = await castellan(['inventory', ...args]);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, message);
    assert.equal(err.trimEnd().includes('\n'), false, err);
  }
});
