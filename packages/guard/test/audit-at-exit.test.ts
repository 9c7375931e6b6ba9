// A process that ends without closing its guard, by itself or by an exception, leaves no event behind.
// promise: audit-at-exit
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** Answers 300 requests, more than are written at once, and ends in the turn in which the last was answered. */
const program = (end: string): string => `
  import { createGuard } from '@castellan/guard';
  import { fetchGuard } from '@castellan/guard/fetch';
  const contract = { openapi: '3.1.0', info: { title: 'x', version: '1' }, paths: { '/a': { get: { operationId: 'a', responses: { 204: { description: '' } } } } } };
  const guard = await createGuard({ contract, audit: { file: process.argv[1] }, limits: { perAddress: 'off' } });
  const handle = fetchGuard(guard, () => new Response(null, { status: 204 }));
  for (let i = 0; i < 300; i++) await handle(new Request('http://localhost/a'), { remoteAddress: '127.0.0.1' });
  ${end}
`;

const ends: Readonly<Record<string, readonly [code: string, status: number]>> = {
  'process.exit': ['process.exit(3);', 3],
  'an exception that nobody catches': ["throw new Error('the end');", 1],
  'a rejection that nobody handles': ["Promise.reject(new Error('the end')); await new Promise(() => {});", 1],
};

for (const [name, [code, status]] of Object.entries(ends)) {
  test(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-exit-'));
    const file = join(folder, 'audit.jsonl');
    try {
      const child = spawn(
        process.execPath,
        [
          ...process.execArgv.filter((flag) => flag.startsWith('--conditions')),
          '--input-type=module',
          '-e',
          program(code),
          file,
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const ended = await new Promise((resolve) => child.on('close', resolve));
      assert.equal(ended, status, errors);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      assert.equal(lines.length, 300);
      for (const line of lines) assert.equal((JSON.parse(line) as { class_uid: number }).class_uid, 6003);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
