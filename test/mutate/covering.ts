import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTests } from './run.ts';

interface Block {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Block[] }[];
  }[];
}

/** What one test file runs, and how long it takes, in milliseconds. */
export interface Covering {
  readonly test: string;
  readonly time: number;
  /** Whether the code at an offset of a source file runs in it. */
  readonly runs: (file: string, offset: number) => boolean;
}

/** Runs a test file once and sees what it runs; undefined where it fails unchanged, and so can tell nothing. */
export async function coverageOf(root: string, test: string, files: readonly string[]): Promise<Covering | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-mutate-'));
  try {
    const started = performance.now();
    if ((await runTests(root, [test], { NODE_V8_COVERAGE: folder })) !== 'passed') return undefined;
    const time = performance.now() - started;
    const urls = new Map(files.map((file) => [pathToFileURL(join(root, file)).href, file]));
    const blocks = new Map<string, Block[][]>();
    for (const name of readdirSync(folder)) {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage;
      for (const { url, functions } of result) {
        const file = urls.get(url);
        if (file === undefined) continue;
        const known = blocks.get(file) ?? [];
        blocks.set(file, known);
        known.push(functions.flatMap(({ ranges }) => ranges));
      }
    }
    return { test, time, runs: (file, offset) => (blocks.get(file) ?? []).some((process) => ran(process, offset)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The smallest block around an offset says whether it ran. */
function ran(blocks: readonly Block[], offset: number): boolean {
  let inner: Block | undefined;
  for (const block of blocks)
    if (
      block.startOffset <= offset &&
      offset < block.endOffset &&
      (inner === undefined || block.endOffset - block.startOffset <= inner.endOffset - inner.startOffset)
    )
      inner = block;
  return inner !== undefined && inner.count > 0;
}
