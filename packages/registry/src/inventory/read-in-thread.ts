import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ContractFiles } from './contract-files.ts';
import type { DescribedContract } from './describe-contract.ts';
import { readSentDocument, reasonOf, type SentDocument } from './sent-document.ts';

/** What a document turned out to be, or why it cannot be read. */
export type ReadInThread =
  | { readonly described: DescribedContract; readonly files: ContractFiles | undefined }
  | { readonly reason: string };

/** What the thread is given: a document, and the time in milliseconds since the epoch. */
export interface ToThread {
  readonly sent: SentDocument;
  readonly now: number;
}

/** How long reading may take in milliseconds, and megabytes that it may need. */
export interface ReadingLimits {
  readonly time: number;
  readonly memory: number;
}

const usual: ReadingLimits = { time: 30_000, memory: 1024 };
/** Characters up to which a document is read at once: a thread takes longer to start. */
const small = 100_000;

/** What reads now; the next waits for it, so that one key takes one core at most. */
let reading: Promise<unknown> = Promise.resolve();

/**
 * Reads a document that was sent, a large one in a thread of its own: whatever it holds, others are answered meanwhile, and it ends.
 * @param now milliseconds since the epoch
 */
export async function readInThread(
  sent: SentDocument,
  now: number,
  limits: ReadingLimits = usual,
): Promise<ReadInThread> {
  const texts = [sent.document, ...Object.values(sent.files ?? {})];
  const file = new URL(import.meta.url.endsWith('.ts') ? './sent-thread.ts' : './sent-thread.js', import.meta.url);
  const isSmall = texts.reduce((sum, { length }) => sum + length, 0) <= small;
  // A bundle has no file for a thread.
  if (isSmall || file.protocol !== 'file:' || !existsSync(fileURLToPath(file)))
    return readSentDocument(sent, now).catch((error: unknown) => ({ reason: reasonOf(error) }));
  const read = reading.then(() => inThread(file, { sent, now }, limits));
  reading = read;
  return read;
}

/** Never rejects. */
function inThread(file: URL, workerData: ToThread, { time, memory }: ReadingLimits): Promise<ReadInThread> {
  return new Promise((resolve) => {
    const worker = new Worker(file, {
      name: 'castellan-document',
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    const end = (read: ReadInThread): void => {
      clearTimeout(timer);
      resolve(read);
      void worker.terminate();
    };
    const timer = setTimeout(
      () => end({ reason: `takes longer than ${time / 1000} s to read; split it into documents of fewer operations` }),
      time,
    );
    worker.on('message', end);
    worker.on('error', (error: NodeJS.ErrnoException) =>
      end({
        reason:
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? `needs more than ${memory} MB of memory to be read; split it into documents of fewer operations`
            : reasonOf(error),
      }),
    );
    worker.on('exit', () => end({ reason: 'the thread that read it ended' }));
  });
}
