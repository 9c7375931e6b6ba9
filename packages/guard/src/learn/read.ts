import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CastellanError } from '@castellan/contract';
import { recordsFile } from './files.ts';
import { keyFile, keyedHash, type KeyedHash } from './keyed-hash.ts';
import { readRecord, type ExchangeRecord } from './record.ts';

/** What a directory of records holds. */
export interface Recorded {
  readonly exchanges: readonly ExchangeRecord[];
  /** Exchanges that were not recorded. */
  readonly lost: number;
  /** Hashes a value as the recorder did; undefined where the key is not here. */
  readonly hash: KeyedHash | undefined;
}

/**
 * Reads the records of a directory, oldest first.
 * @throws CastellanError `no-records` where there are none; `bad-record` for a line that is none, with its place
 */
export async function readRecords(directory: string): Promise<Recorded> {
  const names = existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => recordsFile.test(name))
        .sort()
    : [];
  if (names.length === 0)
    throw new CastellanError({
      code: 'no-records',
      message: 'the directory holds no records',
      place: { file: directory },
      mend: 'record some first: castellan gateway --mode observe --learn DIR',
    });
  const exchanges: ExchangeRecord[] = [];
  let lost = 0;
  for (const name of names) {
    const file = join(directory, name);
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line += 1;
      if (text === '') continue;
      const record = lineOf(text, file, line);
      if (record.kind === 'exchange') exchanges.push(record);
      else if (record.kind === 'lost') lost += record.exchanges;
    }
  }
  return { exchanges, lost, hash: hashOf(directory) };
}

function lineOf(text: string, file: string, line: number): ReturnType<typeof readRecord> {
  try {
    return readRecord(JSON.parse(text));
  } catch (cause) {
    throw new CastellanError({
      code: 'bad-record',
      message: `the line is no record (${cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'})`,
      place: { file, line, column: 1 },
      mend: 'remove the line, or record again',
      cause,
    });
  }
}

function hashOf(directory: string): KeyedHash | undefined {
  try {
    return keyedHash(Buffer.from(readFileSync(join(directory, keyFile), 'utf8').trim(), 'base64url'));
  } catch {
    return undefined;
  }
}
