import { createHash } from 'node:crypto';
import type { Facts } from '@castellan/guard';
import type { Detector, Signal } from '../detector.ts';
import { Dismissals, type Dismissed } from './dismissals.ts';
import { callerMeasures, sourceMeasures } from '../memory/measures.ts';
import type { Memory } from '../memory/memory.ts';
import type { Moment } from '../memory/moment.ts';
import type { Detection, Incident } from './incident.ts';
import { OpenIncident } from './open-incident.ts';
import { subjectKey as keyOf, type Pattern } from './pattern.ts';

/** Milliseconds without a detection after which an incident is over. */
const quiet = 12 * 3_600_000;
/** Incidents of one kind on one operation within an hour after which the next belong to the last: a campaign. */
const campaign = 3;
const hour = 3_600_000;
/** Milliseconds within which what callers of one kind do with one operation is one incident. */
const alikeFor = 6 * hour;
/** Milliseconds within which what comes back is the same incident. */
const goesOn = 7 * 24 * 3_600_000;
const mostOpen = 1000;
const mostKept = 200;

/** What became of an incident. */
export type IncidentChange = 'opened' | 'updated' | 'closed';

/** Is told of what others and a later process have to know. */
export interface IncidentKeeper {
  seen(incident: Incident, patterns: readonly Pattern[]): void;
  dismissed(id: string, dismissed: Dismissed, patterns: readonly Pattern[]): void;
}

/** Groups what detectors saw into incidents: by whom it is about, and by what many have in common. */
export class Incidents {
  readonly #open = new Map<string, OpenIncident>();
  readonly #closed: Incident[] = [];
  /** Those that are over, by whom they were about. */
  readonly #over = new Map<string, OpenIncident>();
  readonly #dismissals = new Dismissals();
  /** Those that began before this process, or at other instances, and did not go on here. */
  readonly #elsewhere = new Map<string, { readonly incident: Incident; readonly over: OpenIncident }>();
  readonly #told: (incident: Incident, change: IncidentChange) => void;
  #keeper: IncidentKeeper | undefined;
  /** When each that is open was kept last. */
  readonly #kept = new Map<string, number>();
  #now = 0;
  #opened = 0;
  #looked = 0;

  constructor(told: (incident: Incident, change: IncidentChange) => void) {
    this.#told = told;
  }

