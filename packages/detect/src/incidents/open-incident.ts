import type { Facts } from '@castellan/guard';
import { severities, type Detector, type ResponseAction, type Severity } from '../detector.ts';
import type { Dismissed } from './dismissals.ts';
import type { Detection, Incident, Tally } from './incident.ts';
import { patternKey, type Pattern } from './pattern.ts';

const mostDetections = 50;
const mostNames = 100;
const mostCounted = 10_000;
const mostPatterns = 1000;
const keptAtOnce = 50;

/** Counts names, within bounds. */
class Tallies {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= mostCounted) return;
    this.#counts.set(name, (before ?? 0) + count);
  }

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  get list(): readonly Tally[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, mostNames);
  }
}

/** An incident while it goes on. */
export class OpenIncident {
  readonly id: string;
  readonly start: number;
  /** Of the last detection. */
  last: number;
  severity: Severity;
  readonly detectors = new Map<string, Detector>();
  /** Whom and what detections were about. */
  readonly about = new Set<string>();
  /** By what it goes together with others: detector, operation and kind of credential. */
  readonly ways = new Set<string>();
  /** Whom and what by detector, with how far each went beyond its limit. */
  readonly #patterns = new Map<string, Pattern>();
  /** Hashes of the callers that detections were about. */
  readonly callers = new Map<number, number>();
  readonly before = { requests: 0, objects: 0, records: 0 };
  #closed = false;
  #dismissed: Dismissed | undefined;
  #end: number;
  #count = 0;
  readonly #detections: Detection[] = [];
  readonly #principals = new Tallies();
  readonly #credentials = new Tallies();
  readonly #addresses = new Tallies();
  readonly #operations = new Tallies();
  readonly #refused = new Tallies();
  readonly #objects = new Map<string, { type: string; id: string; verdict: string }>();
  readonly #gotOut = { answers: 0, objects: 0, records: 0, bytes: 0 };
  readonly #sensitive = new Map<string, number>();
  #requests = 0;
  #permitted = 0;

  constructor(id: string, time: number, severity: Severity) {
    this.id = id;
    this.start = time;
    this.last = time;
    this.#end = time;
    this.severity = severity;
  }

