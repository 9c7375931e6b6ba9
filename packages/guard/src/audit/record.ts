import type { Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { GuardCore } from '../core.ts';
import type { Change, Verdict } from '../exchange.ts';
import { modesIn } from '../modes.ts';
import type { Actor } from '../actor.ts';
import type { PermittedAction } from '../authorize/decisions.ts';
import type { RefusedDecision } from '../problem.ts';
import { alarmsOf, allowedOf } from './decided.ts';
import type { Ended } from './ended.ts';
import type { ActorEvent, RefusedEvent } from './event.ts';
import { flat } from './flat.ts';
import type { IdHash } from './id-hash.ts';
import { nobody, ocsfVersion } from './ocsf/parts.ts';
import { compilePath } from './path.ts';
import { shownChange, shownNames, type ShownNames } from './shown-names.ts';

/** Writes an event as a JSON line, without the line end. */
export type Recorder = (ended: Ended) => string;

const activities: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    POST: 1,
    GET: 2,
    HEAD: 2,
    QUERY: 2,
    PUT: 3,
    PATCH: 3,
    DELETE: 4,
  }),
);
const maxPath = 512;

/** The beginning of a line, by activity, status and severity. */
const heads = new Map(
  [1, 2, 3, 4, 99].map((activity) => [
    activity,
    [1, 2, 0].map((status) =>
      [0, 1, 2, 3, 4, 5].map((severity) =>
        flat(
          `{"class_uid":6003,"category_uid":6,"activity_id":${activity},"type_uid":${600300 + activity},"severity_id":${severity},"status_id":${status},"time":`,
        ),
      ),
    ),
  ]),
);
const durations = Array.from({ length: 1000 }, (_, duration) => flat(durationOf(duration)));

function durationOf(duration: number): string {
  return `,"duration":${duration},"metadata":{"version":"${ocsfVersion}","uid":"`;
}

/** What stands behind the actor, before the address. */
const source = ',"src_endpoint":{"ip":';
/** OCSF wants somebody to be the actor. */
const unknownActor = flat(JSON.stringify({ user: nobody }) + source);
/** In the place of the answer's status, of an exchange that goes on. */
const begun = '}},"unmapped":{"castellan":{"begun":true,"mode":"';
const product = '","product":{"name":"Castellan","vendor_name":"Castellan"}},"api":{"operation":';

/**
 * Compiles the event of an operation (or of requests that reach none): all that is the same for every request is
 * written once, as text.
 */
export function compileRecord(core: GuardCore, operation: Operation | undefined): Recorder {
  const { contract, settings } = core;
  const own = heads.get(activities.get(operation?.method ?? '') ?? 99) ?? [];
  const { requests: mode, responses } = modesIn(contract, operation, settings);
  const modes = responses === mode ? mode : `${mode}","responseMode":"${responses}`;
  const operationId = JSON.stringify(operation?.operationId ?? '');
  const service = `"version":${JSON.stringify(contract.version)},"service":{"name":${JSON.stringify(contract.title)}}`;
  const api = flat(`${product}${operationId},${service}},"actor":`);
  const template = operation === undefined ? '' : `,"template":${JSON.stringify(operation.path)}`;
  const what = `${modes}","contract":"${contract.digest.slice(7, 19)}"${template}`;
  const answers = new Answers(what);
  const pathOf = compilePath(contract, operation);
  const hashId = core.authority?.hashId;
  const shown = shownNames(contract);
  const refused = (of: Verdict): RefusedEvent => refusedEvent(of, hashId, shown);
  const { pseudonyms } = core;
  const allowedText = (entry: PermittedAction): string => allowedEvent(entry, hashId);

  return (ended) => {
    const { auth, verdict, observed, method, status } = ended;
    const allowed = allowedOf(ended);
    const alarms = alarmsOf(core, ended, allowed);
    const severity =
      verdict?.refusal.critical === true
        ? 5
        : ended.failure !== undefined || verdict?.stage === 'release' || alarms !== undefined
          ? 4
          : verdict === undefined
            ? 1
            : 3;
    const person = auth === undefined ? undefined : pseudonyms?.(auth, ended.address);
    const duration = Math.max(0, Math.round(ended.duration));
    // One expression of few parts: the engine joins it once.
    let line =
      (own[ended.begun ? 2 : status > 0 && status < 400 ? 0 : 1]?.[severity] ?? '') +
      timeText(ended.now) +
      (durations[duration] ?? durationOf(duration)) +
      ended.id +
      api +
      (auth === undefined ? unknownActor : person === undefined ? actorOf(auth) : person.actor + source) +
      addressText(person?.address ?? ended.address) +
      answers.textOf(method, pathOf(ended.path), status, ended.begun);
    if (ended.outside !== undefined) line += `,"outside":${quote(ended.outside)}`;
    if (ended.undocumented !== undefined)
      line += `,"undocumented":${JSON.stringify(ended.undocumented.map((use) => shownUse(use, shown)))}`;
    if (ended.trace !== undefined) line += `,"trace":${JSON.stringify(ended.trace)}`;
    if (ended.leniencies !== undefined)
      line += `,"lenient":${JSON.stringify(ended.leniencies.map((use) => shownUse(use, shown)))}`;
    if (verdict !== undefined) line += `,"refused":${JSON.stringify(refused(verdict))}`;
    if (allowed !== undefined) {
      line += `,"allowed":[${allowed.map(allowedText).join()}]`;
      if (ended.explained !== undefined && person === undefined)
        line += `,"explained":${JSON.stringify(ended.explained)}`;
    }
    if (person !== undefined) line += `,"sealed":"${person.sealed}"`;
    else if (auth?.actor !== undefined) line += `,"act":${JSON.stringify(actEvent(auth.actor))}`;
    if (alarms !== undefined) line += `,"alarms":${JSON.stringify(alarms)}`;
    const { changes } = ended;
    if (responses === 'enforce') {
      if (observed !== undefined) line += `,"observed":${JSON.stringify(observed.map(refused))}`;
      if (ended.removed > 0) line += `,"removed":${ended.removed}`;
      if (changes !== undefined)
        line += `,"changed":${JSON.stringify(changes.map((change) => shownChange(change, shown)))}`;
    } else if (observed !== undefined || changes !== undefined)
      line += `,"observed":${JSON.stringify([...(observed ?? []).map(refused), ...(changes ?? []).map((change) => changedEvent(shownChange(change, shown)))])}`;
    if (ended.failure !== undefined) line += `,"failure":${JSON.stringify(ended.failure)}`;
    return `${line}}}}`;
  };
}

