import { createHash } from 'node:crypto';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';

/** What is told of the text of a file, so that it is known again under another name, and after it has grown. */
export interface Contents {
  /** Hash of its first line. */
  readonly head: string;
  /** Unpacked. */
  readonly bytes: number;
  /** Hash of all of them. */
  readonly digest: string;
}

/** Where it is said to come from: the same file may be imported for another API. */
export interface Origin {
  readonly environment: string;
  readonly api: string;
}

/** Characters of a first line that are looked at. */
const longestHead = 64 * 1024;

/** Hashes a text while it is read. */
export class ContentsHash {
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #first: Buffer | undefined = Buffer.alloc(0);
  #head = '';

  add(piece: Buffer): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    if (this.#first === undefined) return;
    const end = piece.indexOf(10);
    this.#first = Buffer.concat([this.#first, end < 0 ? piece : piece.subarray(0, end)]);
    if (end < 0 && this.#first.length < longestHead) return;
    this.#head = digestOf(this.#first.subarray(0, longestHead));
    this.#first = undefined;
  }

  /** Of what was read so far. */
  get contents(): Contents {
    return {
      head: this.#first === undefined ? this.#head : digestOf(this.#first),
      bytes: this.#bytes,
      digest: this.#hash.copy().digest('base64url'),
    };
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/**
 * How much of a text was imported before: as it is, or as the beginning of a file that has grown.
 * @param pieces reads it from its beginning
 * @returns bytes; and whether they end with a line
 */
export async function importedBefore(
  { db }: Store,
  pieces: () => AsyncIterable<Buffer>,
  { environment, api }: Origin,
): Promise<{ readonly bytes: number; readonly isWholeLine: boolean }> {
  const nothing = { bytes: 0, isWholeLine: true };
  const first = new ContentsHash();
  for await (const piece of pieces()) {
    first.add(piece);
    if (piece.includes(10) || first.contents.bytes > longestHead) break;
  }
  const rows = await db
    .selectFrom('imports')
    .select(['bytes', 'digest'])
    .where('head', '=', first.contents.head)
    .where('environment', '=', storable(environment, 100))
    .where('api', '=', api)
    .execute();
  const known = new Map(rows.map(({ bytes, digest }) => [Number(bytes), digest]));
  const lengths = [...known.keys()].filter((bytes) => bytes > 0).sort((a, b) => a - b);
  if (lengths.length === 0) return nothing;
  let found = nothing;
  const hash = createHash('sha256');
  let done = 0;
  for await (const piece of pieces()) {
    let from = 0;
    for (;;) {
      const next = lengths[0];
      if (next === undefined) return found;
      if (next - done > piece.length - from) break;
      const to = from + next - done;
      hash.update(piece.subarray(from, to));
      done = next;
      from = to;
      lengths.shift();
      if (hash.copy().digest('base64url') === known.get(next))
        found = { bytes: next, isWholeLine: to > 0 && piece[to - 1] === 10 };
    }
    hash.update(piece.subarray(from));
    done += piece.length - from;
  }
  return found;
}
