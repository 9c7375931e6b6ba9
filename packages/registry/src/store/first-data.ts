import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageFolder } from '../package-folder.ts';

/**
 * The files of a new database, packed when castellan is built: to make them anew takes PGlite ten seconds and a gigabyte of
 * memory.
 * @returns the file; undefined where castellan runs from its sources and was never built
 */
export function packedData(): string | undefined {
  const file = join(packageFolder, 'dist/store/first-data.tar.gz');
  return existsSync(file) ? file : undefined;
}

/**
 * Writes them into a folder that does not exist: all of them, or none where the process ends meanwhile.
 * @param folder of PGlite, `…/data`
 */
export function unpackData(packed: string, folder: string): void {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const bytes = gunzipSync(readFileSync(packed));
  for (const { path, content } of entriesOf(bytes)) {
    const at = join(unfinished, path);
    if (content === undefined) mkdirSync(at, { recursive: true, mode: 0o700 });
    else writeFileSync(at, content, { mode: 0o600 });
  }
  renameSync(unfinished, folder);
}

const block = 512;

/** The entries of a tar file (POSIX ustar): a folder has no content. */
function* entriesOf(bytes: Buffer): Generator<{ readonly path: string; readonly content: Buffer | undefined }> {
  for (let at = 0; at + block <= bytes.length;) {
    const text = (from: number, length: number): string =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const name = text(0, 100);
    if (name === '') return;
    const prefix = text(345, 155);
    const size = Number.parseInt(text(124, 12).trim() || '0', 8);
    const isFolder = text(156, 1) === '5' || name.endsWith('/');
    yield {
      path: prefix === '' ? name : `${prefix}/${name}`,
      content: isFolder ? undefined : bytes.subarray(at + block, at + block + size),
    };
    at += block + Math.ceil(size / block) * block;
  }
}
