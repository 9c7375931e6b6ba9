import type { Operation } from '@castellan/contract';
import { alarmsOf, allowedOf } from '../audit/decided.ts';
import type { Ended } from '../audit/ended.ts';
import { shownChange, shownNames } from '../audit/shown-names.ts';
import type { AuthContext } from '../auth-context.ts';
import type { GuardCore } from '../core.ts';
import type { Verdict } from '../exchange.ts';
import type { HandedOut } from '../limits/handed-out.ts';
import type { Facts, ObjectFact, PrincipalFact, RefusedFact } from './facts.ts';
import type { TraceContext } from '../trace-context.ts';
import { compileTemplate } from './template.ts';

/** Makes the facts of an exchange that ended. */
export type FactMaker = (ended: Ended) => Facts;

/** Objects that facts name at most. */
const maxObjects = 100;

const none: readonly never[] = Object.freeze([]);
const nothing: Readonly<Record<string, number>> = Object.freeze({});

/**
 * Compiles the facts of an operation, or of requests that reach none.
 * @param operation undefined where no operation was reached
 */
export function compileFacts(core: GuardCore, operation: Operation | undefined): FactMaker {
  const { contract, hashId } = core;
  const api = contract.title;
  const digest = contract.digest.slice(7, 19);
  const name = operation === undefined ? '' : (operation.operationId ?? `${operation.method} ${operation.path}`);
  const shown = shownNames(contract);
  const templateOf = operation === undefined ? compileTemplate(core) : () => operation.path;

  return (ended) => {
    const { auth, verdict, observed } = ended;
    const objects = objectsOf(ended, hashId);
    return {
      id: ended.id,
      time: ended.now,
      duration: ended.duration,
      api,
      contract: digest,
      operation: name,
      method: ended.method,
      template: templateOf(ended.path),
      status: ended.status,
      address: ended.address,
      agent: ended.agent === undefined ? '' : hashId('agent', ended.agent),
      principal: auth === undefined ? undefined : principalOf(auth),
      attempt: ended.attempt,
      refused: verdict === undefined ? undefined : refusedOf(verdict),
      ...(ended.probe === undefined ? {} : { probe: ended.probe }),
      observed: observed === undefined ? none : observed.map(refusedOf),
      objects: objects.list,
      objectCount: objects.count,
      records: ended.handedOut?.records ?? 0,
      bytesIn: ended.bytesIn,
      bytesOut: ended.bytesOut,
      sensitive: sensitiveOf(ended.handedOut),
      removed: ended.removed,
      ...(ended.changes === undefined ? {} : { changes: ended.changes.map((change) => shownChange(change, shown)) }),
      ...(ended.timings === undefined ? {} : { timings: ended.timings }),
      alarms: alarmsOf(core, ended, allowedOf(ended)) ?? none,
      trace: ended.trace === undefined ? undefined : traceOf(ended.trace),
    };
  };
}

const principals = new WeakMap<AuthContext, PrincipalFact>();

/** A credential that is remembered has one context, and one fact. */
function principalOf(auth: AuthContext): PrincipalFact {
  let principal = principals.get(auth);
  if (principal === undefined) {
    principal = {
      subject: auth.subject,
      issuer: auth.issuer,
      tenant: auth.tenant,
      credentialKind: auth.credential.kind,
      credentialId: auth.credential.id,
    };
    principals.set(auth, principal);
  }
  return principal;
}

function refusedOf({ stage, refusal }: Verdict): RefusedFact {
  return { stage, type: refusal.type, reason: refusal.reason };
}

function traceOf({ traceId, spanId, parentId, flags }: TraceContext): Facts['trace'] {
  return { traceId, spanId, parentId, sampled: (flags & 1) === 1 };
}

/** How often a sensitive property was handed out, by its name. */
function sensitiveOf(handedOut: HandedOut | undefined): Readonly<Record<string, number>> {
  return handedOut === undefined || handedOut.sensitive.size === 0 ? nothing : Object.fromEntries(handedOut.sensitive);
}

/** Objects that policies decided on, and that the answer gave away. */
function objectsOf(
  { decisions, verdict, handedOut, removedObjects }: Ended,
  hashId: GuardCore['hashId'],
): { readonly list: readonly ObjectFact[]; readonly count: number } {
  const permitted = decisions?.permitted;
  const refused = verdict?.refusal.decision;
  const given = handedOut === undefined || handedOut.objects.size === 0 ? undefined : handedOut.objects;
  if (permitted === undefined && refused === undefined && given === undefined && removedObjects === undefined)
    return { list: none, count: 0 };
  const list = new Map<string, ObjectFact>();
  const add = (type: string, id: string | undefined, verdict: ObjectFact['verdict']): void => {
    if (id === undefined || id === '' || list.size >= maxObjects || list.has(`${type} ${id}`)) return;
    list.set(`${type} ${id}`, { type, id: hashId(type, id), verdict });
  };
  let decided = 0;
  for (const { type, id, count } of permitted ?? none) {
    decided += count;
    add(type, id, 'permitted');
  }
  let handed = 0;
  for (const [type, ids] of given ?? [])
    for (const id of ids) {
      handed += 1;
      add(type, id, 'permitted');
    }
  add(refused?.type ?? '', refused?.id, 'refused');
  for (const { type, id } of removedObjects ?? none) add(type, id, 'removed');
  return { list: [...list.values()], count: Math.max(decided, handed, list.size) };
}
