import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file that only grows: what could not be written whole is taken back, so that no line stands half in it. */
export class SegmentFile {
  readonly file: string;
  readonly #descriptor: number;
  /** Bytes that are whole. */
  size: number;

  /** @throws where it cannot be opened */
  constructor(file: string) {
    this.file = file;
    this.#descriptor = openSync(file, 'a', 0o600);
    this.size = fstatSync(this.#descriptor).size;
  }

  /** @throws where the disk does not take it; the file is as it was then, if that can be had */
  append(bytes: Uint8Array): void {
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.#descriptor, bytes, offset, bytes.length - offset);
    } catch (error) {
      if (offset > 0) ftruncateSync(this.#descriptor, this.size);
      throw error;
    }
    this.size += bytes.length;
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Makes the names in a folder durable, where the system can. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    // Not every system opens folders.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
