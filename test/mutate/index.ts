// npm run mutate: changes the code of stages, authorize and authenticate, one place at a time, in a copy of the project, and
// sees whether a test that runs this place fails. `--sample=N` mutants (default 150; `all`), `--seed=N`, `--files=PART` of the path.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { coverageOf, type Covering } from './covering.ts';
import { mutantsOf, type Mutant } from './mutants.ts';
import { runTests } from './run.ts';

const folders = ['stages', 'authorize', 'authenticate'].map((name) => `packages/guard/src/${name}`);
/** Tests that measure time or start other programs tell nothing of decisions. */
const left = /watchdog|redis|provider|longest|caller-gone|audit-at-exit/;

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string', default: '' },
  },
});
const here = process.cwd();
const root = mkdtempSync(join(tmpdir(), 'castellan-mutate-'));
try {
  copyProject();
  const files = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  )
    .filter((file) => !file.endsWith('.test.ts') && file.includes(values.files))
    .sort();
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const all = files.flatMap((file) => mutantsOf(file, sources.get(file) ?? ''));
  const chosen = sampled(all, values.sample === 'all' ? all.length : Number(values.sample), Number(values.seed));
  const tests = globSync(
    ['packages/guard/{src,test}/**/*.test.ts', 'test/authorization/*.test.ts', 'test/ways-out.test.ts'],
    { cwd: root },
  )
    .filter((test) => !left.test(test))
    .sort();
  console.log(
    `${all.length} mutants in ${files.length} files, ${chosen.length} of them tried; ${tests.length} test files`,
  );
  const coverings: Covering[] = [];
  for (const test of tests) {
    const covering = await coverageOf(root, test, files);
    if (covering === undefined) console.log(`left out, it fails unchanged: ${test}`);
    else coverings.push(covering);
  }
  coverings.sort((a, b) => a.time - b.time);
  let killed = 0;
  for (const mutant of chosen) {
    const source = sources.get(mutant.file) ?? '';
    const covering = coverings.filter(({ runs }) => runs(mutant.file, mutant.start));
    writeFileSync(join(root, mutant.file), source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end));
    const isKilled = await kills(covering);
    writeFileSync(join(root, mutant.file), source);
    if (isKilled) killed += 1;
    else
      console.log(
        `${covering.length === 0 ? 'no test runs it' : 'survived'}: ${placeOf(mutant, source)}: ${mutant.what}`,
      );
  }
  console.log(`${killed} of ${chosen.length} killed: ${((100 * killed) / chosen.length).toFixed(0)} %`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Whether a test fails, the quick ones first. */
async function kills(covering: readonly Covering[]): Promise<boolean> {
  for (let from = 0, size = 1; from < covering.length; from += size, size = 4) {
    const batch = covering.slice(from, from + size);
    const usual = batch.reduce((sum, { time }) => sum + time, 0);
    if (
      (await runTests(
        root,
        batch.map(({ test }) => test),
        {},
        10_000 + 4 * usual,
      )) !== 'passed'
    )
      return true;
  }
  return false;
}

function placeOf({ file, start, end }: Mutant, source: string): string {
  const line = source.slice(0, start).split('\n').length;
  return `${file}:${line} '${source.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 60)}'`;
}

/** A sample that is the same for the same seed (mulberry32). */
function sampled<Value>(values_: readonly Value[], size: number, seed: number): Value[] {
  const list = [...values_];
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other] as Value, list[at] as Value];
  }
  return list.slice(0, size);
}

/** The project without what git does not know; its own packages lead into the copy, those of others to where they are. */
function copyProject(): void {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
  for (const file of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('bench/'))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(here, file), join(root, file), { verbatimSymlinks: true });
  }
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(join(here, 'node_modules')))
    if (name !== '@castellan') symlinkSync(join(here, 'node_modules', name), join(root, 'node_modules', name));
  cpSync(join(here, 'node_modules/@castellan'), join(root, 'node_modules/@castellan'), {
    recursive: true,
    verbatimSymlinks: true,
  });
}
