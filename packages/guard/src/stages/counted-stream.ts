import type { Operation } from '@castellan/contract';
import { compileSpend } from '../authorize/budget.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { handedOutOf } from '../limits/handed-out.ts';
import type { Refusal } from '../problem.ts';
import type { ItemGate } from './release-head.ts';

/** Lines of these are records; of tables the first line is their head. */
const tables = new Set(['text/csv', 'text/tab-separated-values']);
const lines = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines']);

/** Counts bodies that are no JSON: as a whole, or while they stream. */
export interface BodyCount {
  /** A whole body: the refusal where it does not fit. */
  readonly whole: (exchange: Exchange, body: string | Uint8Array) => Refusal | undefined;
  /** A body of which only the length is known, before it streams. */
  readonly known: (exchange: Exchange, bytes: number) => Refusal | undefined;
  /** A body that streams. */
  readonly open: (exchange: Exchange) => ItemGate;
  /** Whether its records can be told only by looking at it. */
  readonly looks: boolean;
}

/**
 * Compiles the count of one media type's bodies: bytes, and of tables and lines of JSON the records; everything else is one record.
 * @returns undefined where nobody counts
 */
export function compileBodyCount(core: GuardCore, operation: Operation, contentType: string): BodyCount | undefined {
  const spend = compileSpend(core, operation);
  if (spend === undefined) return undefined;
  const [essence = ''] = contentType.toLowerCase().split(';');
  const isTable = tables.has(essence.trim());
  const looks = isTable || lines.has(essence.trim());
  const hasHead = isTable && !/header\s*=\s*absent/i.test(contentType);
  const records = (): LineCount => new LineCount(hasHead, essence.trim() === 'text/csv');
  return {
    looks,
    whole(exchange, body) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      if (!looks) return spend(exchange, handedOutOf(1, bytes.length));
      return spend(exchange, handedOutOf(records().push(bytes), bytes.length));
    },
    known: (exchange, bytes) => spend(exchange, handedOutOf(1, bytes)),
    open(exchange) {
      const count = looks ? records() : undefined;
      let begun = false;
      return {
        push(chunk) {
          const more = count === undefined ? (begun ? 0 : 1) : count.push(chunk);
          begun = true;
          const refusal = spend(exchange, handedOutOf(more, chunk.length));
          return { bytes: refusal === undefined ? chunk : nothing, refusal };
        },
        end: () => ({ bytes: nothing, refusal: undefined }),
      };
    },
  };
}

const nothing = new Uint8Array(0);

/** Counts lines that are records, each when it begins; a line break within quotes ends none (RFC 4180 section 2). */
class LineCount {
  readonly #quotes: boolean;
  #head: boolean;
  #quoted = false;
  /** Whether anything stands in the line so far. */
  #open = false;

  /**
   * @param head whether the first line names the columns
   * @param quotes whether a value in quotes may hold line breaks: of lines of JSON none does
   */
  constructor(head: boolean, quotes: boolean) {
    this.#head = head;
    this.#quotes = quotes;
  }

  /** How many records begin in these bytes. */
  push(bytes: Uint8Array): number {
    let begun = 0;
    for (const byte of bytes) {
      if (byte === 0x22 && this.#quotes) this.#quoted = !this.#quoted;
      if (byte === 0x0a && !this.#quoted) {
        if (this.#open) this.#head = false;
        this.#open = false;
      } else if (!this.#open && byte !== 0x0d) {
        this.#open = true;
        if (!this.#head) begun += 1;
      }
    }
    return begun;
  }
}
