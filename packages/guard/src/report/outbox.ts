import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A report that waits to be sent. */
export interface Waiting {
  readonly id: string;
  readonly text: string;
}

/** Reports that are kept at most; the oldest go first. At one in ten seconds that is three hours. */
const most = 1_000;

/** Keeps reports until the registry has them: in a folder they outlive the process. */
export class Outbox {
  readonly #directory: string | undefined;
  readonly #waiting: Waiting[] = [];
  /** Reports that were given up. */
  lost = 0;

  constructor(directory: string | undefined) {
    this.#directory = directory;
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory).sort()) {
      const id = /^report-\d{15}-([\w-]+)\.json$/.exec(name)?.[1];
      if (id !== undefined) this.#waiting.push({ id, text: readFileSync(join(directory, name), 'utf8') });
    }
  }

  /** @param time when it was made, milliseconds since the epoch */
  add(id: string, text: string, time: number): void {
    this.#waiting.push({ id, text });
    if (this.#directory !== undefined) {
      // Whole or not at all: the process may end in the middle.
      const made = join(this.#directory, `making-${id}`);
      writeFileSync(made, text, { mode: 0o600 });
      renameSync(made, join(this.#directory, `report-${String(time).padStart(15, '0')}-${id}.json`));
    }
    while (this.#waiting.length > most) {
      const [oldest] = this.#waiting;
      if (oldest === undefined) break;
      this.lost += 1;
      this.remove(oldest.id);
    }
  }

  get next(): Waiting | undefined {
    return this.#waiting[0];
  }

  remove(id: string): void {
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#directory === undefined) return;
    for (const name of readdirSync(this.#directory))
      if (name.endsWith(`-${id}.json`)) rmSync(join(this.#directory, name), { force: true });
  }
}