/** What an event says of request and answer: most of an operation are as the last one was. */
class Answers {
  readonly #what: string;
  #method = '';
  #path = '';
  #status = -1;
  #begun = false;
  #text = '';

  /** @param what stands behind them: modes, contract and template */
  constructor(what: string) {
    this.#what = what;
  }

  textOf(method: string, path: string, status: number, isBegun: boolean): string {
    if (status !== this.#status || path !== this.#path || method !== this.#method || isBegun !== this.#begun) {
      this.#method = method;
      this.#path = path;
      this.#status = status;
      this.#begun = isBegun;
      const answer = isBegun ? begun : `}},"http_response":{"code":${status}},"unmapped":{"castellan":{"mode":"`;
      this.#text = flat(
        `},"http_request":{"http_method":${quote(method.slice(0, 32))},"url":{"path":${quote(path.slice(0, maxPath))}${answer}${this.#what}`,
      );
    }
    return this.#text;
  }
}

const actors = new WeakMap<AuthContext, string>();

/** A credential that is remembered has one context, and what is written of it is written once. */
function actorOf(auth: AuthContext): string {
  let actor = actors.get(auth);
  if (actor === undefined) {
    actor = flat(
      `{"user":{"uid":${quote(auth.subject)}},"session":{"uid":${quote(auth.credential.id)},"issuer":${quote(auth.issuer)}}}${source}`,
    );
    actors.set(auth, actor);
  }
  return actor;
}

let lastAddress = '';
let lastAddressText = '""';

function addressText(address: string): string {
  if (address !== lastAddress) {
    lastAddress = address;
    lastAddressText = quote(address);
  }
  return lastAddressText;
}

let lastTime = 0;
let lastTimeText = '0';

/** Many requests come within one millisecond. */
function timeText(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastTimeText = String(time);
  }
  return lastTimeText;
}

function refusedEvent({ stage, refusal }: Verdict, hashId: IdHash | undefined, shown: ShownNames): RefusedEvent {
  const { decision } = refusal;
  const issues = refusal.errors?.slice(0, 5).map((issue) => `${shown.pointer(issue.pointer)} ${issue.keyword}`);
  return {
    stage,
    type: refusal.type,
    ...(refusal.reason === undefined ? {} : { reason: refusal.reason }),
    ...(refusal.log === undefined ? {} : { log: refusal.log }),
    ...(issues === undefined ? {} : { issues }),
    ...(decision === undefined ? {} : decisionEvent(decision, hashId)),
  };
}

function decisionEvent({ action, policies, type, id }: RefusedDecision, hashId: IdHash | undefined) {
  const isNamed = id !== undefined && id !== '' && hashId !== undefined;
  return { action, policies, object: { type, ...(isNamed ? { id: hashId(type, id) } : {}) } };
}

function allowedEvent(entry: PermittedAction, hashId: IdHash | undefined): string {
  const { action, type, id, count, policies } = entry;
  const name = id === undefined || id === '' || hashId === undefined ? '' : `,"id":"${hashId(type, id)}"`;
  const objects = id === undefined && count > 1 ? `,"objects":${count}` : '';
  return `{"action":${quote(action)},"policies":${JSON.stringify(policies)},"object":{"type":${quote(type)}${name}}${objects}}`;
}

function actEvent({ subject, issuer, actor }: Actor): ActorEvent {
  return {
    sub: subject,
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(actor === undefined ? {} : { act: actEvent(actor) }),
  };
}

/** Names and places that callers and handlers wrote, as an event may have them. */
function shownUse<T extends { readonly what: string; readonly places: readonly string[] }>(
  use: T,
  shown: ShownNames,
): T {
  return use.what === 'mediaTypes' ? use : { ...use, places: use.places.map((place) => shown.pointer(place)) };
}

/** What `enforce` would have changed in the answer. */
function changedEvent({ reason, places }: Change): RefusedEvent {
  return { stage: 'release', type: 'response-changed', reason, log: places.join(', ') };
}

/** JSON string of mostly plain text: only what needs escaping pays for it. */
function quote(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 34 || code === 92 || code > 126) return JSON.stringify(text);
  }
  return `"${text}"`;
}
