import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';

/** A report that waits to be sent. */
export interface Waiting {
  readonly id: string;
  readonly text: string;
  /** File in the folder; undefined where it is in memory only. */
  readonly file: string | undefined;
}

/** Reports that are kept at most; the oldest go first. */
const most = 1_000;

/**
 * Keeps reports until the registry has them: in a folder they outlive the process. A folder that cannot be written to (a full disk) never stops
 * the process: what could not be written waits in memory.
 */
export class Outbox {
  readonly #directory: string | undefined;
  readonly #waiting: Waiting[] = [];
  readonly #onError: (what: string) => void;
  /** Reports that were given up, because too many waited or the registry will not have them. */
  lost = 0;

  /**
   * @param onError is told in words what the folder did not take
   * @throws CastellanError `registry-directory` where there is no such folder and none can be made
   */
  constructor(directory: string | undefined, onError: (what: string) => void = () => undefined) {
    this.#directory = directory;
    this.#onError = onError;
    if (directory === undefined) return;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#waiting.push(...inOrder(directory));
    } catch (cause) {
      throw new CastellanError({
        code: 'registry-directory',
        message: `reports cannot be kept there (${codeOf(cause)})`,
        place: { file: directory },
        mend: 'name a folder that this process may write to as registry.directory',
        cause,
      });
    }
  }

  /** Reports that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** @param time when it was made, milliseconds since the epoch */
  add(id: string, text: string, time: number): void {
    this.#waiting.push({ id, text, file: this.#write(id, text, time) });
    while (this.#waiting.length > most) {
      const [oldest] = this.#waiting;
      if (oldest === undefined) break;
      this.lost += 1;
      this.remove(oldest.id);
    }
  }

  #write(id: string, text: string, time: number): string | undefined {
    if (this.#directory === undefined) return undefined;
    const name = `report-${String(Math.max(0, Math.trunc(time))).padStart(15, '0')}-${id}.json`;
    const made = join(this.#directory, `making-${id}`);
    try {
      // Whole or not at all: the process may end in the middle.
      writeFileSync(made, text, { mode: 0o600 });
      renameSync(made, join(this.#directory, name));
      return name;
    } catch (error) {
      this.#onError(`a report cannot be written to ${this.#directory} (${codeOf(error)})`);
      return undefined;
    }
  }

  get next(): Waiting | undefined {
    return this.#waiting[0];
  }

  remove(id: string): void {
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at < 0) return;
    const [{ file } = { file: undefined }] = this.#waiting.splice(at, 1);
    if (this.#directory === undefined || file === undefined) return;
    try {
      rmSync(join(this.#directory, file), { force: true });
    } catch (error) {
      // It is sent again after the next start, and counted once all the same.
      this.#onError(`a report that was sent cannot be deleted from ${this.#directory} (${codeOf(error)})`);
    }
  }
}

/** What waits in a folder: what one process made in the order in which it made it, whatever its clock said. */
function inOrder(directory: string): readonly Waiting[] {
  const found = readdirSync(directory).flatMap((file) => {
    const [, time = '', id] = /^report-(\d{15})-([\w-]+)\.json$/.exec(file) ?? [];
    if (id === undefined) return [];
    try {
      const [instance = '', sequence = ''] = id.split('_');
      const text = readFileSync(join(directory, file), 'utf8');
      return [{ waiting: { id, text, file }, time, instance, sequence: Number(sequence) }];
    } catch {
      // Another process of the same folder has sent it meanwhile.
      return [];
    }
  });
  const begins = new Map<string, string>();
  for (const { instance, time } of found) {
    const known = begins.get(instance);
    if (known === undefined || time < known) begins.set(instance, time);
  }
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return found
    .toSorted(
      (a, b) =>
        order(begins.get(a.instance) ?? '', begins.get(b.instance) ?? '') ||
        order(a.instance, b.instance) ||
        a.sequence - b.sequence,
    )
    .map(({ waiting }) => waiting);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
