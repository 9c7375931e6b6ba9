// What a stranger does: clone, npm start, again. Takes a minute or more, so only where it is asked for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

test(
  'a fresh clone starts with one command, a second time at once, and leaves no process',
  { timeout: 290_000 },
  (t) => {
    if (process.env['CASTELLAN_CLEAN_CLONE'] === undefined)
      return t.skip('installs everything anew; set CASTELLAN_CLEAN_CLONE=1 to run it');
    const folder = mkdtempSync(join(tmpdir(), 'castellan-clone-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const clone = join(folder, 'castellan');
    const cloned = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' });
    assert.equal(cloned.status, 0, cloned.stderr);

    const first = start(clone);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /^installing dependencies \(first run\)…$/m);
    assert.match(first.stdout, /^10 attacks: 0 stopped bare, \d+ stopped by the guard\. 20 of 20 honest requests/m);
    assert.deepEqual(processesIn(clone), []);

    const second = start(clone);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(second.stderr, '', 'the second run sets nothing up');
    assert.deepEqual(processesIn(clone), []);
    const changed = spawnSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' });
    assert.equal(changed.stdout, '', 'nothing in the clone is changed');
  },
);

function start(clone: string) {
  // What npm set for the outer run must not leak into the inner one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_)/.test(name)));
  return spawnSync('npm', ['start', '--silent', '--', '--once'], { cwd: clone, encoding: 'utf8', env });
}

/** Processes whose working directory is in the clone, where the system tells. */
function processesIn(clone: string): string[] {
  try {
    return readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`).startsWith(clone);
      } catch {
        return false;
      }
    });
  } catch {
    return [];
  }
}
