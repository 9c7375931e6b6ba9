import { createHash } from 'node:crypto';
import { CastellanError } from '@castellan/contract';
import { migrations } from '../store/migrations/index.ts';
import { damaged, mark, type BackupEnd, type BackupHeader, type BackupTable } from './form.ts';

/** A backup while it is read. */
export interface ReadBackup {
  readonly header: BackupHeader;
  /** Tables, and the rows of each behind it: a text is a row. Ends where all of it was whole, and throws `backup-damaged` otherwise. */
  readonly parts: AsyncIterable<BackupTable | string>;
}

/**
 * Reads a backup.
 * @param lines of it, without their ends
 * @throws CastellanError `backup-damaged`, `backup-newer`
 */
export async function readBackup(lines: AsyncIterable<string>): Promise<ReadBackup> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const line = first.done === true ? '' : first.value;
  const header = headerOf(line);
  const newer = header.migrations.filter((name) => migrations[name] === undefined);
  if (newer.length > 0)
    throw new CastellanError({
      code: 'backup-newer',
      message: `the backup was made by a newer castellan (it has ${newer[0]})`,
      mend: 'restore it with that version or a newer one',
    });
  return { header, parts: partsOf(line, iterator) };
}

/**
 * Reads a backup to its end, and does nothing with it.
 * @throws CastellanError as `readBackup` and its parts
 */
export async function checkBackup(lines: AsyncIterable<string>): Promise<void> {
  const { parts } = await readBackup(lines);
  for await (const _ of parts);
}

async function* partsOf(header: string, lines: AsyncIterator<string>): AsyncGenerator<BackupTable | string> {
  const digest = createHash('sha256').update(`${header}\n`);
  const tables = new Set(Object.values(migrations).flatMap((one) => one.tables));
  let hasTable = false;
  let rows = 0;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const line = next.value;
    const control = controlIn(line) as Partial<BackupTable & BackupEnd> | undefined;
    if (control?.end === true) {
      if (control.rows !== rows || control.sha256 !== digest.digest('hex'))
        throw damaged('was changed: its digest is another one');
      if ((await lines.next()).done !== true) throw damaged('goes on after its end');
      return;
    }
    digest.update(`${line}\n`);
    if (control === undefined) {
      if (!hasTable) throw damaged('has rows of no table');
      rows += 1;
      yield line;
    } else {
      if (typeof control.table !== 'string' || !Array.isArray(control.columns) || !tables.has(control.table))
        throw damaged(`has a table that is none of the registry's (${String(control.table).slice(0, 60)})`);
      hasTable = true;
      yield { table: control.table, columns: control.columns.map(String) };
    }
  }
  throw damaged(`is cut off after ${rows} rows`);
}

function headerOf(line: string): BackupHeader {
  const header = controlIn(line) as Partial<BackupHeader> | undefined;
  if (header?.castellan !== 'registry-backup' || !Array.isArray(header.migrations))
    throw damaged('is none: its first line is not the header of one');
  if (header.form !== 1)
    throw new CastellanError({
      code: 'backup-newer',
      message: 'the backup has a form that this castellan does not know',
      mend: 'restore it with the version that made it or a newer one',
    });
  return header as BackupHeader;
}

/** What a line says that is no row. */
function controlIn(line: string): object | undefined {
  if (!line.startsWith(mark)) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(mark.length));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
