import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import type { ReadLine } from './formats/index.ts';
import type { LoggedRequest } from './sighting.ts';

/** How many lines there were, and what was none of the format. */
export interface LogCounts {
  lines: number;
  read: number;
  garbage: number;
  /** The first of them, cut, without what could be a secret. */
  readonly samples: string[];
}

/** Characters of a line that is looked at; longer ones are no requests. */
const maxLine = 64 * 1024;
const maxSamples = 5;

/**
 * Reads a log line by line (gzip by its name), never more than a few megabytes of it at once. What is no request of the format
 * is counted and the first of it kept as samples.
 * @param each is given every request
 * @param progress is told how much of the file was read, 0 to 1
 * @throws CastellanError `log-unreadable`
 */
export async function readLog(
  file: string,
  readLine: ReadLine,
  each: (request: LoggedRequest) => void,
  progress?: (part: number) => void,
): Promise<LogCounts> {
  const counts: LogCounts = { lines: 0, read: 0, garbage: 0, samples: [] };
  const take = (line: string): void => {
    if (line === '' || line === '\r') return;
    counts.lines += 1;
    const request = line.length > maxLine ? undefined : readLine(line);
    if (request === undefined) {
      counts.garbage += 1;
      if (counts.samples.length < maxSamples) counts.samples.push(sampleOf(line));
    } else {
      counts.read += 1;
      each(request);
    }
  };
  let rest = '';
  try {
    const { size } = await stat(file);
    const bytes = createReadStream(file, { highWaterMark: 128 * 1024 });
    const plain = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
    // Errors of the file do not pass through a pipe.
    if (plain !== bytes) bytes.on('error', (error) => plain.destroy(error));
    plain.setEncoding('utf8');
    for await (const chunk of plain as AsyncIterable<string>) {
      progress?.(size === 0 ? 1 : bytes.bytesRead / size);
      let from = 0;
      for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
        take(from === 0 ? rest + chunk.slice(0, end) : chunk.slice(from, end));
        if (from === 0) rest = '';
        from = end + 1;
      }
      rest += chunk.slice(from, from + maxLine + 1 - Math.min(rest.length, maxLine + 1));
    }
  } catch (cause) {
    throw new CastellanError({
      code: 'log-unreadable',
      message: `the log cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'check the path; a compressed one is named .gz',
      cause,
    });
  }
  take(rest);
  return counts;
}

/** Names and forms only: queries and long runs may hold secrets. */
function sampleOf(line: string): string {
  return line
    .slice(0, 200)
    .replaceAll(/\?[^\s"]*/g, '?…')
    .replaceAll(/[A-Za-z\d+/_=.-]{32,}/g, '…');
}
