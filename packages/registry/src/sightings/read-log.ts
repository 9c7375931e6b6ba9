import type { ReadLine } from './formats/index.ts';
import { sampleOf } from './sample.ts';
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
export const maxSamples = 5;

/**
 * Reads a log line by line, never more than a few megabytes of it at once. What is no request of the format is counted and the
 * first of it kept as samples.
 * @param pieces of the text
 * @param skip bytes at the beginning that are not read; where a line does not begin after them, the rest of it is not either
 * @param each is given every request
 */
export async function readLog(
  pieces: AsyncIterable<Buffer>,
  skip: { readonly bytes: number; readonly isWholeLine: boolean },
  readLine: ReadLine,
  each: (request: LoggedRequest) => void,
): Promise<LogCounts> {
  const counts: LogCounts = { lines: 0, read: 0, garbage: 0, samples: [] };
  let isCut = !skip.isWholeLine;
  const take = (line: string): void => {
    if (isCut) {
      isCut = false;
      return;
    }
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
  let left = skip.bytes;
  const decoder = new TextDecoder();
  const takeAll = (chunk: string): void => {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      take(from === 0 ? rest + chunk.slice(0, end) : chunk.slice(from, end));
      if (from === 0) rest = '';
      from = end + 1;
    }
    rest += chunk.slice(from, from + maxLine + 1 - Math.min(rest.length, maxLine + 1));
  };
  for await (const piece of pieces) {
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    if (skipped < piece.length) takeAll(decoder.decode(piece.subarray(skipped), { stream: true }));
  }
  takeAll(decoder.decode());
  if (rest !== '') take(rest);
  return counts;
}
