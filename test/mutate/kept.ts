import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Covering } from './covering.ts';

/**
 * What test files run, kept from one run to the next: a test file is run again only where it, or anything but another test
 * file, has changed.
 */
export class KeptCoverings {
  readonly #folder: string;
  readonly #others: string;
  readonly #root: string;

  /**
   * @param project where it is kept
   * @param root the copy, with all mutants in it
   */
  constructor(project: string, root: string) {
    this.#folder = join(project, '.test-cache/mutate');
    this.#root = root;
    const all = createHash('sha256').update(process.version);
    for (const file of globSync('{packages,conformance,test,fuzz,examples}/**/*.{ts,json,yaml,cedar}', {
      cwd: root,
    }).sort())
      if (!/\.test\.ts$|node_modules|^test\/mutate\//.test(file))
        all.update(`${file}\n`).update(readFileSync(join(root, file)));
    this.#others = all.digest('hex');
  }

  get(test: string): Covering | undefined {
    try {
      const { ids, ...rest } = JSON.parse(readFileSync(this.#place(test), 'utf8')) as Covering & { ids: number[] };
      return { ...rest, ids: new Set(ids) };
    } catch {
      return undefined;
    }
  }

  set(covering: Covering): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#place(covering.test), JSON.stringify({ ...covering, ids: [...covering.ids] }));
  }

  #place(test: string): string {
    const name = createHash('sha256')
      .update(this.#others)
      .update(test)
      .update(readFileSync(join(this.#root, test)));
    return join(this.#folder, `${name.digest('hex')}.json`);
  }
}
