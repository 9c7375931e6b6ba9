import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'castellan-compiled-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a process of its own keeps with this environment. */
function keep(env: Readonly<Record<string, string>>): string {
  const module = JSON.stringify(join(import.meta.dirname, 'compiled-code.ts'));
  return execFileSync(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `const { keepCompiledCode } = await import(${module}); console.log(String(keepCompiledCode(process.env))); await import('yaml');`,
    ],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'nobody'), ...env },
      encoding: 'utf8',
      cwd: import.meta.dirname,
    },
  ).trim();
}

test('what was compiled is kept in a folder of this user', () => {
  for (const [name, env] of Object.entries({
    xdg: { XDG_CACHE_HOME: join(folder, 'xdg') },
    home: { HOME: join(folder, 'home') },
  })) {
    const at = join(folder, name, ...(name === 'home' ? ['.cache'] : []), 'castellan/compiled');
    assert.equal(keep(env), at);
    assert.equal(statSync(at).mode & 0o777, 0o700);
    assert.equal(readdirSync(at).length, 1);
    assert.equal(keep(env), at, 'and found there again');
  }
  assert.equal(
    keep({ XDG_CACHE_HOME: 'relative', HOME: join(folder, 'other') }),
    join(folder, 'other/.cache/castellan/compiled'),
  );
});

test(
  'nothing is kept, and nothing is run, where somebody else may write',
  { skip: process.getuid === undefined },
  () => {
    for (const mode of [0o777, 0o770, 0o775, 0o707])
      for (const level of ['castellan', 'castellan/compiled']) {
        const home = join(folder, `${mode.toString(8)}-${level.replace('/', '-')}`);
        mkdirSync(join(home, 'castellan/compiled'), { recursive: true, mode: 0o700 });
        chmodSync(join(home, level), mode);
        assert.equal(keep({ XDG_CACHE_HOME: home }), 'undefined', `${level} ${mode.toString(8)}`);
        assert.deepEqual(readdirSync(join(home, 'castellan/compiled')), []);
      }
  },
);

test('where no folder can be made the command runs all the same', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  assert.equal(keep({ XDG_CACHE_HOME: file }), 'undefined');
  assert.equal(keep({ XDG_CACHE_HOME: join(folder, 'off'), NODE_DISABLE_COMPILE_CACHE: '1' }), 'undefined');
  assert.ok(!existsSync(join(folder, 'nobody')));
});
