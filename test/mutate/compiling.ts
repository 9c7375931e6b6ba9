import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Numbered } from './mutants.ts';

/**
 * Which mutants the compiler takes: the others are no programs, and count neither as killed nor as alive. Each stands for the
 * time of one compilation as a file beside its source, so that all are asked at once. A source whose mere copy is refused (its
 * classes are others than those that its neighbours know) sets how many messages are its copy's alone.
 * @param root the copy of the project, its sources unchanged
 * @param sources the text of each file
 */
export function compiling(
  root: string,
  sources: ReadonlyMap<string, string>,
  mutants: readonly Numbered[],
): ReadonlySet<number> {
  const files = new Map<string, string>();
  for (const file of new Set(mutants.map((mutant) => mutant.file))) files.set(besides(file, 'copy'), textOf(file));
  for (const { id, file, start, end, text } of mutants) {
    const source = textOf(file);
    files.set(
      besides(file, id),
      `${source.slice(0, start)}${text === undefined ? ';' : `(${text})`}${source.slice(end)}`,
    );
  }
  try {
    for (const [file, text] of files) writeFileSync(join(root, file), text);
    writeFileSync(
      join(root, 'tsconfig.mutants.json'),
      JSON.stringify({
        extends: './tsconfig.base.json',
        // Code that no longer runs or names that are no longer used do not keep a program from running.
        compilerOptions: { noEmit: true, allowUnreachableCode: true, noUnusedLocals: false, noUnusedParameters: false },
        files: [...files.keys()],
      }),
    );
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', 'tsconfig.mutants.json'],
      { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    const messages = new Map<string, number>();
    for (const [, file = ''] of stdout.matchAll(/^(\S+?)\(\d+,\d+\): error /gm))
      messages.set(file, (messages.get(file) ?? 0) + 1);
    return new Set(
      mutants
        .filter(({ id, file }) => (messages.get(besides(file, id)) ?? 0) <= (messages.get(besides(file, 'copy')) ?? 0))
        .map(({ id }) => id),
    );
  } finally {
    for (const file of [...files.keys(), 'tsconfig.mutants.json']) rmSync(join(root, file), { force: true });
  }

  function textOf(file: string): string {
    return sources.get(file) ?? '';
  }
}

function besides(file: string, name: number | string): string {
  return join(file, '..', `${basename(file, '.ts')}.mutant-${name}.ts`);
}
