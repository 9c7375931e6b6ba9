import { createHash } from 'node:crypto';
import type { Facts } from '@castellan/guard';
import type { Detector, Signal, Subject } from '../detector.ts';
import { callerMeasures, sourceMeasures } from '../memory/measures.ts';
import type { Memory } from '../memory/memory.ts';
import type { Moment } from '../memory/moment.ts';
import type { Detection, Incident } from './incident.ts';
import { OpenIncident } from './open-incident.ts';

/** Milliseconds without a detection after which an incident is over. */
const quiet = 12 * 3_600_000;
/** Incidents of one kind on one operation within an hour after which the next belong to the last: a campaign. */
const campaign = 3;
const hour = 3_600_000;
/** Milliseconds within which what callers of one kind do with one operation is one incident. */
const alikeFor = 6 * hour;
/** Milliseconds within which what comes back is the same incident. */
const goesOn = 7 * 24 * 3_600_000;
/** Milliseconds for which what was dismissed is not told again, and how far it must go to be told all the same. */
const staysDismissed = 30 * 24 * 3_600_000;
const further = 2;
const mostOpen = 1000;
const mostKept = 200;

/** What became of an incident. */
export type IncidentChange = 'opened' | 'updated' | 'closed';

/** Groups what detectors saw into incidents: by whom it is about, and by what many have in common. */
export class Incidents {
  readonly #open = new Map<string, OpenIncident>();
  readonly #closed: Incident[] = [];
  /** Those that are over, by whom they were about. */
  readonly #over = new Map<string, OpenIncident>();
  /** What was dismissed, by detector and whom it is about. */
  readonly #dismissed = new Map<string, { readonly strength: number; readonly time: number }>();
  readonly #told: (incident: Incident, change: IncidentChange) => void;
  #opened = 0;
  #looked = 0;

  constructor(told: (incident: Incident, change: IncidentChange) => void) {
    this.#told = told;
  }

