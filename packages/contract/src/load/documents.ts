import { dirname, isAbsolute, join, relative, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CastellanError } from '../error.ts';
import { isInside } from './boundary.ts';
import { tooLarge, type LoadLimits } from './limits.ts';
import { parseText, type Duplicate } from './parse.ts';
import { fetchWithin, readFileWithin, realPath, type ReadFile } from './read.ts';
import type { JsonScan } from './scan-json.ts';
import { copyObject } from './object.ts';
import { hold, sha256, type Source } from './source.ts';

/** One loaded document. */
export interface LoadedDocument {
  readonly source: Source;
  /** Of a document that others refer to, it may be a list; nothing but references and walks reads that one. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly scan: JsonScan | undefined;
  readonly duplicates: readonly Duplicate[];
}

export interface ReadOptions {
  readonly limits: LoadLimits;
  readonly allowUrls: boolean;
  readonly cwd: string;
  /** Directory that references may not leave; see `boundaryOf`. */
  readonly within?: string | undefined;
  readonly read?: ReadFile | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Reads documents, each once, and keeps count of their bytes. */
export class DocumentReader {
  readonly options: ReadOptions;
  #bytes = 0;

  constructor(options: ReadOptions) {
    this.options = options;
  }

  /** Reads what the user named: a path, a URL, or the document itself, then called by `name`. */
  async open(input: string | URL | object, name = 'object'): Promise<LoadedDocument> {
    if (typeof input === 'object' && !(input instanceof URL)) return this.#object(input, name);
    const text = String(input);
    if (/^https?:\/\//i.test(text)) return this.#url(new URL(text).href);
    const path = text.startsWith('file:') ? fileURLToPath(text) : resolvePath(this.options.cwd, text);
    return this.#file(path, text.startsWith('file:') ? this.#shown(path) : text);
  }

  /**
   * Reads a document that another one refers to.
   * @throws CastellanError also `url-not-allowed`, `reference-refused`
   */
  async follow(uri: string, root: Source, boundary: string | undefined): Promise<LoadedDocument> {
    if (uri.startsWith('file:')) {
      if (!root.uri.startsWith('file:') && root.format !== 'object') {
        throw new CastellanError({
          code: 'reference-refused',
          message: 'a document from the network refers to a file',
          mend: 'refer to it by URL',
        });
      }
      const path = fileURLToPath(uri);
      if (
        boundary !== undefined &&
        !(isInside(path, boundary) && isInside(await realPath(path), await realPath(boundary)))
      ) {
        throw new CastellanError({
          code: 'reference-refused',
          message: `it leads out of ${boundary}`,
          mend: 'move the file below that directory, or widen it with the option within',
        });
      }
      return this.#file(path, this.#shown(path, root), true);
    }
    if (!/^https?:/.test(uri)) {
      throw new CastellanError({
        code: 'unresolved-reference',
        message: `no document has the address ${uri}`,
        mend: 'refer to a file or an http(s) URL',
      });
    }
    const sameOrigin = root.uri.startsWith('http') && new URL(root.uri).origin === new URL(uri).origin;
    if (!this.options.allowUrls && !sameOrigin) {
      throw new CastellanError({
        code: 'url-not-allowed',
        message: `it leads to the network, to ${new URL(uri).host}`,
        mend: 'keep a copy beside the document, or allow URLs (allowUrls, --allow-urls)',
      });
    }
    return this.#url(uri, true);
  }

  async #file(path: string, file: string, referred = false): Promise<LoadedDocument> {
    const { limits, read } = this.options;
    const bytes = this.#count(await readFileWithin(path, file, limits, read), file);
    const format = /\.json$/i.test(path) ? 'json' : /\.ya?ml$/i.test(path) ? 'yaml' : undefined;
    return this.#parse(bytes, pathToFileURL(path).href, file, format, read !== undefined, referred);
  }

  async #url(url: string, referred = false): Promise<LoadedDocument> {
    const fetched = await fetchWithin(url, this.options.limits, this.options.fetch);
    const bytes = this.#count(fetched.bytes, url);
    const hint = `${fetched.mediaType ?? ''} ${new URL(fetched.url).pathname}`;
    const format = /ya?ml/i.test(hint) ? 'yaml' : /json/i.test(hint) ? 'json' : undefined;
    return this.#parse(bytes, url, url, format, true, referred);
  }

  #object(input: object, name: string): LoadedDocument {
    const { limits } = this.options;
    const value = copyObject(input, `<${name}>`, limits);
    const bytes = JSON.stringify(value);
    return {
      source: {
        uri: `object:/${name}`,
        file: `<${name}>`,
        format: 'object',
        digest: sha256(bytes),
        held: undefined,
        positionsOf: undefined,
      },
      value,
      scan: undefined,
      duplicates: [],
    };
  }

  async #parse(
    bytes: Uint8Array,
    uri: string,
    file: string,
    format: 'json' | 'yaml' | undefined,
    keep: boolean,
    referred: boolean,
  ): Promise<LoadedDocument> {
    const parsed = await parseText({ file, bytes, format, referred }, this.options.limits);
    return {
      source: {
        uri,
        file,
        format: parsed.format,
        digest: sha256(bytes),
        held: keep ? hold(bytes) : undefined,
        positionsOf: parsed.positionsOf,
      },
      value: parsed.value as Readonly<Record<string, unknown>>,
      scan: parsed.scan,
      duplicates: parsed.duplicates,
    };
  }

  #count(bytes: Uint8Array, file: string): Uint8Array {
    this.#bytes += bytes.length;
    const { maxTotalBytes } = this.options.limits;
    if (this.#bytes > maxTotalBytes) throw tooLarge({ file }, maxTotalBytes, 'maxTotalBytes');
    return bytes;
  }

  /** As the user would type it: beside the root document's own path, or relative to the working directory. */
  #shown(path: string, root?: Source): string {
    if (root?.uri.startsWith('file:') && !isAbsolute(root.file))
      return join(dirname(root.file), relative(dirname(fileURLToPath(root.uri)), path));
    const near = relative(this.options.cwd, path);
    return root !== undefined || near.startsWith('..') ? path : near;
  }
}
