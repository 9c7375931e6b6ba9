import { resolve } from 'node:path';
import type { StateOptions } from '@castellan/guard';

/**
 * The state that `--state` names: an address of Redis, or a folder.
 * @param cwd that a folder is relative to
 */
export function statePlace(text: string, cwd: string): StateOptions {
  return /^(?:rediss?:|\$\{)/.test(text) ? { url: text } : { file: resolve(cwd, text) };
}
