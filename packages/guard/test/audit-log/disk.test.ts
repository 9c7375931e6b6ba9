// A disk that takes no more: each mode keeps what it promises, and the log says afterwards what it does not have.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { segmentPieces } from '../../src/audit/log/segment-reader.ts';
import { verifyLog } from '../../src/audit/log/verify.ts';
import { idsIn, startServer } from './killing.ts';
import { logFolder } from './lines.ts';

const skip = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit here';

/** Says how large a file may become for a process: beyond it, writing fails. */
function limitFiles(pid: number | undefined, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}

async function statusesOf(port: number, count: number): Promise<Record<number, string[]>> {
  const found: Record<number, string[]> = {};
  for (let i = 0; i < count; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/items/1`);
    await response.arrayBuffer();
    (found[response.status] ??= []).push(response.headers.get('x-request-id') ?? '');
  }
  return found;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

for (const [durability, full] of [
  ['required', [503]],
  ['fsync', [200]],
  ['async', [200]],
] as const)
  test(`${durability}: the disk is full, and takes lines again`, { skip, timeout: 60_000 }, async () => {
    const directory = logFolder();
    const { child, port, errors } = await startServer(directory, durability);
    const before = await statusesOf(port, 3);
    assert.deepEqual(Object.keys(before), ['200']);
    await until(() => (before[200] ?? []).every((id) => idsIn(directory).has(id)));
    limitFiles(child.pid, 1);
    const during = await statusesOf(port, 4);
    assert.deepEqual(Object.keys(during).map(Number), full);
    await until(() => errors().includes('audit events are lost'));
    limitFiles(child.pid, 'unlimited');
    const after = await statusesOf(port, 3);
    assert.deepEqual(Object.keys(after), ['200']);
    child.kill('SIGTERM');
    await once(child, 'exit');
    assert.match(errors(), /audit events are lost/);
    const ids = idsIn(directory);
    for (const id of [...(before[200] ?? []), ...(after[200] ?? [])]) assert.ok(ids.has(id), id);
    assert.deepEqual(verifyLog(directory).findings, []);
    const text = readdirSync(directory)
      .filter((file) => /^\d+\.idx$/.test(file))
      .map((file) => [...segmentPieces(join(directory, file.slice(0, -4)))].join(''))
      .join('');
    assert.match(text, /^\{"castellan":\{"gap":\{"records":\d+,"reason":"EFBIG"/m, 'the log says that it lost events');
  });