  /** Those that are open, and the last that were closed; the latest first. */
  get list(): readonly Incident[] {
    const open = [...new Set(this.#open.values())].map(({ value }) => value);
    const elsewhere = [...this.#elsewhere.values()].map(({ incident }) => this.#asKnown(incident));
    return [...open, ...this.#closed, ...elsewhere].sort((a, b) => b.start - a.start);
  }

  /** As it is now: who was not dismissed is over when nothing was seen for long. */
  #asKnown(incident: Incident): Incident {
    const dismissed = this.#dismissals.of(incident.id);
    if (dismissed !== undefined) return { ...incident, status: 'closed', dismissed };
    return this.#now - incident.end > quiet ? { ...incident, status: 'closed' } : incident;
  }

  /** From now on somebody keeps what happens; gets what is open. */
  keep(keeper: IncidentKeeper): void {
    this.#keeper = keeper;
    this.keepOpen();
  }

  /** Has kept what is open, as it is now. */
  keepOpen(): void {
    for (const incident of new Set(this.#open.values())) this.#keep(incident);
  }

  /**
   * Takes what was kept before this process, or by another instance: it is listed, and goes on here where it comes back.
   * @param detectors those of its detectors that are there
   */
  learn(incident: Incident, detectors: readonly Detector[], patterns: readonly Pattern[]): void {
    // Several instances may go on with one incident, each with its part of what it is about.
    const here = this.#openOf(incident.id);
    for (const pattern of here === undefined ? [] : patterns) here?.addPattern(pattern);
    if (here !== undefined || this.#closed.some(({ id }) => id === incident.id)) return;
    this.#now = Math.max(this.#now, incident.end);
    const known = this.#elsewhere.get(incident.id);
    const over =
      known !== undefined && isAsNew(known.incident, incident)
        ? known.over
        : OpenIncident.of(incident, detectors, known?.over.patterns ?? []);
    for (const pattern of patterns) over.addPattern(pattern);
    this.#elsewhere.delete(incident.id);
    this.#elsewhere.set(incident.id, { incident: known?.over === over ? known.incident : incident, over });
    const [oldest] = this.#elsewhere.keys();
    if (this.#elsewhere.size > mostKept && oldest !== undefined) this.#elsewhere.delete(oldest);
    if (incident.dismissed !== undefined || this.#dismissals.of(incident.id) !== undefined) return;
    for (const { about } of over.patterns) {
      const key = keyOf(about);
      if (!this.#open.has(key) && this.#over.get(key) !== over) this.#remember(key, over);
    }
  }

  /**
   * Takes a dismissal of an earlier process, or of another instance.
   * @returns false where it is known; what was closed here by it
   */
  learnDismissal(id: string, dismissed: Dismissed, patterns: readonly Pattern[]): OpenIncident | boolean {
    if (!this.#dismissals.add(id, dismissed, patterns)) return false;
    this.#forget(id);
    const incident = this.#openOf(id);
    if (incident === undefined) return true;
    // It went further here than who dismissed it knew.
    const rest = incident.patterns.filter((pattern) => !this.#dismissals.covers(pattern, dismissed.time));
    if (rest.length > 0) {
      this.#dismissals.add(id, dismissed, rest);
      this.#keeper?.dismissed(id, dismissed, rest);
    }
    incident.dismiss(dismissed);
    this.#close(incident, false);
    return incident;
  }

  #openOf(id: string): OpenIncident | undefined {
    for (const incident of this.#open.values()) if (incident.id === id) return incident;
    return undefined;
  }

  /** What was dismissed does not go on. */
  #forget(id: string): void {
    for (const [key, over] of this.#over) if (over.id === id) this.#over.delete(key);
  }

  #keep(incident: OpenIncident): void {
    if (this.#keeper === undefined) return;
    this.#kept.delete(incident.id);
    if (incident.isOpen) this.#kept.set(incident.id, incident.last);
    this.#keeper.seen(incident.value, incident.patterns);
  }

  get openCount(): number {
    return new Set(this.#open.values()).size;
  }

  /** Counts an exchange to the incidents of those whom it is of. */
  count(moment: Moment): void {
    const { facts } = moment;
    if (facts.time > this.#now) this.#now = facts.time;
    if (this.#open.size === 0) return;
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
    const { what, strength } = signal;
    const pattern = { detector: detector.id, about: signal.about, ...(what === undefined ? {} : { what }), strength };
    if (this.#dismissals.covers(pattern, facts.time)) return undefined;
    this.#now = Math.max(this.#now, facts.time);
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
    const isOther = incident.addPattern(pattern);
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
    if (isOther || changed || facts.time - (this.#kept.get(incident.id) ?? 0) > hour) this.#keep(incident);
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
   * @returns what was dismissed; undefined where there is no such open one
   */
  dismiss(id: string, time: number, note: string): OpenIncident | undefined {
    const incident = this.#openOf(id) ?? this.#overOf(id, time);
    if (incident === undefined) return undefined;
    const dismissed = { time: Math.max(time, incident.last), note };
    this.#dismissals.add(id, dismissed, incident.patterns);
    this.#keeper?.dismissed(id, dismissed, incident.patterns);
    incident.dismiss(dismissed);
    this.#forget(id);
    this.#elsewhere.delete(id);
    this.#close(incident, false);
    return incident;
  }

  /** One of before this process or of another instance, as long as it counts as open. */
  #overOf(id: string, time: number): OpenIncident | undefined {
    this.#now = Math.max(this.#now, time);
    const known = this.#elsewhere.get(id);
    return known !== undefined && this.#asKnown(known.incident).status === 'open' ? known.over : undefined;
  }

  #close(incident: OpenIncident, again = true): void {
    for (const [key, one] of this.#open)
      if (one === incident) {
        this.#open.delete(key);
        if (again) this.#remember(key, incident);
      }
    incident.close();
    this.#keep(incident);
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
    this.#elsewhere.delete(over.id);
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

/** Whether what is known of an incident is no older. */
function isAsNew(known: Incident, incident: Incident): boolean {
  return (
    known.end >= incident.end && known.detectionCount >= incident.detectionCount && known.status === incident.status
  );
}

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
