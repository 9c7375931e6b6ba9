import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { run } from '../src/run.ts';

test('every way to ask for the version gives that of package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  for (const name of ['--version', '-V', 'version']) {
    let out = '';
    const status = await run([name], {
      out: (text: string) => (out += text),
      err: () => assert.fail(),
      interactive: false,
      cwd: '.',
      env: {},
      signal: new AbortController().signal,
    } as never);
    assert.deepEqual([status, out], [0, `${version}\n`]);
  }
});
