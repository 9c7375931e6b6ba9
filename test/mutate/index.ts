// npm run mutate: changes the code of stages, authorize and authenticate, one place at a time, in a copy of the project, and
// sees whether a test that runs this place fails. `--sample=N` mutants of each room (default 40; `all`), `--seed=N`, `--room=NAME`,
// `--files=PART` of the path with the line (`route.ts:24`), `--tests=N` test files at most for each mutant (default 25),
// `--workers=N` at once (default: one for each processor), `--minutes=N` after which no other is tried (default 60).
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compiling } from './compiling.ts';
import { chooser, coveringOf, outcomeOf, type Covering } from './covering.ts';
import { KeptCoverings } from './kept.ts';
import { mutantsOf, switched, type Mutant, type Numbered } from './mutants.ts';
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

interface Sample {
  readonly room: string;
  /** How many mutants the room has. */
  readonly size: number;
  readonly sample: readonly Numbered[];
  /** Those of the sample that the compiler takes. */
  readonly taken: ReadonlySet<number>;
}

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string' },
    files: { type: 'string', default: '' },
    tests: { type: 'string', default: '25' },
    workers: { type: 'string', default: String(availableParallelism()) },
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
  const samples = rooms.filter((name) => values.room === undefined || values.room === name).map(sampleOf);
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
  const kept = new KeptCoverings(process.cwd(), root);
  await eachOf(tests.sort(), async (test) => {
    const covering = kept.get(test) ?? (await coveringOf(root, test));
    if (covering === undefined) return console.log(`left out, it fails unchanged: ${test}`);
    kept.set(covering);
    if (covering.ids.size > 0) coverings.push(covering);
  });
  const choose = chooser(coverings);

  const until = Date.now() + 60_000 * Number(values.minutes);
  for (const { room, size, sample, taken } of samples) {
    const tally = { tried: 0, killed: 0, 'too slow': 0, 'no test runs it': 0, taken: 0, 'taken and killed': 0 };
    await eachOf(sample, async (mutant) => {
      if (Date.now() > until) return;
      const outcome = await outcomeOf(root, mutant.id, choose(mutant.id, Number(values.tests)));
      const isTaken = taken.has(mutant.id);
      const isKilled = outcome === 'failed' || outcome === 'too slow';
      tally.tried += 1;
      if (outcome === 'too slow' || outcome === 'no test runs it') tally[outcome] += 1;
      if (isKilled) tally.killed += 1;
      if (isTaken) tally.taken += 1;
      if (isTaken && isKilled) tally['taken and killed'] += 1;
      if (outcome === 'failed') return;
      const refused = isTaken ? '' : ' (the compiler refuses it)';
      console.log(`${outcome}: ${lineOf(mutant)} ${shownOf(mutant)}: ${mutant.what}${refused}`);
    });
    console.log(
      `${room}: ${scoreOf(tally.killed, tally.tried)} (${tally['too slow']} by the clock, ${tally['no test runs it']} run by no test); ` +
        `of those that the compiler takes ${scoreOf(tally['taken and killed'], tally.taken)}; ${size} mutants, seed ${values.seed}`,
    );
  }

  function sampleOf(room: string): Sample {
    const inRoom = all.filter(
      (mutant) => mutant.file.includes(`/src/${room}/`) && lineOf(mutant).includes(values.files),
    );
    const size = values.sample === 'all' ? inRoom.length : Number(values.sample);
    const sample = sampled(inRoom, size, Number(values.seed));
    return { room, size: inRoom.length, sample, taken: compiling(root, sources, sample) };
  }

  function lineOf({ file, shown: { start } }: Mutant): string {
    return `${file}:${(sources.get(file) ?? '').slice(0, start).split('\n').length}`;
  }

  function shownOf({ file, shown: { start, end } }: Mutant): string {
    return `'${(sources.get(file) ?? '').slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 60)}'`;
  }
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

function scoreOf(killed: number, tried: number): string {
  return `${killed} of ${tried} killed, ${((100 * killed) / Math.max(1, tried)).toFixed(0)} %`;
}

/** As many at once as there are workers. */
async function eachOf<Value>(list: readonly Value[], work: (value: Value) => Promise<void>): Promise<void> {
  const rest = list[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const value of rest) await work(value);
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, worker));
}
