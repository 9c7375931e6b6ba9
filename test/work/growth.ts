import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compared, countWork, sumOf, type Work } from './count.ts';
import type { Measured } from './measured.ts';

/** Four times the input may be five and a half times the work: four, and what `n log n` adds. */
const most = 5.5;

/** Places whose work grows faster than the input; below a hundred steps for each part of the input nothing is told. */
function tooFast(small: Work, large: Work, n: number): string[] {
  const found: string[] = [];
  for (const [place, before, after] of compared(small, large))
    if (after > most * Math.max(before, 20 * n)) found.push(`${named(place)}: ${before} → ${after}`);
  return found;
}

/** `file:line function` where the place stands in a file. */
function named(place: string): string {
  const [, url, offset, name] = /^(file:.+):(\d+) (.*)$/.exec(place) ?? [];
  if (url === undefined) return place;
  const file = fileURLToPath(url);
  const line = readFileSync(file, 'utf8').slice(0, Number(offset)).split('\n').length;
  return `${file.replace(`${process.cwd()}/`, '')}:${line} ${name ?? ''}`;
}

/** A test that the work of each case grows no faster than its input. */
export function testGrowth(cases: Readonly<Record<string, Measured>>): void {
  let first = true;
  for (const [name, { n, prepare, bounded = false }] of Object.entries(cases)) {
    test(name, async () => {
      // What is done once per process is no work of this case.
      if (first) await (await prepare(n))();
      first = false;
      const small = await countWork(await prepare(n));
      const large = await countWork(await prepare(4 * n));
      assert.deepEqual(tooFast(small, large, n), [], `grows faster than its input: ${n} → ${4 * n}`);
      // A case whose input nobody reads proves nothing.
      if (!bounded)
        assert.ok(sumOf(large) > sumOf(small) + 3 * n, `the input was not read: ${sumOf(small)} → ${sumOf(large)}`);
    });
  }
}
