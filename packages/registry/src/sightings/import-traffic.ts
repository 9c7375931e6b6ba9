import { CastellanError } from '@castellan/contract';
import type { Store } from '../store/open.ts';
import { correctionsOf } from './corrections.ts';
import { documentedPaths } from './documented.ts';
import { ContentsHash, importedBefore } from './earlier.ts';
import { isHar, readHar, type Entry } from './formats/har.ts';
import { lineReader, recognise, type JsonMapping, type LogFormat } from './formats/index.ts';
import { isPostman, readPostman } from './formats/postman.ts';
import { asUtf8 } from './as-utf-8.ts';
import { Gathering } from './gather.ts';
import { headOf, piecesOf } from './open-file.ts';
import { maxSamples, readLog, type LogCounts } from './read-log.ts';
import { recordImport } from './record-import.ts';
import { recordSightings } from './record.ts';
import { refold, type UnsureTemplate } from './refold.ts';
import { sampleOf } from './sample.ts';
import { wholeFile } from './whole-file.ts';

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
  /** Read instead of the file: what cannot be read twice, so that nothing tells whether it was imported before. */
  readonly input?: AsyncIterable<Buffer> | undefined;
}

/** What was read of a file. */
export interface ImportedTraffic extends LogCounts {
  readonly source: string;
  readonly format: TrafficFormat;
  /** Templates of all days and methods, documented or not. */
  readonly templates: number;
  /** Templates of these hosts that are kept as they are and may be values: what was seen so far does not tell. */
  readonly unsure: readonly UnsureTemplate[];
  /** Bytes of the text that were imported before, and are not counted again. */
  readonly known: number;
}

/**
 * Imports what an access log, HAR or Postman collection saw. What is no request is counted and never ends the import.
 * @throws CastellanError `traffic-unknown`, `log-unreadable`
 */
export async function importTraffic(store: Store, file: string, options: TrafficOptions): Promise<ImportedTraffic> {
  const { mapping, api, environment = 'unknown', source = file, progress, input } = options;
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
  const isEntries = format === 'har' || format === 'postman';
  const origin = { environment, api: api ?? '' };
  const known =
    input === undefined ? await importedBefore(store, () => piecesOf(file), origin) : { bytes: 0, isWholeLine: true };
  const hash = new ContentsHash();
  const pieces = hashed(input === undefined ? piecesOf(file, progress) : asUtf8(input), hash);
  const counts = isEntries
    ? await readEntries(pieces, format === 'har' ? readHar : readPostman, known.bytes, gathering, source)
    : await readLog(pieces, known, lineReader(format, mapping), (request) => gathering.add(request));
  // Of a recording nothing may be whole.
  if (counts.read === 0 && (isEntries ? trafficFormatOf(file) !== format : counts.garbage > 0))
    throw notOfFormat(file, source, format, counts);
  const sightings = gathering.sightings();
  const { contents } = hash;
  const unsure = await store.db.transaction().execute(async (db) => {
    const tx: Store = { ...store, db };
    await recordSightings(
      tx,
      api === undefined ? sightings : sightings.map((one) => ({ ...one, api: one.api || api })),
      { environment, source: isEntries ? format : 'access-log' },
    );
    if (contents.bytes > known.bytes) await recordImport(tx, { source, format, ...counts }, { ...contents, ...origin });
    return refold(tx, sightings);
  });
  const templates = new Set(sightings.map(({ host, method, template }) => `${host} ${method} ${template}`)).size;
  return { source, format, ...counts, templates, unsure, known: known.bytes };
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: ContentsHash): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.add(piece);
    yield piece;
  }
}

/** Nothing in a file is of the format that was said. */
function notOfFormat(file: string, source: string, format: TrafficFormat, { lines }: LogCounts): CastellanError {
  const looks = trafficFormatOf(file);
  return new CastellanError({
    code: 'traffic-format',
    message: `none of ${lines} ${format === 'har' || format === 'postman' ? 'entries' : 'lines'} is ${format}`,
    place: { file: source },
    mend:
      looks !== undefined && looks !== format
        ? `it looks like ${looks}: write --format ${looks}`
        : format === 'json'
          ? 'name its members with --map method=…,path=…,status=…'
          : `name another --format: ${trafficFormats.join(', ')}`,
  });
}

/** What the beginning of a file looks like; undefined where it is nothing with requests. */
export function trafficFormatOf(file: string): TrafficFormat | undefined {
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
  pieces: AsyncIterable<Buffer>,
  read: (text: string) => Iterable<Entry>,
  known: number,
  gathering: Gathering,
  file: string,
): Promise<LogCounts> {
  const counts: LogCounts = { lines: 0, read: 0, garbage: 0, samples: [] };
  const bytes = await wholeFile(pieces, file);
  if (known > 0 && known === bytes.length) return counts;
  for (const entry of read(bytes.toString())) {
    counts.lines += 1;
    if ('garbage' in entry) {
      counts.garbage += 1;
      if (counts.samples.length < maxSamples) counts.samples.push(sampleOf(entry.garbage));
    } else {
      counts.read += 1;
      gathering.add(entry);
    }
  }
  return counts;
}
