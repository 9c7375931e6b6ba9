import type { CastellanError } from '@castellan/contract';
import type { Facts } from '@castellan/guard';
import { parseFacts } from './parse.ts';

/** Characters of one line at most. */
const longest = 256 * 1024;

/** What came of a batch. */
export interface Batch {
  readonly facts: readonly Facts[];
  /** Lines that are no facts, with why: number from 1. */
  readonly rejected: readonly { readonly line: number; readonly why: string }[];
}

/**
 * Reads a batch of JSON lines, as guards send it and files hold it. A line that is no facts is told, and the others are read
 * all the same.
 */
export function readBatch(text: string): Batch {
  const facts: Facts[] = [];
  const rejected: { line: number; why: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const found = factsOrWhy(line);
    if (found === undefined) continue;
    if (typeof found === 'string') rejected.push({ line: index + 1, why: found });
    else facts.push(found);
  }
  return { facts, rejected };
}

/** How an event begins that is of no exchange: a reload of the guard (Application Lifecycle, 6002). */
const noExchange = /^\s*\{"class_uid":6002,/;

/** The facts of a line, or why it has none; undefined of an event that is of no exchange. */
export function factsOrWhy(line: string): Facts | string | undefined {
  if (noExchange.test(line)) return undefined;
  if (line.length > longest) return 'a line is longer than 256 KiB';
  try {
    return parseFacts(line);
  } catch (error) {
    return (error as CastellanError).message;
  }
}

/** Puts pieces of a stream together to lines; what is longer than any line may be is dropped up to its end. */
export class LineSplitter {
  #rest = '';
  #dropping = false;

  /** @returns the lines that ended in it */
  push(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    const whole = this.#dropping && lines.length > 0 ? lines.slice(1) : this.#dropping ? [] : lines;
    if (lines.length > 0) this.#dropping = false;
    if (this.#rest.length > longest) {
      this.#rest = '';
      this.#dropping = true;
    }
    return whole;
  }

  /** What stands after the last line end. */
  end(): readonly string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' || this.#dropping ? [] : [rest];
  }
}
