// npm run mutate: changes the code of stages, authorize and authenticate, one place at a time, in a copy of the project, and
// sees whether a test that runs this place fails. `--sample=N` mutants of each room (default 40; `all`), `--seed=N`, `--room=NAME`,
// `--files=PART` of the path, `--tests=N` test files at most for each mutant (default 3), `--minutes=N` after which no other is
// tried (default 60).
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coveringOf, outcomeOf, type Covering } from './covering.ts';
import { mutantsOf, switched, type Mutant } from './mutants.ts';
import { copyProject } from './project.ts';
import { sampled } from './sample.ts';

const rooms = ['stages', 'authorize', 'authenticate'];
/** Tests that measure time or start other programs tell nothing of decisions. */
const left = /watchdog|caller-gone|audit-at-exit/;
const testFiles = [
  'packages/guard/{src,test}/**/*.test.ts',
  'packages/gateway/test/*.test.ts',
  'conformance/jose/*.test.ts',
  'test/authorization/*.test.ts',
  'test/ways-out.test.ts',
  'fuzz/authorize/*.test.ts',
];

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string' },
    files: { type: 'string', default: '' },
    tests: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '60' },
  },
});
const root = mkdtempSync(join(tmpdir(), 'castellan-mutate-'));
try {
  copyProject(process.cwd(), root);
  const sources = new Map<string, string>();
  const mutants: Mutant[] = [];
  for (const file of globSync(`packages/guard/src/{${rooms.join(',')}}/**/*.ts`, { cwd: root }).sort()) {
    if (file.endsWith('.test.ts')) continue;
    sources.set(file, readFileSync(join(root, file), 'utf8'));
    mutants.push(...mutantsOf(file, sources.get(file) ?? ''));
  }
  const all = mutants.map((mutant, id) => ({ ...mutant, id }));
  for (const [file, source] of sources)
    writeFileSync(
      join(root, file),
      switched(
        source,
        all.filter((mutant) => mutant.file === file),
      ),
    );

  const tests = globSync(testFiles, { cwd: root }).filter((test) => !left.test(test));
  const coverings: Covering[] = [];
  await eachOf(tests.sort(), async (test) => {
    const covering = await coveringOf(root, test);
    if (covering === undefined) console.log(`left out, it fails unchanged: ${test}`);
    else if (covering.ids.size > 0) coverings.push(covering);
  });
  const near = new Map(
    [...sources.keys()].map((file) => [file, all.filter((one) => one.file === file).map(({ id }) => id)]),
  );

  const until = Date.now() + 60_000 * Number(values.minutes);
  for (const room of rooms.filter((name) => values.room === undefined || values.room === name)) {
    const inRoom = all.filter(({ file }) => file.includes(`/src/${room}/`) && file.includes(values.files));
    const size = values.sample === 'all' ? inRoom.length : Number(values.sample);
    const outcomes = { passed: 0, failed: 0, 'too slow': 0, 'no test runs it': 0 };
    await eachOf(sampled(inRoom, size, Number(values.seed)), async (mutant) => {
      if (Date.now() > until) return;
      const outcome = await outcomeOf(root, mutant.id, near.get(mutant.file) ?? [], coverings, Number(values.tests));
      outcomes[outcome] += 1;
      if (outcome !== 'failed') console.log(`${outcome}: ${placeOf(mutant)}: ${mutant.what}`);
    });
    const killed = outcomes.failed + outcomes['too slow'];
    const tried = killed + outcomes.passed + outcomes['no test runs it'];
    console.log(
      `${room}: ${killed} of ${tried} killed, ${((100 * killed) / Math.max(1, tried)).toFixed(0)} %` +
        ` (${outcomes['too slow']} by the clock, ${outcomes['no test runs it']} run by no test; ${inRoom.length} mutants, seed ${values.seed})`,
    );
  }

  function placeOf({ file, shown: { start, end } }: Mutant): string {
    const source = sources.get(file) ?? '';
    const line = source.slice(0, start).split('\n').length;
    return `${file}:${line} '${source.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 60)}'`;
  }
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

/** As many at once as there are processors. */
async function eachOf<Value>(list: readonly Value[], work: (value: Value) => Promise<void>): Promise<void> {
  const rest = list[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const value of rest) await work(value);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
