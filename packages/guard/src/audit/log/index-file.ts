import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { columns, dictionaries, termOf, type Column, type Dictionary, type IndexHead } from './index-builder.ts';

/** The head of an index file; undefined where there is none that can be read. */
export function readIndexHead(file: string): IndexHead | undefined {
  if (!existsSync(file)) return undefined;
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(8);
    if (readSync(descriptor, start) < 8 || start.toString('latin1', 0, 4) !== 'CIDX') return undefined;
    const text = Buffer.alloc(Math.min(start.readUInt32LE(4), 16 * 1024 * 1024));
    readSync(descriptor, text, 0, text.length, 8);
    return JSON.parse(text.toString('utf8')) as IndexHead;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** An index file, read: columns are views of its bytes. */
export class IndexFile {
  readonly head: IndexHead;
  readonly #dictionaries = new Map<Dictionary, Float64Array>();
  readonly #columns = new Map<Column, Uint32Array>();

  /** @throws where it is no index */
  constructor(file: string | Buffer) {
    const bytes = typeof file === 'string' ? readFileSync(file) : file;
    const length = bytes.readUInt32LE(4);
    this.head = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as IndexHead;
    const data = bytes.buffer.slice(bytes.byteOffset + 8 + Math.ceil(length / 8) * 8, bytes.byteOffset + bytes.length);
    let at = 0;
    for (const name of dictionaries) {
      const count = this.head.terms[name];
      this.#dictionaries.set(name, new Float64Array(data, at, count));
      at += count * 8;
    }
    for (const name of columns) {
      const count = name.startsWith('object') ? this.head.objects : this.head.records;
      this.#columns.set(name, new Uint32Array(data, at, count));
      at += count * 4;
    }
  }

  column(name: Column): Uint32Array {
    return this.#columns.get(name) ?? new Uint32Array(0);
  }

  /** The term at a place of a dictionary. */
  term(name: Dictionary, place: number): number {
    return this.#dictionaries.get(name)?.[place] ?? 0;
  }

  /** The place of a term in a dictionary; -1 where no record has it. */
  place(name: Dictionary, text: string): number {
    const terms = this.#dictionaries.get(name) ?? new Float64Array(0);
    const term = termOf(text);
    let low = 0;
    let high = terms.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const here = terms[middle] ?? 0;
      if (here === term) return middle;
      if (here < term) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
