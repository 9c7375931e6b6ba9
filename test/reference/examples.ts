// Flags and the lines that show them: what `--help` of a command names, and what the page of examples types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verbs } from '../../packages/cli/src/verbs/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/command-examples.md'), 'utf8');
const flag = /(?<![\w-])--[a-z][a-z-]*/g;

interface Compared {
  /** Flags that `--help` names and no example shows. */
  readonly unshown: readonly string[];
  /** Flags of examples that the command does not have. */
  readonly unknown: readonly string[];
}

/** Flags of all commands beside the examples, as `gateway --port`. */
export async function compared(): Promise<Compared> {
  const shown = new Set(
    [...page.matchAll(/^castellan ([a-z]+) (.*?)(?: {2,}#.*)?$/gm)].flatMap(([, verb = '', line = '']) =>
      [...line.matchAll(flag)].map(([name]) => `${verb} ${name}`),
    ),
  );
  const loaded = await Promise.all(Object.values(verbs).map(({ load }) => load()));
  const known = new Set(loaded.flatMap(({ name, help }) => [...help.matchAll(flag)].map(([one]) => `${name} ${one}`)));
  // A help that speaks of another command's flag names it with its command.
  const others = new Set(
    loaded.flatMap(({ name, help }) =>
      [...help.matchAll(/castellan ([a-z]+)[^\n)]*?(?=[)\n.])/g)]
        .filter(([, verb]) => verb !== name)
        .flatMap(([line]) => [...line.matchAll(flag)].map(([one]) => `${name} ${one}`)),
    ),
  );
  return {
    unshown: [...known].filter((one) => !shown.has(one) && !others.has(one)).sort(),
    unknown: [...shown].filter((one) => !known.has(one)).sort(),
  };
}
