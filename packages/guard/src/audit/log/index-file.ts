import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { damaged } from './damaged.ts';
import { columns, dictionaries, termOf, type Column, type Dictionary, type IndexHead } from './index-builder.ts';

/** Bytes of the head of an index at most. */
const longestHead = 16 * 1024 * 1024;
/** Bytes of the mark and the length before the head. */
const before = 8;

/** The head of an index file; undefined where there is none that can be read. */
export function readIndexHead(file: string): IndexHead | undefined {
  try {
    return existsSync(file) ? headIn(new Source(file)).head : undefined;
  } catch {
    return undefined;
  }
}

/** Where the bytes of an index are. */
class Source {
  readonly #of: string | Buffer;

  constructor(of: string | Buffer) {
    this.#of = of;
  }

  /** @throws CastellanError `audit-damaged` where there are not so many bytes */
  read(offset: number, length: number): Buffer {
    try {
      // Numbers are read where they lie, so they begin where a buffer does.
      const bytes = Buffer.from(new ArrayBuffer(length));
      const read = typeof this.#of === 'string' ? readInto(this.#of, bytes, offset) : this.#of.copy(bytes, 0, offset);
      if (read === length) return bytes;
    } catch (error) {
      throw damaged(typeof this.#of === 'string' ? this.#of : 'index', error);
    }
    throw damaged(typeof this.#of === 'string' ? this.#of : 'index', new Error('it has no such bytes'));
  }

  get size(): number {
    return typeof this.#of === 'string' ? sizeOf(this.#of) : this.#of.length;
  }
}

function readInto(file: string, bytes: Buffer, offset: number): number {
  const descriptor = openSync(file, 'r');
  try {
    return readSync(descriptor, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  const descriptor = openSync(file, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

/** @throws where it is no index */
function headIn(source: Source): { readonly head: IndexHead; readonly end: number } {
  const start = source.read(0, before);
  const length = start.readUInt32LE(4);
  if (start.toString('latin1', 0, 4) !== 'CIDX' || length > longestHead) throw new Error('it is no index');
  const head = JSON.parse(source.read(before, length).toString('utf8')) as IndexHead;
  return { head, end: before + Math.ceil(length / 8) * 8 };
}

/** An index file: each column is read when something asks for it, because a question is about one or two of them. */
export class IndexFile {
  readonly head: IndexHead;
  readonly #source: Source;
  /** Where dictionaries and columns begin. */
  readonly #places = new Map<Dictionary | `column ${Column}`, readonly [offset: number, length: number]>();
  readonly #dictionaries = new Map<Dictionary, Float64Array>();
  readonly #columns = new Map<Column, Uint32Array>();

  /** @throws where it is no index */
  constructor(file: string | Buffer) {
    this.#source = new Source(file);
    const { head, end } = headIn(this.#source);
    this.head = head;
    let at = end;
    const place = (name: Dictionary | `column ${Column}`, length: number): void => {
      if (!Number.isSafeInteger(length) || length < 0) throw new Error('the index counts what it cannot have');
      this.#places.set(name, [at, length]);
      at += length;
    };
    for (const name of dictionaries) place(name, head.terms[name] * 8);
    for (const name of columns) place(`column ${name}`, (name.startsWith('object') ? head.objects : head.records) * 4);
    if (at !== this.#source.size) throw new Error('the index is longer or shorter than it says');
  }

  /** @throws where it cannot be read */
  column(name: Column): Uint32Array {
    let column = this.#columns.get(name);
    if (column === undefined) {
      const { buffer, length } = this.#read(`column ${name}`);
      this.#columns.set(name, (column = new Uint32Array(buffer, 0, length / 4)));
    }
    return column;
  }

  /** The term at a place of a dictionary. */
  term(name: Dictionary, place: number): number {
    return this.#terms(name)[place] ?? 0;
  }

  /** The place of a term in a dictionary; -1 where no record has it. */
  place(name: Dictionary, text: string): number {
    const terms = this.#terms(name);
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

  #terms(name: Dictionary): Float64Array {
    let terms = this.#dictionaries.get(name);
    if (terms === undefined) {
      const { buffer, length } = this.#read(name);
      this.#dictionaries.set(name, (terms = new Float64Array(buffer, 0, length / 8)));
    }
    return terms;
  }

  #read(name: Dictionary | `column ${Column}`): { readonly buffer: ArrayBuffer; readonly length: number } {
    const [offset, length] = this.#places.get(name) ?? [0, 0];
    return { buffer: this.#source.read(offset, length).buffer as ArrayBuffer, length };
  }
}