  /** One that began before this process, or at another instance, with what was counted until then. */
  static of(incident: Incident, detectors: readonly Detector[], patterns: readonly Pattern[]): OpenIncident {
    const open = new OpenIncident(incident.id, incident.start, incident.severity);
    open.last = incident.detections.at(-1)?.time ?? incident.end;
    open.#end = incident.end;
    open.#closed = incident.status === 'closed';
    for (const detector of detectors) open.detectors.set(detector.id, detector);
    for (const pattern of patterns) open.addPattern(pattern);
    open.#detections.push(...incident.detections);
    open.#count = incident.detectionCount;
    for (const [tallies, list] of [
      [open.#principals, incident.principals],
      [open.#credentials, incident.credentials],
      [open.#addresses, incident.addresses],
      [open.#operations, incident.operations],
      [open.#refused, incident.refused],
    ] as const)
      for (const { name, count } of list) tallies.add(name, count);
    for (const { type, id, verdict } of incident.objects) open.#object(type, id, verdict);
    const { answers, objects, records, bytes, sensitive } = incident.gotOut;
    Object.assign(open.#gotOut, { answers, objects, records, bytes });
    for (const [name, count] of Object.entries(sensitive)) open.#sensitive.set(name, count);
    open.#requests = incident.requests;
    Object.assign(open.before, incident.before);
    return open;
  }

  /** What is dismissed with it. */
  get patterns(): readonly Pattern[] {
    return [...this.#patterns.values()];
  }

  /** @returns whether it is one of the first fifty that are new */
  addPattern(pattern: Pattern): boolean {
    const key = patternKey(pattern);
    const before = this.#patterns.get(key);
    if (before === undefined && this.#patterns.size >= mostPatterns) return false;
    if (before === undefined || before.strength < pattern.strength) this.#patterns.set(key, pattern);
    return before === undefined && this.#patterns.size <= keptAtOnce;
  }

  /** Adds what a detector saw; gives whether the incident is another one by it: a new kind, or worse. */
  detect(detector: Detector, detection: Detection): boolean {
    this.last = detection.time;
    this.#count += 1;
    const isNew = !this.detectors.has(detector.id);
    this.detectors.set(detector.id, detector);
    // The first ones and the latest ones tell most.
    if (this.#detections.length >= mostDetections) this.#detections.splice(mostDetections / 2, 1);
    this.#detections.push(detection);
    const before = this.severity;
    this.#raise(detection.severity);
    if (this.detectors.size >= 3) this.#raise('high');
    return isNew || this.severity !== before;
  }

  #raise(to: Severity): void {
    if (severities.indexOf(to) > severities.indexOf(this.severity)) this.severity = to;
  }

  /** Whether a principal is part of it. */
  names(subject: string): boolean {
    return this.#principals.has(subject);
  }

  /** Counts an exchange of somebody whom it is about. */
  count(facts: Facts): void {
    this.#requests += 1;
    this.#end = Math.max(this.#end, facts.time);
    const { principal, refused, status } = facts;
    if (principal !== undefined) {
      this.#principals.add(principal.subject);
      this.#credentials.add(principal.credentialId);
    }
    this.#addresses.add(facts.address);
    this.#operations.add(facts.operation === '' ? `${facts.method} ${facts.template}` : facts.operation);
    if (refused !== undefined) this.#refused.add(`${refused.stage}: ${refused.type}`);
    else if (status >= 400) this.#refused.add(`answered ${status}`);
    for (const { type, id, verdict } of facts.objects) this.#object(type, id, verdict);
    if (status < 200 || status >= 400) return;
    this.#gotOut.answers += 1;
    this.#gotOut.objects += facts.objects.length === 0 ? 0 : facts.objectCount;
    this.#gotOut.records += facts.records;
    this.#gotOut.bytes += facts.bytesOut;
    for (const [name, count] of Object.entries(facts.sensitive))
      if (this.#sensitive.size < mostNames) this.#sensitive.set(name, (this.#sensitive.get(name) ?? 0) + count);
  }

  /** What was handed out is named first: what was only tried gives way to it. */
  #object(type: string, id: string, verdict: string): void {
    const key = `${type}/${id}/${verdict}`;
    if (this.#objects.has(key)) return;
    if (this.#objects.size >= mostNames) {
      if (verdict !== 'permitted' || this.#permitted >= mostNames) return;
      for (const [other, { verdict: tried }] of this.#objects)
        if (tried !== 'permitted') {
          this.#objects.delete(other);
          break;
        }
    }
    if (verdict === 'permitted') this.#permitted += 1;
    this.#objects.set(key, { type, id, verdict });
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  dismiss(dismissed: Dismissed): void {
    this.#dismissed = dismissed;
  }

  reopen(): void {
    this.#closed = false;
  }

  /** What is known of it now, as a value. */
  get value(): Incident {
    const detectors = [...this.detectors.values()];
    const first = detectors[0];
    const about = this.#detections[0]?.about;
    return {
      id: this.id,
      title: `${first?.title ?? 'Detection'}${about === undefined ? '' : ` (${about.kind} ${about.id})`}`,
      severity: this.severity,
      status: this.#closed ? 'closed' : 'open',
      ...(this.#dismissed === undefined ? {} : { dismissed: this.#dismissed }),
      start: this.start,
      end: this.#end,
      owasp: [...new Set(detectors.flatMap(({ owasp }) => owasp))],
      detectors: detectors.map(({ id }) => id),
      detections: [...this.#detections],
      detectionCount: this.#count,
      principals: this.#principals.list,
      credentials: this.#credentials.list,
      addresses: this.#addresses.list,
      operations: this.#operations.list,
      objects: [...this.#objects.values()],
      requests: this.#requests,
      refused: this.#refused.list,
      gotOut: { ...this.#gotOut, sensitive: Object.fromEntries(this.#sensitive) },
      before: { ...this.before },
      remediation: first?.remediation ?? '',
      action: strongest(detectors),
    };
  }
}

const order: readonly ResponseAction[] = ['observe', 'step-up', 'limit', 'ban'];

function strongest(detectors: readonly Detector[]): ResponseAction {
  return detectors.reduce<ResponseAction>(
    (worst, { response }) => (order.indexOf(response) > order.indexOf(worst) ? response : worst),
    'observe',
  );
}
