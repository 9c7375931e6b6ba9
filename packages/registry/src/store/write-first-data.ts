// Writes dist/store/first-data.tar.gz: the files of a database with all tables and no rows; `npm run build` runs it. The database was closed:
// a copy of one that runs is recovered at its first start, which waits for the disk once for each of its files.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { packageFolder } from '../package-folder.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

const file = join(packageFolder, 'dist/store/first-data.tar.gz');
rmSync(file, { force: true });
const folder = mkdtempSync(join(tmpdir(), 'castellan-first-data-'));
try {
  const pglite = await PGlite.create(folder);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(db, undefined);
  await pglite.exec('vacuum analyze');
  await db.destroy();
  if (!pglite.closed) await pglite.close();
  writeFileSync(file, gzipSync(packed(folder)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder as a tar file (POSIX ustar), folders before what is in them. */
function packed(root: string): Buffer {
  const parts: Buffer[] = [];
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const named = entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path, name: relative(root, path).replaceAll(sep, '/'), isFolder: entry.isDirectory() };
  });
  for (const { path, name, isFolder } of named.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = isFolder ? Buffer.alloc(0) : readFileSync(path);
    parts.push(header(name, content.length, isFolder), content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function header(name: string, size: number, isFolder: boolean): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void =>
    void bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.write(name, 0, 100, 'latin1');
  octal(isFolder ? 0o700 : 0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(' '.repeat(8), 148, 'latin1');
  bytes.write(isFolder ? '5' : '0', 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}
