import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashLength, segmentName, tail, type Head } from './format.ts';
import { IndexBuilder } from './index-builder.ts';
import { walkLines } from './lines.ts';

/** A segment that no head closes, because its process was killed. */
export interface Unclosed {
  readonly segment: number;
  readonly log: string | undefined;
  readonly n: number;
  readonly chain: string;
  /** Up to the end of the last whole line. */
  readonly bytes: number;
  readonly index: IndexBuilder;
  readonly recovered: NonNullable<Head['recovered']>;
}

const prefix = hashLength + tail.length;

/** The bytes of a segment, and before them the hash that its first line is chained to. */
function withPrevious(previous: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(previous.padEnd(hashLength).slice(0, hashLength)), tail, bytes]);
}

/**
 * Reads what a killed process left: the segment that the last head does not close.
 * @returns undefined where the last process closed its log
 */
export function recover(directory: string, last: Head | undefined): Unclosed | undefined {
  const segment = last === undefined ? 1 : last.closed === true ? last.segment + 1 : last.segment;
  const file = join(directory, `${segmentName(segment)}.jsonl`);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file);
  const first = firstLine(text);
  const bytes = withPrevious(first?.previous ?? last?.chain ?? '', text);
  const signed = last?.n ?? 0;
  let n = signed;
  let chain = last?.chain ?? first?.log ?? '';
  let broken = false;
  const index = new IndexBuilder();
  const end = walkLines(bytes, 0, bytes.length, (line) => {
    if (!line.linked) broken = true;
    if (line.n !== undefined) n = line.n;
    if (line.chain !== undefined) chain = line.chain;
    index.add(bytes, line.from, line.to - 1, line.from - prefix);
  });
  return {
    segment,
    log: first?.log,
    n,
    chain,
    bytes: end - prefix,
    index,
    recovered: { from: signed + 1, torn: bytes.length - end, ...(broken ? { broken } : {}) },
  };
}

function firstLine(text: Buffer): { readonly previous: string; readonly log: string } | undefined {
  const end = text.indexOf(0x0a);
  try {
    const { castellan } = JSON.parse(text.toString('utf8', 0, Math.max(0, end))) as {
      readonly castellan: { readonly segment: { readonly previous: string; readonly log: string } };
    };
    return castellan.segment;
  } catch {
    return undefined;
  }
}
