import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDecidedLifecycle, type DecidedLifecycle } from '../announced-lifecycle.ts';

/**
 * What the registry last decided about the life cycle, beside the reports that wait: a guard that starts while the registry is
 * away goes on with it. Nothing is kept without a folder.
 */
export class KeptLifecycle {
  readonly #file: string | undefined;

  constructor(directory: string | undefined) {
    this.#file = directory === undefined ? undefined : join(directory, 'lifecycle.json');
  }

  read(): DecidedLifecycle | undefined {
    if (this.#file === undefined) return undefined;
    try {
      return readDecidedLifecycle(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      // There is none, or it was cut off: the registry says it again.
      return undefined;
    }
  }

  write(decided: DecidedLifecycle): void {
    if (this.#file === undefined) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(decided), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
