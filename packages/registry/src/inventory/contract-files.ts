import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { posix, resolve } from 'node:path';
import type { LoadOptions } from '@castellan/contract';

/** The files of one version of a contract, as they were read: a guard that loads them has the same digest. */
export interface ContractFiles {
  /** Which is the document. */
  readonly contract: string;
  /** Which are its overlays, in their order. */
  readonly overlays: readonly string[];
  readonly files: readonly { readonly name: string; readonly digest: string; readonly text: string }[];
}

/** Characters of all files of a version that are kept. */
const most = 16 * 1024 * 1024;

/** Keeps what is read while a document is loaded. */
export class ContractCapture {
  readonly #texts = new Map<string, string>();
  readonly #options: Pick<LoadOptions, 'read' | 'fetch'>;

  /** @param options who reads; files and the network where not said */
  constructor({ read = readUpTo, fetch: ask = fetch }: Pick<LoadOptions, 'read' | 'fetch'> = {}) {
    this.#options = {
      read: async (path, maxBytes) => {
        const bytes = await read(path, maxBytes);
        this.#keep(path, bytes);
        return bytes;
      },
      fetch: async (input, init) => {
        const response = await ask(input, init);
        const url = new URL(input instanceof Request ? input.url : String(input));
        if (response.status !== 200 || response.body === null) return response;
        const bytes = new Uint8Array(await response.arrayBuffer());
        this.#keep(`${url.origin}${url.pathname}`, bytes);
        return new Response(bytes, { headers: response.headers });
      },
    };
  }

  /** For `loadContract`. */
  get options(): Pick<LoadOptions, 'read' | 'fetch'> {
    return this.#options;
  }

  /**
   * What was read, by names below one folder.
   * @param contract path or URL of the document
   * @param overlays those of its overlays
   * @param cwd what paths are relative to
   * @returns nothing where the files lie in several places, are no text, or are too large
   */
  files(contract: string, overlays: readonly string[], cwd: string): ContractFiles | undefined {
    const place = (name: string): string => {
      if (!/^https?:/i.test(name)) return resolve(cwd, name);
      const { origin, pathname } = new URL(name);
      return `${origin}${pathname}`;
    };
    const places = [...this.#texts.keys()];
    const named = [contract, ...overlays].map(place);
    if (named.some((one) => !this.#texts.has(one))) return undefined;
    const origins = new Set(places.map((one) => /^https?:\/\/[^/]*/.exec(one)?.[0] ?? ''));
    const length = [...this.#texts.values()].reduce((sum, text) => sum + text.length, 0);
    if (origins.size !== 1 || length > most) return undefined;
    const folder = sharedFolder(places);
    const nameOf = (one: string): string => posix.relative(folder, one);
    return {
      contract: nameOf(named[0] ?? ''),
      overlays: named.slice(1).map(nameOf),
      files: places.map((one) => {
        const text = this.#texts.get(one) ?? '';
        return { name: nameOf(one), digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, text };
      }),
    };
  }

  /** Only what is the same bytes again when it is written as text. */
  #keep(place: string, bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('utf8');
    if (Buffer.from(text, 'utf8').equals(bytes)) this.#texts.set(place, text);
  }
}

/** The folder that all places are in. */
function sharedFolder(places: readonly string[]): string {
  let folder = posix.dirname(places[0] ?? '/');
  while (!places.every((one) => one.startsWith(`${folder.replace(/\/$/, '')}/`))) folder = posix.dirname(folder);
  return folder;
}

async function readUpTo(path: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of createReadStream(path, { end: maxBytes - 1 })) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}
