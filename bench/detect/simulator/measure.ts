import type { Contract } from '@castellan/contract';
import { createDetection, type Incident } from '@castellan/detect';
import type { Facts } from '@castellan/guard';

/** What became of one stream of facts. */
export interface Outcome {
  /** Requests that are no attack. */
  readonly normal: number;
  readonly attack: number;
  readonly incidents: readonly Incident[];
  /** Incidents without any request of the attack. */
  readonly wrong: readonly Incident[];
  /** By detector: requests of the attack until it spoke. */
  readonly delays: ReadonlyMap<string, number>;
  /** The same, whichever was first; undefined where the attack was not noticed. */
  readonly delay: number | undefined;
  readonly failures: readonly string[];
}

/** Plays a stream, ordinary traffic and at most one attack in it. */
export function measure(normal: readonly Facts[], attack: readonly Facts[], contract?: Contract, seed = 1): Outcome {
  const bad = new Set(attack.map(({ id }) => id));
  const stream = [...normal, ...attack].sort((a, b) => a.time - b.time);
  const delays = new Map<string, number>();
  let seen = 0;
  let known = 0;
  const detection = createDetection({
    seed,
    ...(contract === undefined ? {} : { contracts: [contract] }),
    memory: { callers: 50_000, sources: 50_000, credentials: 100_000, pairBytes: 4 * 1024 * 1024 },
  });
  for (const facts of stream) {
    const isBad = bad.has(facts.id);
    if (isBad) seen += 1;
    detection.sink(facts);
    if (!isBad || detection.detected === known) continue;
    known = detection.detected;
    for (const { detections } of detection.incidents)
      for (const { detector, request } of detections)
        if (request === facts.id && !delays.has(detector)) delays.set(detector, seen);
  }
  const { incidents } = detection;
  const isRight = ({ detections }: Incident): boolean => detections.some(({ request }) => bad.has(request));
  return {
    normal: normal.length,
    attack: attack.length,
    incidents,
    wrong: incidents.filter((one) => !isRight(one)),
    delays,
    delay: delays.size === 0 ? undefined : Math.min(...delays.values()),
    failures: detection.failures,
  };
}
