import { randomInt } from 'node:crypto';
import type { Contract } from '@castellan/contract';
import { compileIdHash, type Facts, type FactSink, type IdHash } from '@castellan/guard';
import type { ListPlace } from '@castellan/guard/limits';
import { badOption } from '@castellan/guard/configuration';
import { detectors as allDetectors } from './detectors/index.ts';
import type { Detector, Judge } from './detector.ts';
import { Incidents, type IncidentChange } from './incidents/grouping.ts';
import type { Detection as Seen, Incident } from './incidents/incident.ts';
import type { OpenIncident } from './incidents/open-incident.ts';
import type { Pattern } from './incidents/pattern.ts';
import { Keeping } from './kept/keeping.ts';
import type { KeptMedium } from './kept/list.ts';
import { memoryLimits, type MemoryLimits } from './memory/limits.ts';
import { Replays } from './memory/replays.ts';
import { Memory, type DeclaredApis } from './memory/memory.ts';
import type { Moment } from './memory/moment.ts';
import type { Locate } from './memory/movement.ts';
import { requireDetector } from './configuration/options.ts';
import { declaredOf, type OperationView } from './operation-view.ts';
import type { Done } from './response/responder.ts';

/** How attacks are looked for. There is nothing that must be set. */
export interface DetectionOptions {
  /** Contracts of the APIs: what is deprecated and what is a canary. What operations are for is also told by their names. */
  readonly contracts?: readonly Contract[] | undefined;
  /** Seconds of facts before anything that is compared with habits is said. Default a day. */
  readonly warmUp?: number | undefined;
  /** Detectors that are switched off, by id. */
  readonly off?: readonly string[] | undefined;
  /** Objects that nobody has business with: `Order/4711`, resource type and id. */
  readonly canaries?: readonly string[] | undefined;
  /** Key of the hashes by which facts name objects (`audit.key`), for `canaries` and `honey`. Default that of the process. */
  readonly key?: string | undefined;
  /** Paths that only thieves ask for: `/backup.sql`. */
  readonly honey?: readonly string[] | undefined;
  /** Where an address is. Without it, places are told by network and client program only. */
  readonly locate?: Locate | undefined;
  /** How much is remembered at most. Default: a million principals. */
  readonly memory?: Partial<MemoryLimits> | undefined;
  /** Of the hashes; default random. The same seed gives the same incidents for the same facts. */
  readonly seed?: number | undefined;
  readonly onIncident?: ((incident: Incident, change: IncidentChange) => void) | undefined;
  /** Is told of everything that a detector sees, with the id of the incident that it is part of. */
  readonly onDetection?: ((detection: Seen, incident: string) => void) | undefined;
  /** Is told of incidents that are dismissed: here, or, with {@link Detection.keep}, by another instance. */
  readonly onDismissed?: ((incident: string, by: 'here' | 'another') => void) | undefined;
  /** Is told of what was done because of an incident, by another instance or before a restart. */
  readonly onDone?: ((done: Done) => void) | undefined;
  /** Milliseconds since the epoch, for how long what is kept counts. Default that of the system. */
  readonly clock?: (() => number) | undefined;
  /** Something changed and nobody is known to attack. */
  readonly onNotice?: ((notice: Seen) => void) | undefined;
}

/** Looks for attacks in a stream of facts. */
export interface Detection {
  /** To be given to `facts` of a guard or gateway. */
  readonly sink: FactSink;
  /** Those that are open, and the last that were closed; the latest first. */
  readonly incidents: readonly Incident[];
  /** What changed without anybody being known to attack, the latest last. */
  readonly notices: readonly Seen[];
  /** Exchanges that were looked at. */
  readonly count: number;
  /** Exchanges that were hours older than what came before them: they are looked at as if they were of now. */
  readonly late: number;
  /** How often detectors spoke. */
  readonly detected: number;
  /** Whether the warm-up is over. */
  readonly ready: boolean;
  /** Bytes of what is remembered of callers. */
  readonly bytes: number;
  /** What detectors threw; facts go on all the same. */
  readonly failures: readonly string[];
  /** Takes other contracts: they were read again. */
  describe(contracts: readonly Contract[]): void;
  /**
   * Closes an incident: it is dealt with, or it was none. What the callers did is their habit from now on, and the same is not told
   * again for a month unless it goes twice as far; what was done because of it ends.
   * @param note why, for whoever looks at it later
   * @returns false where there is no such open one
   */
  dismiss(id: string, note?: string): boolean;
  /**
   * Keeps incidents, what was dismissed and what was done where a restart and other instances find them, and takes what is there. A guard
   * with `state` has such a place: `guard.incidents`.
   * @param api whose incidents they are, where several APIs share the place. Default all
   * @throws CastellanError `unreadable-file`
   */
  keep(place: ListPlace | KeptMedium, api?: string): Promise<void>;
  /** Keeps what was done because of an incident. */
  keepDone(done: Done): void;
  /** Looks at once for what others kept; by itself that happens every half second. */
  refresh(): Promise<void>;
  /** Waits for what is being kept; gives why it is not all there, undefined where it is. */
  settled(): Promise<string | undefined>;
  /** Ends what looks for what others kept. */
  close(): Promise<void>;
}

const day = 86_400;
const mostNotices = 100;
const mostNote = 500;
/** Milliseconds within which one notice is told once. */
const noticeAgain = 6 * 3_600_000;

/**
 * Starts to look for attacks. The clock is that of the facts.
 *
 * @example
 * ```ts
 * const detection = createDetection({ onIncident: (incident) => console.log(incident.title) });
 * const guard = await createGuard({ contract: './openapi.yaml', facts: [detection.sink] });
 * ```
 * @throws CastellanError `bad-option`, `unknown-option`
 */
