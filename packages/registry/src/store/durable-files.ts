import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** A file that PGlite has open, as Emscripten's file system over Node.js keeps it. */
interface OpenFile {
  /** Of Node.js; directories have none. */
  readonly nfd?: number;
  readonly node: object;
}

interface NodeFiles {
  readonly stream_ops: { fsync?: (file: OpenFile) => number };
  readonly realPath: (node: object) => string;
}

/** Errno of WASI for an input or output error. */
const inputOutputError = 29;

/**
 * The files of a folder for PGlite, with an `fsync` that reaches the disk: what Emscripten has for Node.js does nothing there, and
 * PostgreSQL would take what the kernel still holds in memory for written.
 */
export class DurableFiles extends NodeFS {
  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(...given);
    made.emscriptenOpts.preRun?.push((module) => {
      const files = module.NODEFS as unknown as NodeFiles;
      files.stream_ops.fsync = (file) => {
        try {
          if (file.nfd !== undefined) fsyncSync(file.nfd);
          else syncDirectory(files.realPath(file.node));
          return 0;
        } catch {
          // PostgreSQL ends rather than going on with what may not be there.
          return inputOutputError;
        }
      };
    });
    return made;
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Waits until everything in a folder is on the disk: what a new database is made of was written without. */
export async function syncFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const next = paths.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const path of next) {
        const file = await open(path, 'r');
        await file.sync().finally(() => file.close());
      }
    }),
  );
}
