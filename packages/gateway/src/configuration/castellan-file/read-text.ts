import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';

/**
 * The text of a `castellan.yaml`.
 * @param path of the file
 * @param file its name as the user wrote it, for messages
 * @throws CastellanError `unreadable`
 */
export async function readCastellanText(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable',
      message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable castellan.yaml',
      cause,
    });
  }
}
