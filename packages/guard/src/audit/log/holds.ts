import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../secrets/private-file.ts';
import { segmentName } from './format.ts';
import { IndexFile } from './index-file.ts';
import { matching, type Query } from './query.ts';

/** A legal hold: segments with records that it is about are kept, whatever retention says. */
export interface Hold {
  readonly id: string;
  /** Milliseconds since the epoch when it was set. */
  readonly time: number;
  readonly reason: string;
  readonly query: Query;
}

const file = 'holds.json';

export function readHolds(directory: string): readonly Hold[] {
  const path = join(directory, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly Hold[]) : [];
}

export function writeHolds(directory: string, holds: readonly Hold[]): void {
  writePrivateFile(join(directory, file), `${JSON.stringify(holds, undefined, 2)}\n`);
}

/** Segments that a hold is about. Where that cannot be told, every one is. */
export function heldSegments(directory: string, segments: readonly number[]): ReadonlySet<number> {
  let holds: readonly Hold[];
  try {
    holds = readHolds(directory);
  } catch {
    return new Set(segments);
  }
  if (holds.length === 0) return new Set();
  return new Set(
    segments.filter((segment) => {
      try {
        const index = new IndexFile(join(directory, `${segmentName(segment)}.idx`));
        return holds.some(({ query }) => matching(index, query).next().done !== true);
      } catch {
        return true;
      }
    }),
  );
}