  /** Those that are open, and the last that were closed; the latest first. */
  get list(): readonly Incident[] {
    const open = [...new Set(this.#open.values())].map(({ value }) => value);
    return [...open, ...this.#closed].sort((a, b) => b.start - a.start);
  }

  get openCount(): number {
    return new Set(this.#open.values()).size;
  }

  /** Counts an exchange to the incidents of those whom it is of. */
  count(moment: Moment): void {
    if (this.#open.size === 0) return;
    const { facts } = moment;
    if (facts.time - this.#looked > 600_000) this.closeQuiet(facts.time);
    const counted = this.#open.get(callerKey(facts));
    counted?.count(facts);
    const ofAddress =
      facts.principal === undefined ? undefined : this.#open.get(keyOf({ kind: 'address', id: facts.address }));
    // Who got in from there is part of it where nobody knew them here: not everybody in the same house.
    if (ofAddress === undefined || ofAddress === counted || facts.principal === undefined) return;
    const isNew =
      !moment.known || (moment.newNetwork && ofAddress.about.has(keyOf({ kind: 'address', id: facts.address })));
    if (isNew || ofAddress.names(facts.principal.subject)) ofAddress.count(facts);
  }

  /** Adds what a detector saw; gives the incident that it is part of, and what was added. */
  add(
    detector: Detector,
    signal: Signal,
    moment: Moment,
    memory: Memory,
  ): { readonly incident: OpenIncident; readonly detection: Detection } | undefined {
    const { facts } = moment;
    const about = keyOf(signal.about);
    if (this.#isDismissed(detector, about, signal.strength, facts.time)) return undefined;
    const keys = isPart(signal, moment, memory) ? [about, callerKey(facts)] : [about];
    let incident = keys.map((key) => this.#open.get(key)).find((one) => one !== undefined);
    incident ??= this.#again(about, detector.id, facts.time);
    incident ??= this.#campaign(detector, facts);
    const isNew = incident === undefined;
    incident ??= new OpenIncident(this.#id(facts), facts.time, signal.severity ?? detector.severity);
    for (const key of keys) {
      if (this.#open.get(key) === incident) continue;
      if (key === callerKey(facts)) remember(incident, moment, memory);
      this.#open.set(key, incident);
    }
    incident.about.add(about);
    if (facts.principal !== undefined && facts.operation !== '' && incident.ways.size < mostOpen)
      incident.ways.add(waysOf(detector.id, facts));
    const kind = `${detector.id} ${about}`;
    incident.strengths.set(kind, Math.max(signal.strength, incident.strengths.get(kind) ?? 0));
    if (keys.length === 2 && incident.callers.size < mostOpen)
      incident.callers.set(moment.callerLow, moment.callerHigh);
    const detection: Detection = {
      detector: detector.id,
      title: detector.title,
      time: facts.time,
      about: signal.about,
      why: signal.why,
      strength: Math.round(signal.strength * 100) / 100,
      severity: signal.severity ?? detector.severity,
      request: facts.id,
      operation: facts.operation,
      address: facts.address,
      principal: moment.facts.principal,
      credential: moment.facts.principal?.credentialId,
      shared: memory.isGood(facts.address),
    };
    const changed = incident.detect(detector, detection);
    // The exchange that opens it is part of it; those after it are counted when they come.
    // Of what is seen of many at once, those who are nobody are counted one by one.
    if (keys.length === 1 ? facts.principal === undefined : isNew) incident.count(facts);
    if (isNew) this.#told(incident.value, 'opened');
    else if (changed) this.#told(incident.value, 'updated');
    if (this.#open.size > mostOpen * 4) this.#closeOldest();
    return { incident, detection };
  }

  /** Closes what was quiet for long. */
  closeQuiet(time: number): void {
    this.#looked = time;
    for (const incident of new Set(this.#open.values())) if (time - incident.last > quiet) this.#close(incident);
  }

  /**
   * Closes an incident: it is dealt with, or it was none. What it was about is not told again for a month, unless it goes further.
   * @param time milliseconds, of the facts
   * @returns what was closed; undefined where there is no such open one
   */
  dismiss(id: string, time: number, note: string): OpenIncident | undefined {
    for (const incident of new Set(this.#open.values())) {
      if (incident.id !== id) continue;
      for (const [kind, strength] of incident.strengths) {
        if (this.#dismissed.size >= mostOpen) this.#dismissed.delete([...this.#dismissed.keys()][0] ?? '');
        this.#dismissed.set(kind, { strength, time });
      }
      incident.dismiss(time, note);
      this.#close(incident, false);
      return incident;
    }
    return undefined;
  }

  #isDismissed({ id, atOnce }: Detector, about: string, strength: number, time: number): boolean {
    if (this.#dismissed.size === 0 || atOnce === true) return false;
    const before = this.#dismissed.get(`${id} ${about}`);
    return before !== undefined && time - before.time < staysDismissed && strength < before.strength * further;
  }

  #close(incident: OpenIncident, again = true): void {
    for (const [key, one] of this.#open)
      if (one === incident) {
        this.#open.delete(key);
        if (again) this.#remember(key, incident);
      }
    incident.close();
    const { value } = incident;
    this.#closed.push(value);
    if (this.#closed.length > mostKept) this.#closed.shift();
    this.#told(value, 'closed');
  }

  #remember(key: string, incident: OpenIncident): void {
    this.#over.delete(key);
    this.#over.set(key, incident);
    if (this.#over.size <= mostOpen) return;
    for (const oldest of this.#over.keys()) {
      this.#over.delete(oldest);
      break;
    }
  }

  /** The incident of the same within a week, which goes on: what comes back each night is one. */
  #again(about: string, detector: string, time: number): OpenIncident | undefined {
    const over = this.#over.get(about);
    if (over === undefined) return undefined;
    this.#over.delete(about);
    if (time - over.last > goesOn || !over.detectors.has(detector)) return undefined;
    const at = this.#closed.findIndex(({ id }) => id === over.id);
    if (at >= 0) this.#closed.splice(at, 1);
    over.reopen();
    return over;
  }

  #closeOldest(): void {
    let oldest: OpenIncident | undefined;
    for (const incident of this.#open.values())
      if (oldest === undefined || incident.last < oldest.last) oldest = incident;
    if (oldest !== undefined) this.#close(oldest);
  }

  /**
   * The incident that a new one is part of: callers with the same kind of credential do the same with the same operation within
   * hours, or there are several of its kind at once.
   */
  #campaign({ id }: Detector, facts: Facts): OpenIncident | undefined {
    const open = [...new Set(this.#open.values())];
    const same = waysOf(id, facts);
    const together = open.findLast((one) => facts.time - one.last < alikeFor && one.ways.has(same));
    if (together !== undefined) return together;
    const alike = open.filter((one) => one.detectors.has(id) && facts.time - one.last < hour);
    return alike.length >= campaign ? alike.at(-1) : undefined;
  }

  /** The day, and what no other incident has: not of another API, nor of a process before. */
  #id({ id, time }: Facts): string {
    this.#opened += 1;
    const rest = createHash('sha256').update(`${id} ${time} ${this.#opened}`).digest('hex').slice(0, 8);
    return `${new Date(time).toISOString().slice(0, 10)}-${rest}`;
  }
}

/** What was seen of whom where: the detector, the operation, the kind of credential and its issuer. */
const waysOf = (detector: string, { api, operation, principal }: Facts): string =>
  `${detector} ${api} ${operation} ${principal?.credentialKind ?? ''} ${principal?.issuer ?? ''}`;

const keyOf = ({ kind, id, issuer }: Subject): string => `${kind} ${issuer ?? ''} ${id}`;

function callerKey({ principal, address }: Facts): string {
  return keyOf(
    principal === undefined
      ? { kind: 'address', id: address }
      : { kind: 'principal', id: principal.subject, issuer: principal.issuer },
  );
}

/**
 * Whether the caller of an exchange is part of what is told of many: somebody who is known from other days and only stands
 * beside it (the same office, the same operation, the same program) is not.
 */
function isPart({ about }: Signal, { facts, known, caller, address }: Moment, memory: Memory): boolean {
  if (about.kind === 'operation' || about.kind === 'agent' || about.kind === 'network' || about.kind === 'secret')
    return facts.principal === undefined
      ? !memory.isGood(facts.address) && memory.sources.value(address, sourceMeasures.at.failedLong) > 2
      : !known && takesPart(memory, caller);
  return true;
}

/** Whether somebody new does more than look around. */
function takesPart({ callers }: Memory, caller: number): boolean {
  const { objectsLong, strangersLong, missesLong, unknownLong, invalidLong } = callerMeasures.at;
  const value = (measure: number): number => callers.value(caller, measure);
  return (
    value(objectsLong) > 30 ||
    value(strangersLong) > 12 ||
    value(missesLong) + value(unknownLong) + value(invalidLong) > 5
  );
}

/** What is remembered of a caller from before it was noticed. */
function remember({ before }: OpenIncident, { caller }: Moment, { callers }: Memory): void {
  const { requestsLong, objectsLong, recordsLong } = callerMeasures.at;
  before.requests += Math.max(0, Math.round(callers.value(caller, requestsLong)) - 1);
  before.objects += Math.round(callers.value(caller, objectsLong));
  before.records += Math.round(callers.value(caller, recordsLong));
}
