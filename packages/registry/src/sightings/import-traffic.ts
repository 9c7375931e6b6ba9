import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import type { Store } from '../store/open.ts';
import { correctionsOf } from './corrections.ts';
import { documentedPaths } from './documented.ts';
import { isHar, readHar, type Entry } from './formats/har.ts';
import { lineReader, recognise, type JsonMapping, type LogFormat } from './formats/index.ts';
import { isPostman, readPostman } from './formats/postman.ts';
import { Gathering } from './gather.ts';
import { readLog, type LogCounts } from './read-log.ts';
import { recordImport } from './record-import.ts';
import { recordSightings } from './record.ts';

export const trafficFormats = ['nginx', 'apache', 'envoy', 'alb', 'json', 'har', 'postman'] as const;
export type TrafficFormat = (typeof trafficFormats)[number];

export interface TrafficOptions {
  /** Default: what the file's beginning looks like. */
  readonly format?: TrafficFormat | undefined;
  /** Names in JSON lines. */
  readonly mapping?: Partial<JsonMapping> | undefined;
  /** The API that all of it is of, whatever the hosts are. */
  readonly api?: string | undefined;
  readonly environment?: string | undefined;
  /** How the file is named in the inventory. Default: its path. */
  readonly source?: string | undefined;
  readonly progress?: ((part: number) => void) | undefined;
}

/** What was read of a file. */
export interface ImportedTraffic extends LogCounts {
  readonly source: string;
  readonly format: TrafficFormat;
  /** Templates of all days and methods, documented or not. */
  readonly templates: number;
}

/** So much of a file is read to see what it is, bytes. */
const HEAD = 256 * 1024;

/**
 * Imports what an access log, HAR or Postman collection saw. What is no request is counted and never ends the import.
 * @throws CastellanError `traffic-unknown`, `log-unreadable`
 */
export async function importTraffic(store: Store, file: string, options: TrafficOptions): Promise<ImportedTraffic> {
  const { mapping, api, environment = 'unknown', source = file, progress } = options;
  const format = options.format ?? trafficFormatOf(file);
  if (format === undefined)
    throw new CastellanError({
      code: 'traffic-unknown',
      message: 'the file is no access log, HAR or Postman collection that castellan recognises',
      place: { file: source },
      mend: `name it with --format ${trafficFormats.join('|')}`,
    });
  const documented = await documentedPaths(store, api);
  const gathering = new Gathering(documented, store.clock(), await correctionsOf(store));
  const counts =
    format === 'har' || format === 'postman'
      ? await readEntries(file, format === 'har' ? readHar : readPostman, gathering)
      : await readLog(file, lineReader(format, mapping), (request) => gathering.add(request), progress);
  const sightings = gathering.sightings();
  await recordSightings(
    store,
    api === undefined ? sightings : sightings.map((one) => ({ ...one, api: one.api || api })),
    {
      environment,
      source: format === 'har' || format === 'postman' ? format : 'access-log',
    },
  );
  await recordImport(store, { source, format, ...counts });
  const templates = new Set(sightings.map(({ host, method, template }) => `${host} ${method} ${template}`)).size;
  return { source, format, ...counts, templates };
}

/** What the beginning of a file looks like; undefined where it is nothing with requests. */
export function trafficFormatOf(file: string): TrafficFormat | undefined {
  if (/\.gz$/i.test(file)) return /json/i.test(file) ? 'json' : 'nginx';
  const head = headOf(file);
  if (head === undefined) return undefined;
  if (isHar(head)) return 'har';
  if (isPostman(head)) return 'postman';
  const lines = head.split('\n');
  // The last one may be cut.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const found: LogFormat | undefined = recognise(whole.slice(0, 200));
  return found;
}

async function readEntries(
  file: string,
  read: (text: string) => Iterable<Entry>,
  gathering: Gathering,
): Promise<LogCounts> {
  const counts: LogCounts = { lines: 0, read: 0, garbage: 0, samples: [] };
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CastellanError({
      code: 'log-unreadable',
      message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'check the path',
      cause,
    });
  });
  for (const entry of read(text)) {
    counts.lines += 1;
    if ('garbage' in entry) {
      counts.garbage += 1;
      if (counts.samples.length < 5) counts.samples.push(entry.garbage);
    } else {
      counts.read += 1;
      gathering.add(entry);
    }
  }
  return counts;
}

function headOf(file: string): string | undefined {
  let open: number | undefined;
  try {
    open = openSync(file, 'r');
    const bytes = Buffer.alloc(HEAD);
    return bytes.toString('utf8', 0, readSync(open, bytes, 0, HEAD, 0));
  } catch {
    return undefined;
  } finally {
    if (open !== undefined) closeSync(open);
  }
}