export function createDetection(options: DetectionOptions = {}): Detection {
  const { contracts = [], off = [], onIncident, onDetection, onNotice } = options;
  for (const id of off) requireDetector(id);
  const chosen = allDetectors.filter(({ id }) => !off.includes(id));
  const hash = compileIdHash(options.key);
  const memory = new Memory(
    { ...memoryLimits, ...options.memory },
    {
      declared: declaredApis(contracts),
      warmUp: options.warmUp ?? day,
      seed: options.seed ?? randomInt(2 ** 31),
      locate: options.locate,
      canaries: new Set(options.canaries?.map(canaryHash(hash))),
      honey: options.honey ?? [],
      hash,
    },
  );
  const incidents = new Incidents((incident, change) => onIncident?.(incident, change));
  const judges = new Map<OperationView, readonly (readonly [Detector, Judge])[]>();
  const notices: Seen[] = [];
  const failures: string[] = [];
  let count = 0;
  let detected = 0;
  let late = 0;

  const judgesOf = (operation: OperationView): readonly (readonly [Detector, Judge])[] => {
    let of = judges.get(operation);
    if (of === undefined) {
      if (judges.size > 20_000) judges.clear();
      of = chosen.flatMap((detector) => {
        const judge = detector.compile(operation, memory);
        return judge === undefined ? [] : [[detector, judge] as const];
      });
      judges.set(operation, of);
    }
    return of;
  };

  const recent = new Replays();
  const look = (facts: Facts): void => {
    if (memory.clock.isLate(facts.time / 1000)) late += 1;
    if (facts.id !== '' && recent.isReplay(memory.hash(facts.id), facts.time)) return;
    count += 1;
    const moment = memory.observe(facts);
    incidents.count(moment);
    for (const [detector, judge] of judgesOf(moment.operation)) {
      const signal = judge(moment);
      if (signal === undefined || (!memory.settled.ready && detector.atOnce !== true)) continue;
      if (signal.notice === true) note(detector, signal.why, moment);
      else {
        const added = incidents.add(detector, signal, moment, memory);
        if (added === undefined) continue;
        detected += 1;
        memory.flag(moment);
        if (onDetection !== undefined) onDetection(added.detection, added.incident.id);
      }
    }
  };

  const note = ({ id, title }: Detector, why: string, { facts, operation }: Moment): void => {
    if (notices.some((one) => one.operation === operation.id && facts.time - one.time < noticeAgain)) return;
    const notice: Seen = {
      detector: id,
      title,
      time: facts.time,
      about: { kind: 'operation', id: operation.id },
      why,
      strength: 1,
      severity: 'low',
      request: facts.id,
      operation: operation.id,
      address: '',
      principal: undefined,
      credential: undefined,
      shared: true,
    };
    notices.push(notice);
    if (notices.length > mostNotices) notices.shift();
    onNotice?.(notice);
  };

  let keeping: Keeping | undefined;
  /** What was dismissed is the habit of those who did it. */
  const accept = (patterns: readonly Pattern[], closed: OpenIncident | undefined): void => {
    for (const [low, high] of closed?.callers ?? []) memory.accept(high, low);
    for (const { about } of patterns) memory.acceptSubject(about);
  };

  return {
    sink(facts) {
      try {
        look(facts);
      } catch (error) {
        if (failures.length === 0)
          process.emitWarning(`detection failed on an exchange: ${String(error)}`, { type: 'Castellan' });
        if (failures.length < 100)
          failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    },
    get incidents() {
      return incidents.list;
    },
    get notices() {
      return [...notices];
    },
    get count() {
      return count;
    },
    get late() {
      return late;
    },
    get detected() {
      return detected;
    },
    get ready() {
      return memory.settled.ready;
    },
    get bytes() {
      return memory.bytes;
    },
    get failures() {
      return [...failures];
    },
    describe(changed) {
      memory.describe(declaredApis(changed));
      judges.clear();
    },
    dismiss(id, note = '') {
      const was = incidents.dismiss(id, memory.clock.now * 1000, note.slice(0, mostNote));
      if (was === undefined) return false;
      accept(was.patterns, was);
      options.onDismissed?.(id, 'here');
      return true;
    },
    async keep(place, api = '') {
      await keeping?.close();
      keeping = await new Keeping({
        place,
        api,
        incidents,
        detectors: chosen,
        clock: options.clock ?? Date.now,
        onDismissed(id, patterns, closed) {
          accept(patterns, closed);
          options.onDismissed?.(id, 'another');
        },
        onDone: (done) => options.onDone?.(done),
        onFailure: (why) => process.emitWarning(why, { type: 'Castellan', code: 'incidents-not-kept' }),
      }).open();
    },
    keepDone: (done) => keeping?.done(done),
    refresh: async () => keeping?.refresh(),
    settled: async () => keeping?.settled(),
    close: async () => keeping?.close(),
  };
}

function declaredApis(contracts: readonly Contract[]): DeclaredApis {
  return new Map(contracts.map((contract) => [contract.title, declaredOf(contract)]));
}

/** The keyed hash of `Order/4711`, as facts name it. */
function canaryHash(hash: IdHash): (canary: string) => string {
  return (canary) => {
    const [, type, id] = /^([^/]+)\/(.+)$/.exec(canary) ?? [];
    if (type === undefined || id === undefined)
      throw badOption(
        'detect.canaries',
        `has '${canary.slice(0, 80)}'`,
        'write resource type and id, such as Order/4711',
      );
    return hash(type, id);
  };
}
