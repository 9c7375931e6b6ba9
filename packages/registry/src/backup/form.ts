import { CastellanError } from '@castellan/contract';

/**
 * The form of a backup: lines, compressed with gzip. `#` and JSON is a header, the name of a table whose rows follow, or the end: how many rows
 * there are and the SHA-256 of all lines before, so that what was cut off or changed is not restored. Every other line is a row as a JSON object.
 */
export interface BackupHeader {
  readonly castellan: 'registry-backup';
  readonly form: 1;
  /** When it was made. */
  readonly made: string;
  /** Migrations that the store had: the tables that the rows fit into. */
  readonly migrations: readonly string[];
}

/** Rows that follow are of this table. */
export interface BackupTable {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface BackupEnd {
  readonly end: true;
  readonly rows: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What begins lines that are no rows. */
export const mark = '#';

export function damaged(what: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'backup-damaged',
    message: `the backup ${what}`,
    mend: 'restore another one; nothing was changed',
    cause,
  });
}
