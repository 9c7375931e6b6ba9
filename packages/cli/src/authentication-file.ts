import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import type { GuardOptions } from '@castellan/guard';

/**
 * Reads the authentication configuration of a command line: JSON (or YAML), an object by security scheme name.
 * @throws CastellanError `authentication-file`
 */
export async function readAuthentication(file: string): Promise<NonNullable<GuardOptions['authentication']>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'authentication-file',
      message: `the authentication file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable JSON file',
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CastellanError({
      code: 'authentication-file',
      message: 'the authentication file is not JSON',
      place: { file },
      mend: 'write an object with one entry per security scheme',
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CastellanError({
      code: 'authentication-file',
      message: 'the authentication file is not an object',
      place: { file },
      mend: 'write an object with one entry per security scheme',
    });
  }
  // Each entry is checked by the guard against the contract's security schemes.
  return value as NonNullable<GuardOptions['authentication']>;
}
