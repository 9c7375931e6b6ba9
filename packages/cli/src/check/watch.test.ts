import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-watch-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'api.yaml');

/** Writes the document, with a time of its own: two writes may fall into one tick of the file system's clock. */
function write(text: string, seconds: number): void {
  writeFileSync(file, text);
  utimesSync(file, seconds, seconds);
}

const good = "openapi: 3.1.0\ninfo: { title: Watched, version: '1' }\npaths: { /a: { trace: { responses: {} } } }\n";

test(
  '--watch checks again when a file changes, lives through a broken document, and ends when it is told to',
  { timeout: 60_000 },
  async () => {
    write(good, 1_000);
    const stop = new AbortController();
    let out = '';
    let err = '';
    const steps = [
      () => write('openapi: [', 2_000),
      () => write(good.replace('trace', 'get'), 3_000),
      () => stop.abort(),
    ];
    const status = await run(['check', 'api.yaml', '--watch', '--fail-on', 'none'], {
      out: (text) => void (out += text),
      err: (text) => {
        err += text;
        if (text.includes('watching')) steps.shift()?.();
      },
      interactive: false,
      cwd: folder,
      env: {},
      signal: stop.signal,
    });
    assert.equal(status, 0);
    assert.equal(out.split('Watched 1').length - 1, 2);
    assert.equal(out.split('trace-method;').length - 1, 1);
    assert.match(err, /castellan: watching 1 file\n.*not YAML.*\ncastellan: watching 1 file\n/);
  },
);
