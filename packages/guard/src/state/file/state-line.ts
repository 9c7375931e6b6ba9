import { CastellanError } from '@castellan/contract';
import type { HashKey } from '../memory/key-hash.ts';

/** What is kept in a file: arrivals of counters, what may be done once, what was handed out, how often something happened. */
const tableNames = ['counter', 'once', 'thing', 'tally'] as const;
export type TableName = (typeof tableNames)[number];

/** One entry: the hash of its key, when it ends (milliseconds since the epoch), and how often it happened. */
export type Entry = readonly [table: TableName, high: number, low: number, end: number, count: number];

/** The first line: the format, and the secret under which keys are hashed in this file. */
export function headerOf([high, low]: HashKey): string {
  return `${JSON.stringify(['castellan-state', 2, high, low])}\n`;
}

export function lineOf([table, high, low, end, count]: Entry): string {
  const until = Math.min(Math.ceil(end), Number.MAX_SAFE_INTEGER);
  return `["${table}",${high},${low},${until}${count === 0 ? '' : `,${count}`}]\n`;
}

export interface StateText {
  readonly key: HashKey;
  readonly entries: readonly Entry[];
}

/**
 * Reads a whole file. A last line without its end is one that a killed process did not finish, and is left out.
 * @throws CastellanError `bad-state`: a file that cannot be read must not count as empty
 */
export function parseState(file: string, text: string): StateText {
  const bad = (line: number): never => {
    throw new CastellanError({
      code: 'bad-state',
      message: 'this line is no state of a guard',
      place: { file, line },
      mend: 'restore the file, or delete it: every caller begins with a new allowance then',
    });
  };
  const lines = text.split('\n');
  lines.pop();
  const key = keyOf(lines[0] ?? '') ?? bad(1);
  const entries = lines.slice(1).map((line, index) => entryOf(line) ?? bad(index + 2));
  return { key, entries };
}

function keyOf(line: string): HashKey | undefined {
  const [format, version, high, low] = listOf(line);
  if (format !== 'castellan-state' || version !== 2 || !isWhole(high) || !isWhole(low)) return undefined;
  return [high, low];
}

function entryOf(line: string): Entry | undefined {
  const [name, high, low, end, count = 0, ...more] = listOf(line);
  const table = tableNames.find((one) => one === name);
  if (table === undefined || !isWhole(high) || !isWhole(low) || more.length > 0) return undefined;
  return isWhole(end) && isWhole(count) ? [table, high, low, end, count] : undefined;
}

function listOf(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
