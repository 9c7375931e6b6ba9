import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { segmentName, segmentNumber } from './format.ts';
import { heldSegments } from './holds.ts';
import { readIndexHead } from './index-file.ts';

/** How long closed segments are kept: until they are older, or all together larger. Nothing is removed where neither is said. */
export interface Retention {
  /** Milliseconds. */
  readonly age?: number | undefined;
  /** Bytes of all files of segments. */
  readonly bytes?: number | undefined;
}

/**
 * Removes closed segments that need not be kept: the oldest first, and none that a legal hold is about.
 * @param open the segment that is written
 * @returns their numbers
 */
export function retain(directory: string, { age, bytes }: Retention, open: number, now: number): readonly number[] {
  if (age === undefined && bytes === undefined) return [];
  const closed = closedSegments(directory, open);
  const held = heldSegments(
    directory,
    closed.map(({ segment }) => segment),
  );
  let total = closed.reduce((sum, { size }) => sum + size, 0);
  const removed: number[] = [];
  for (const { segment, size } of closed) {
    const head = readIndexHead(join(directory, `${segmentName(segment)}.idx`));
    const isOld = age !== undefined && head !== undefined && head.to > 0 && head.to < now - age;
    const isMuch = bytes !== undefined && total > bytes;
    if ((!isOld && !isMuch) || held.has(segment)) continue;
    for (const end of ['.jsonl', '.jsonl.zst', '.idx'])
      rmSync(join(directory, `${segmentName(segment)}${end}`), { force: true });
    total -= size;
    removed.push(segment);
  }
  return removed;
}

function closedSegments(
  directory: string,
  open: number,
): readonly { readonly segment: number; readonly size: number }[] {
  const sizes = new Map<number, number>();
  for (const file of readdirSync(directory)) {
    const segment = segmentNumber(file);
    if (segment !== undefined && segment < open)
      sizes.set(segment, (sizes.get(segment) ?? 0) + statSync(join(directory, file)).size);
  }
  return [...sizes].map(([segment, size]) => ({ segment, size })).sort((a, b) => a.segment - b.segment);
}
