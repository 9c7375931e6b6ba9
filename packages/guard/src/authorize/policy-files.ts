// As a whole: of an older Node.js without `glob` this must load, so that it can be told which version is needed.
import * as fs from 'node:fs/promises';
import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';

/** A policy file as it was read. */
export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

const maxBytes = 8 * 1024 * 1024;

/**
 * Reads the policy files that paths and globs name, in a stable order.
 * @param before files of the set in force: one of them that is gone now is an error, because it may have been the one that forbids
 * @throws CastellanError `no-policies`, `policy-file`, `policy-file-vanished`
 */
export async function readPolicyFiles(
  patterns: string | readonly string[],
  before: readonly string[] = [],
): Promise<readonly PolicyFile[]> {
  const names = new Set<string>();
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    const found = await namedFiles(pattern);
    if (found.length === 0)
      throw new CastellanError({
        code: 'no-policies',
        message: `no file matches the policies pattern '${pattern}'`,
        mend: 'correct the pattern: without policies nothing would be decided',
      });
    for (const name of found) names.add(name);
  }
  const gone = before.find((file) => !names.has(file));
  if (gone !== undefined)
    throw new CastellanError({
      code: 'policy-file-vanished',
      message: 'a policy file of the set in force is gone, and what it forbids would be allowed',
      place: { file: gone },
      mend: 'put it back, or start anew to go on without it',
    });
  return Promise.all([...names].map(readOne));
}

/** The files that paths and globs name now, those of each in a stable order; a path counts whether it is there or not. */
export async function namedFiles(patterns: string | readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    const found: string[] = [];
    if (/[*?[{]/.test(pattern)) for await (const name of fs.glob(pattern)) found.push(resolve(name));
    else found.push(resolve(pattern));
    names.push(...found.sort());
  }
  return names;
}

async function readOne(file: string): Promise<PolicyFile> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'policy-file',
      message: `the policy file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'put it back, or name a readable file',
      cause,
    });
  }
  if (text.length > maxBytes)
    throw new CastellanError({
      code: 'policy-file',
      message: `the policy file holds more than ${maxBytes} characters`,
      place: { file },
      mend: 'split it',
    });
  return { file, text };
}
