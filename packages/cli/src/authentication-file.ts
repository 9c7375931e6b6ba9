import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import type { GuardOptions } from '@castellan/guard';
import { literalSecrets, openFileMessage, openToOthers } from '@castellan/guard/secrets';

/** What the file says, and what is unsafe about how it says it. */
export interface AuthenticationFile {
  readonly value: NonNullable<GuardOptions['authentication']>;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Reads the authentication configuration of a command line: JSON, an object by security scheme name.
 * @throws CastellanError `authentication-file`
 */
export async function readAuthentication(file: string): Promise<AuthenticationFile> {
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
      place: { file, ...placeIn(cause) },
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
  return { value: value as AuthenticationFile['value'], notices: noticesOf(file, literalSecrets(value)) };
}

/**
 * What is unsafe about a file with these secrets written out.
 * @param literal their places
 * @param path where the file is, if that is not its name
 */
export function noticesOf(file: string, literal: readonly string[], path = file): AuthenticationFile['notices'] {
  if (literal.length === 0) return [];
  const places =
    literal.length <= 3 ? literal.join(', ') : `${literal.slice(0, 3).join(', ')} and ${literal.length - 3} more`;
  const notices = [
    {
      code: 'literal-secret',
      message: `${file} has secrets written out (${places}); write \${env:NAME} or \${file:path} instead`,
    },
  ];
  if (openToOthers(path)) notices.push({ code: 'open-secret-file', message: openFileMessage(file) });
  return notices;
}

/** Line and column, where the parser says them. */
function placeIn(error: unknown): { readonly line?: number; readonly column?: number } {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return line === undefined ? {} : { line: Number(line), column: Number(column) };
}
