import { join } from 'node:path';
import type { GuardEvent } from '../event.ts';
import { segmentsIn } from './directory.ts';
import { damaged } from './damaged.ts';
import { decisions, type Decision } from './decision.ts';
import { segmentName } from './format.ts';
import { indexedSegment } from './indexed-segment.ts';
import { matching, type Query } from './query.ts';
import { SegmentReader } from './segment-reader.ts';

/** How exchanges ended, by decision. */
export type Counts = Record<Decision, number>;

/** What happened in a period. */
export interface Summary {
  readonly total: Counts;
  /** By operation; the empty name is of what reached none. */
  readonly operations: ReadonlyMap<string, Counts>;
  readonly principals: number;
  /** Those that were refused most often, with how often. */
  readonly refusedPrincipals: readonly (readonly [principal: string, count: number])[];
  /** `authorize forbidden policy-denied`: stage, type and reason, with how often. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Alarms of policies, with how often. */
  readonly alarms: ReadonlyMap<string, number>;
  /** Properties and objects that were removed from answers. */
  readonly removed: number;
  /** Refusals whose records were read for their reasons; the others are counted only. */
  readonly read: number;
}

/** Records that are read for their reasons at most. */
const maxRead = 200_000;
const maxPrincipals = 10;

/**
 * Sums up a period: counts come from the indexes, reasons from the records of what was not allowed.
 * @throws CastellanError `no-audit-log`, `audit-damaged`
 */
export function summarise(directory: string, period: Pick<Query, 'from' | 'to'>): Summary {
  const total = none();
  const operations = new Map<string, Counts>();
  const refused = new Map<string, number>();
  const principals = new Set<number>();
  const reasons = new Map<string, number>();
  const alarms = new Map<string, number>();
  let removed = 0;
  let read = 0;
  for (const segment of segmentsIn(directory)) {
    const name = join(directory, segmentName(segment));
    const index = indexedSegment(name);
    const reader = new SegmentReader(name, index.head.frames);
    const eventAt = (at: number): GuardEvent => {
      const line = reader.line(index.column('offset')[at] ?? 0);
      try {
        return JSON.parse(line) as GuardEvent;
      } catch (error) {
        throw damaged(name, error);
      }
    };
    const names = new Map<number, Counts>();
    const [operation, decided, principal] = [
      index.column('operation'),
      index.column('decision'),
      index.column('principal'),
    ];
    try {
      for (const at of matching(index, period)) {
        const decision = decisions[decided[at] ?? 0] ?? 'allowed';
        total[decision] += 1;
        if (decision === 'reload') continue;
        const place = operation[at] ?? 0;
        let counts = names.get(place);
        if (counts === undefined) {
          const called = eventAt(at).api.operation;
          counts = operations.get(called) ?? none();
          names.set(place, counts);
          operations.set(called, counts);
        }
        counts[decision] += 1;
        principals.add(index.term('principal', principal[at] ?? 0));
        if (decision === 'allowed' || read >= maxRead) continue;
        read += 1;
        const { unmapped, actor } = eventAt(at);
        const { castellan } = unmapped;
        for (const one of [castellan.refused, ...(castellan.observed ?? [])])
          if (one !== undefined) add(reasons, [one.stage, one.type, one.reason].filter(Boolean).join(' '));
        for (const alarm of castellan.alarms ?? []) add(alarms, alarm);
        removed += castellan.removed ?? 0;
        const subject = actor.user?.uid;
        if (decision === 'refused' && subject !== undefined) add(refused, subject);
      }
    } finally {
      reader.close();
    }
  }
  return {
    total,
    operations: new Map([...operations].sort(([a], [b]) => (a < b ? -1 : 1))),
    principals: principals.size,
    refusedPrincipals: byCount(refused).slice(0, maxPrincipals),
    reasons: new Map(byCount(reasons)),
    alarms: new Map(byCount(alarms)),
    removed,
    read,
  };
}

function none(): Counts {
  return { allowed: 0, refused: 0, withheld: 0, failed: 0, observed: 0, begun: 0, reload: 0 };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function byCount(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}
