import { CastellanError } from '@castellan/contract';

/** Bounds on one state of a source. */
export const limits = {
  /** Files. */
  files: 10_000,
  /** Bytes of all files together. */
  bytes: 128 * 1024 * 1024,
  /** Bytes of one file from a URL. */
  fileBytes: 64 * 1024 * 1024,
  /** Milliseconds for one answer, redirects included. */
  timeout: 30_000,
  redirects: 5,
} as const;

/** Nobody can say what the source is, or give it. */
export function notReachable(name: string, why: string, fix: string, cause?: unknown): CastellanError {
  return new CastellanError({ code: 'source-unreachable', message: `${name}: ${why}`, mend: fix, cause });
}

/** It is what it may not be. */
export function refused(name: string, why: string, fix: string): CastellanError {
  return new CastellanError({ code: 'source-refused', message: `${name}: ${why}`, mend: fix });
}

export function tooMuch(name: string, what: string): CastellanError {
  return refused(name, `it holds ${what}`, 'name the folder of the API in it: source.folder');
}
