// The mutation run itself: what it changes, that a change is one, and which test files it asks.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiling } from './compiling.ts';
import { chooser } from './covering.ts';
import { mutantsOf, switched } from './mutants.ts';
import { sampled } from './sample.ts';

const source = `
let done = 0;
const note = () => { done += 1; };
const f = (a, b) => {
  note();
  if (a < b && !a) return 'less' + b;
  return (a ?? b) === b ? a - b : true;
};
`;

/** What the function and its count come to for some arguments, with one mutant on. */
function behaviour(text: string, active: number): string {
  Object.assign(globalThis, { isMutant: (id: number) => id === active });
  const run = new Function(
    `${text}; return [[0, 1], [1, 1], [2, 1], [undefined, 1], [0, 0]].map(([a, b]) => f(a, b)).concat(done);`,
  );
  return JSON.stringify((run as () => unknown[])().map(String));
}

test('each change is named and changes what the code does, and none of it where no mutant is on', () => {
  const mutants = mutantsOf('it.ts', source).map((mutant, id) => ({ ...mutant, id }));
  const text = switched(source, mutants);
  const usual = behaviour(source, -1);
  assert.equal(behaviour(text, -1), usual);
  assert.deepEqual(mutants.map(({ what }) => what).sort(), [
    '&& is ||',
    '- is +',
    '< is <=',
    '=== is !==',
    'not negated',
    'returns undefined',
    'returns undefined',
    'the condition always holds',
    'the condition always holds',
    'the condition never holds',
    'the condition never holds',
    'the statement is gone',
    'the statement is gone',
    'true is false',
    'without the default',
  ]);
  // `!a` keeps the first comparison from mattering at the boundary.
  const equivalent = mutants.filter(({ id }) => behaviour(text, id) === usual).map(({ what }) => what);
  assert.deepEqual(
    equivalent.filter((what) => !['< is <=', '=== is !==', 'true is false', 'without the default'].includes(what)),
    [],
  );
});

test('mutants that the compiler refuses are told from those that it takes', () => {
  const root = mkdtempSync(join(tmpdir(), 'castellan-mutate-test-'));
  try {
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
    writeFileSync(
      join(root, 'tsconfig.base.json'),
      '{ "compilerOptions": { "strict": true, "target": "es2024", "module": "nodenext", "types": [] } }',
    );
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    const typed =
      'export function f(a: string | undefined): number {\n  if (a === undefined) return 0;\n  return a.length + 1;\n}\n';
    writeFileSync(join(root, 'it.ts'), typed);
    const mutants = mutantsOf('it.ts', typed).map((mutant, id) => ({ ...mutant, id }));
    const taken = compiling(root, new Map([['it.ts', typed]]), mutants);
    assert.deepEqual(
      mutants.filter(({ id }) => taken.has(id)).map(({ what }) => what),
      ['+ is -'],
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a sample is the same for a seed, and another for another', () => {
  const all = Array.from({ length: 100 }, (_, at) => at);
  assert.deepEqual(sampled(all, 5, 7), sampled(all, 5, 7));
  assert.notDeepEqual(sampled(all, 5, 7), sampled(all, 5, 8));
  assert.deepEqual(
    sampled(all, 100, 7).toSorted((a, b) => a - b),
    all,
  );
});

test('of the test files that run a place, those come first that few others are like', () => {
  const covering = (name: string, time: number, ids: readonly number[]): Parameters<typeof chooser>[0][number] => ({
    test: name,
    time,
    count: 1,
    ids: new Set(ids),
  });
  const choose = chooser([
    covering('all', 100, [10, 11]),
    covering('branch', 100, [10, 11, 12]),
    covering('slow branch', 5000, [10, 11, 12]),
    covering('elsewhere', 10, [900]),
  ]);
  assert.deepEqual(
    choose(10, 9).map((one) => one.test),
    ['branch', 'all', 'slow branch'],
  );
  assert.deepEqual(
    choose(10, 1).map((one) => one.test),
    ['branch'],
  );
  assert.deepEqual(choose(13, 9), []);
});
