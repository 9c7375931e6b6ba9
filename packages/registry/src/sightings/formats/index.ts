import { jsonLines, readAlb, readCombined, readEnvoy, type JsonMapping, type ReadLine } from './lines.ts';

/** Logs with a line for each request. */

export type LogFormat = 'nginx' | 'apache' | 'envoy' | 'alb' | 'json';

export type { JsonMapping, ReadLine } from './lines.ts';

/** What reads a line of a format. */
export function lineReader(format: LogFormat, mapping?: Partial<JsonMapping>): ReadLine {
  switch (format) {
    case 'nginx':
    case 'apache':
      return readCombined;
    case 'envoy':
      return readEnvoy;
    case 'alb':
      return readAlb;
    case 'json':
      return jsonLines(mapping);
  }
}

/** The format that most of some lines are of; undefined where none reads one in three. */
export function recognise(lines: readonly string[]): LogFormat | undefined {
  const written = lines.filter((line) => line.trim() !== '');
  const scores = (['nginx', 'envoy', 'alb', 'json'] as const).map((format) => {
    const read = lineReader(format);
    return { format, count: written.filter((line) => read(line) !== undefined).length };
  });
  const best = scores.reduce((a, b) => (b.count > a.count ? b : a));
  return best.count > 0 && best.count * 3 >= written.length ? best.format : undefined;
}
