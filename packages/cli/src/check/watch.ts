import { statSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { CastellanError } from '@castellan/contract';
import { printable } from '@castellan/assess/printable';
import type { Terminal } from '../verb.ts';

/** How often files are looked at, ms. Asking for their times works on every file system, network and containers included. */
const INTERVAL = 300;

/**
 * Runs a job, and again whenever one of the files that it read changes, until the terminal's signal fires. Bad input is
 * printed and waited out: a document is often broken for a moment while it is written.
 *
 * @param job returns the absolute paths that it read
 * @param quiet says nothing of what is watched
 */
export async function watchFiles(
  terminal: Terminal,
  job: () => Promise<readonly string[]>,
  quiet = false,
): Promise<void> {
  let files: readonly string[] = [];
  let before = '';
  while (!terminal.signal.aborted) {
    const now = timesOf(files);
    if (now !== before || files.length === 0) {
      try {
        files = await job();
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        terminal.err(`castellan: ${printable(error.message)}\n`);
        // Nothing was read to the end: what was watched before is watched on; at first there is nothing to wait for.
        if (files.length === 0) throw error;
      }
      before = timesOf(files);
      if (!quiet) terminal.err(`castellan: watching ${files.length} file${files.length === 1 ? '' : 's'}\n`);
    }
    await after(INTERVAL, undefined, { signal: terminal.signal }).catch(() => undefined);
  }
}

function timesOf(files: readonly string[]): string {
  return files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' ');
}
