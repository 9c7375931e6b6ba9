import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import type { Store, StoreOptions } from '../store/open.ts';
import { damaged } from './form.ts';
import { checkBackup } from './read.ts';
import { restoreBackup, type Restored } from './restore.ts';
import { writeBackup } from './write.ts';

/**
 * Writes a backup of a store into a file (mode 0600), whole or not at all. It holds hashes of keys and the key of fingerprints: keep it as safe as
 * the store.
 * @returns its size in bytes
 * @throws CastellanError `unwritable`
 */
export function backUp(store: Store, file: string): Promise<number> {
  return keepBackup(compressed(writeBackup(store)), file);
}

function compressed(lines: AsyncIterable<string>): Readable {
  const gzip = createGzip();
  pipeline(Readable.from(lines), gzip).catch((error: Error) => gzip.destroy(error));
  return gzip;
}

/**
 * Keeps the bytes of a backup in a file, whole or not at all.
 * @returns their number
 * @throws CastellanError `unwritable`
 */
export async function keepBackup(bytes: Readable, file: string): Promise<number> {
  const made = `${file}.${process.pid}.part`;
  try {
    await pipeline(bytes, createWriteStream(made, { mode: 0o600 }));
    await rename(made, file);
    return (await stat(file)).size;
  } catch (cause) {
    await rm(made, { force: true });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new CastellanError({
      code: 'unwritable',
      message: `the backup cannot be written (${code ?? 'unknown'})`,
      place: { file },
      mend: 'name a file in a folder that can be written to with --out',
      cause,
    });
  }
}

/**
 * Restores a backup that is a file into an empty store. It is read to its end first: one that is damaged changes nothing.
 * @throws CastellanError `unreadable`, and what `restoreBackup` throws
 */
export async function restoreFile(options: StoreOptions, file: string): Promise<Restored> {
  await reading(file, checkBackup);
  return reading(file, (lines) => restoreBackup(options, lines));
}

/** Gives the lines of a backup to somebody; what cut them short says more than that they were. */
async function reading<T>(file: string, take: (lines: AsyncIterable<string>) => Promise<T>): Promise<T> {
  const source = createReadStream(file);
  const plain = createGunzip();
  let failure: unknown;
  const flowing = pipeline(source, plain).catch((error: unknown) => void (failure ??= error));
  async function* read(): AsyncGenerator<string> {
    try {
      yield* createInterface({ input: plain, crlfDelay: Infinity });
    } catch (error) {
      failure ??= error;
    }
  }
  try {
    return await take(read());
  } catch (error) {
    if (failure !== undefined && error instanceof CastellanError && error.code === 'backup-damaged')
      throw wrong(failure, file);
    throw error;
  } finally {
    source.destroy();
    await flowing;
  }
}

function wrong(error: unknown, file: string): CastellanError {
  const { code = 'unknown', syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return damaged(`is cut off or no gzip file (${code})`, error);
  return new CastellanError({
    code: 'unreadable',
    message: `the backup cannot be read (${code})`,
    place: { file },
    mend: 'name the file that castellan inventory backup wrote',
    cause: error,
  });
}
