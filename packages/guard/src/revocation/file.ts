import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { withLock, writePrivateFile } from '../secrets/private-file.ts';
import { checkRevocation, parseRevocation, type Revocation } from './entry.ts';

/** One revocation per line. Lines are only added, each in one write, so that processes can share the file. */
export class RevocationFile {
  readonly file: string;
  #stamp = '';

  constructor(file: string) {
    this.file = file;
  }

  /**
   * All entries, where the file changed since the last call; undefined where it did not.
   * @throws CastellanError `unreadable-file`, `bad-revocations`: a list that cannot be read must not count as empty
   */
  changes(): readonly Revocation[] | undefined {
    if (!existsSync(this.file)) return undefined;
    let text: string;
    try {
      const { mtimeNs, size, ino } = statSync(this.file, { bigint: true });
      const stamp = `${mtimeNs} ${size} ${ino}`;
      if (stamp === this.#stamp) return undefined;
      text = readFileSync(this.file, 'utf8');
      this.#stamp = stamp;
    } catch (cause) {
      throw new CastellanError({
        code: 'unreadable-file',
        message: `the revocation list cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        place: { file: this.file },
        mend: 'name a readable file',
        cause,
      });
    }
    // A last line without its end is being written: it comes with the next look.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    const entries: Revocation[] = [];
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const entry = parseRevocation(line);
      if (entry === undefined)
        throw new CastellanError({
          code: 'bad-revocations',
          message: 'this line is no revocation',
          place: { file: this.file, line: index + 1 },
          mend: 'restore the file, or remove the line if nothing is revoked by it',
        });
      entries.push(entry);
    }
    return entries;
  }

  /** @throws CastellanError `cannot-write` */
  append(entry: Revocation): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      const fresh = !existsSync(this.file);
      appendFileSync(this.file, `${checkRevocation(entry)}\n`, { mode: 0o600 });
      if (fresh) chmodSync(this.file, 0o600);
    } catch (cause) {
      if (cause instanceof CastellanError) throw cause;
      throw new CastellanError({
        code: 'cannot-write',
        message: `the revocation list cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        place: { file: this.file },
        mend: 'name a file in a folder that this process may write to',
        cause,
      });
    }
  }

  /** Drops what has run out by itself. @throws CastellanError */
  async compact(now: number): Promise<void> {
    await withLock(this.file, () => {
      this.#stamp = '';
      const kept = (this.changes() ?? []).filter((entry) => entry.until === undefined || entry.until > now);
      writePrivateFile(this.file, kept.map((entry) => `${checkRevocation(entry)}\n`).join(''));
      this.#stamp = '';
    });
  }
}
