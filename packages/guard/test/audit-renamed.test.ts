// Log rotation renames the audit file: what comes then is in a new one of its name, without a signal, and no event is lost.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openAuditFile, type AuditSink } from '../src/audit/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
after(() => rmSync(folder, { recursive: true }));

const lines = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
async function put(sink: AuditSink, line: string): Promise<void> {
  sink.write(line);
  await sink.flush();
}

test('renamed, removed, renamed again: each line is in the file that had the name then', async () => {
  const file = join(folder, 'a.jsonl');
  const sink = openAuditFile(file);
  await put(sink, 'one');
  renameSync(file, `${file}.1`);
  await put(sink, 'two');
  await put(sink, 'three');
  renameSync(file, `${file}.2`);
  await sink.reopen();
  assert.equal(existsSync(file), true);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await put(sink, 'four');
  unlinkSync(file);
  await put(sink, 'five');
  await sink.close();
  assert.deepEqual([lines(`${file}.1`), lines(`${file}.2`), lines(file)], [['one'], ['two', 'three'], ['five']]);
  assert.equal(sink.lost, 0);
});

test('where no new file can be made, events go on to the old one, and that is said once', async () => {
  const inside = join(folder, 'inside');
  mkdirSync(inside);
  const file = join(inside, 'a.jsonl');
  const sink = openAuditFile(file);
  const warned: (string | undefined)[] = [];
  const hear = (warning: NodeJS.ErrnoException): void => void warned.push(warning.code);
  process.on('warning', hear);
  await put(sink, 'one');
  renameSync(inside, `${inside}-moved`);
  await put(sink, 'two');
  await put(sink, 'three');
  await sink.close();
  process.off('warning', hear);
  assert.deepEqual(lines(join(`${inside}-moved`, 'a.jsonl')), ['one', 'two', 'three']);
  assert.deepEqual(warned, ['audit-renamed']);
});
