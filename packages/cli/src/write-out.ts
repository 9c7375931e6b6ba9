import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';

/** Where what a command made goes. */
export interface Out {
  /** As the user wrote it. */
  readonly file: string;
  /** Folder that it is relative to. */
  readonly cwd: string;
  /** What it is: `the draft`. */
  readonly what: string;
  /** The flag that named it. Default `--out`. */
  readonly flag?: string | undefined;
}

/**
 * Writes what a command made into the file that the user named.
 * @throws CastellanError `unwritable`
 */
export async function writeOut({ file, cwd, what, flag = '--out' }: Out, text: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), text);
  } catch (cause) {
    throw new CastellanError({
      code: 'unwritable',
      message: `${what} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: `name a file in a folder that can be written to with ${flag}`,
      cause,
    });
  }
}
