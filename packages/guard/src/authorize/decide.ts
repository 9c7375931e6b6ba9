import { compileResourceAccess, type Findings, type FoundResource, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal, RefusedDecision } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Authorization } from './authorization.ts';
import type { KnownObject } from './known-object.ts';
import type { Ruling } from './one-ruling.ts';
import { Undecidable } from './attributes.ts';
import type { Authority } from './authority.ts';
import { withAuthorization } from './begin.ts';
import { compileBodyLooks } from './body-looks.ts';
import { entityKey, shownKey, type EntityUid } from './directory.ts';
import { aboutPrincipal } from './heads.ts';
import { Ledger } from './ledger.ts';
import { LoadFailure, maxObjects } from './load.ts';
import { decidedIds, fromCaller, isId, subjectOf, type OperationSubject } from './operation-subject.ts';
import { denied, hiding } from './refusals.ts';

type Decided = Refusal | undefined;

/**
 * May this principal call this operation (API5:2023), on this object (API1:2023)? Before the handler where the object
 * can be had; reads of objects that nobody loads are decided on the answer itself. Whoever decides closes the question in
 * the ledger; a way through here on which nobody did leaves it open.
 */
export const decide: Stage = {
  name: 'authorize',
  controls({ authority }, operation) {
    if (authority === undefined) return [];
    const { asks, governed } = subjectOf(authority, operation);
    const onObject = operation.resource !== undefined && (asks || authority.explicit);
    return [
      ...(governed || authority.explicit ? ['function-authorization' as const] : []),
      ...(onObject ? ['object-authorization' as const] : []),
    ];
  },
  compile(core, operation) {
    const { authority } = core;
    if (authority === undefined) return undefined;
    const subject = subjectOf(authority, operation);
    const { facts, types, governed, asks } = subject;
    if (!governed && authority.explicit)
      return () => denied(core, operation, `no policy speaks of ${facts.id}`, 'no-policy', refusedBy(subject));
    if (!governed && ![...types].some((type) => facts.forbids(type))) return undefined;
    const ask = questionOf(core, authority, operation, subject);
    return (exchange) => {
      if (asks) exchange.ledger = new Ledger(subject);
      let outcome: Decided | Promise<Decided>;
      try {
        outcome = withAuthorization(core, exchange, ask);
      } catch (error) {
        return hiding(core, operation, refusalFor(error));
      }
      return outcome instanceof Promise
        ? outcome.catch((error: unknown) => hiding(core, operation, refusalFor(error)))
        : outcome;
    };
  },
};

/** What could not be loaded is refused as its failure says; anything else is no decision. */
export function refusalFor(error: unknown): Refusal {
  if (error instanceof LoadFailure) return error.refusal;
  throw error;
}

/** Whether the operation's object can be had before the handler runs. */
export function canLoad(authority: Authority, operation: Operation, type: string): boolean {
  if (authority.loaders.get(type) !== undefined) return true;
  return operation.castellan.resolve !== undefined && authority.resolver !== undefined;
}

function questionOf(
  core: GuardCore,
  authority: Authority,
  operation: Operation,
  subject: OperationSubject,
): (authorization: Authorization) => Decided | Promise<Decided> {
  const { facts, type, id, safe, governed } = subject;
  const refuse: Refuse = (rulings, objectOf, authorization) => {
    const no = rulings.findIndex((ruling) => !(ruling.allowed || (!governed && !ruling.forbidden)));
    if (rulings.length > 0) authorization.exchange.ledger?.close();
    if (no === -1) return undefined;
    const object = objectOf(no);
    const { why = '', policies = [] } = rulings[no] ?? {};
    const isNamed = typeof object !== 'string';
    const what = isNamed ? shownKey(authority, object.type, object.id) : object;
    const decision = { action: facts.id, type, id: isNamed ? object.id : undefined, policies };
    return denied(core, operation, `${facts.id} on ${what}: ${why}`, 'policy-denied', decision);
  };
  if (type === authority.api.type) {
    return (authorization) =>
      thenRefuse(
        authorization.settled(() => authorization.rule(facts, authority.api)),
        (ruling) => refuse([ruling], () => 'the API', authorization),
      );
  }
  if (id === fromCaller) {
    return (authorization) => {
      const { principal } = authorization;
      // A caller without a credential has no object of its own.
      const own =
        principal.type === authority.nameOf(type) ? principal : authorization.entity(type, principal.id, undefined);
      return thenRefuse(
        authorization.settled(() => authorization.rule(facts, own)),
        (ruling) => refuse([ruling], () => "the caller's own object", authorization),
      );
    };
  }
  if (id === undefined) return safe ? later(core, operation, subject) : creation(core, operation, subject, refuse);
  const unnamed = safe ? later(core, operation, subject) : onEvery(core, operation, subject, refuse);
  if (!canLoad(authority, operation, type)) {
    const onAnswer = safe ? later(core, operation, subject) : undefined;
    return (authorization) => {
      const ids = decidedIds(authorization.exchange, id);
      if (ids === undefined) return unnamed(authorization);
      return onAnswer === undefined ? onNames(authorization, subject, ids, refuse) : onAnswer(authorization, ids);
    };
  }
  const through = core.contract.operations.find((one) => one.operationId === operation.castellan.resolve?.operation);
  const written = puts(authority, operation, subject) ? compileWritten(core, operation, type) : undefined;
  return async (authorization) => {
    const ids = decidedIds(authorization.exchange, id);
    if (ids === undefined) return unnamed(authorization);
    const found = await authorization.objects(type, ids, through);
    return onObjects(authorization, subject, written === undefined ? found : written(authorization, found), refuse);
  };
}

/**
 * Whether an operation makes the object that its path names, where there is none. A loader knows what there is; an upstream may
 * answer 404 of what it hides.
 */
export function puts(authority: Authority, operation: Operation, { id, type }: OperationSubject): boolean {
  return (
    operation.method === 'PUT' &&
    id?.startsWith('path.') === true &&
    creates(operation, type) &&
    authority.loaders.get(type) !== undefined
  );
}

/** Of an operation that puts an object where there is none (RFC 9110 section 9.3.4): it is decided on as the body makes it. */
function compileWritten(
  core: GuardCore,
  operation: Operation,
  type: string,
): (authorization: Authorization, objects: readonly KnownObject[]) => readonly KnownObject[] {
  const foundIn = compileFound(core, operation, type);
  return ({ exchange }, objects) => {
    if (objects.every(({ value }) => value !== undefined)) return objects;
    const [found] = foundIn(exchange);
    const body = found?.value ?? recordOf(exchange.value);
    return body === undefined
      ? objects
      : objects.map((object) => (object.value === undefined ? { ...object, value: body, isNew: true } : object));
  };
}

/** Says no to the first that is not allowed; decided is what it was asked about at least one. */
type Refuse = (
  rulings: readonly Ruling[],
  objectOf: (index: number) => EntityUid | string,
  authorization: Authorization,
) => Decided;

/** Objects that were loaded, or are known not to be there. */
async function onObjects(
  authorization: Authorization,
  { facts, type }: OperationSubject,
  objects: readonly KnownObject[],
  refuse: Refuse,
): Promise<Decided> {
  const rulings = await authorization.settled(() =>
    objects.map(({ id, value }) => authorization.rule(facts, authorization.entity(type, id, value))),
  );
  let absent: KnownObject | undefined;
  const refusal = refuse(
    rulings,
    (index) => {
      const object = objects[index];
      if (object?.value === undefined) absent = object;
      return { type, id: object?.id ?? '' };
    },
    authorization,
  );
  if (absent !== undefined)
    return {
      type: 'not-found',
      reason: 'no-object',
      log: `there is no ${shownKey(authorization.authority, type, absent.id)}`,
    };
  if (refusal === undefined)
    for (const object of objects)
      if (object.isNew !== true) authorization.granted.set(entityKey(type, object.id), object);
  return refusal;
}

/** Objects of which only the name is known. */
function onNames(
  authorization: Authorization,
  { facts, type }: OperationSubject,
  ids: readonly string[],
  refuse: Refuse,
): Decided | Promise<Decided> {
  return thenRefuse(
    authorization.settled(() => ids.map((id) => authorization.rule(facts, authorization.entity(type, id, undefined)))),
    (rulings) => refuse(rulings, (index) => ({ type, id: ids[index] ?? '' }), authorization),
  );
}

/**
 * A write that does not name its objects may be about all of them: a policy must permit it whatever the object is, and none
 * may forbid it on some.
 */
function onEvery(
  core: GuardCore,
  operation: Operation,
  { facts, type }: OperationSubject,
  refuse: Refuse,
): (authorization: Authorization) => Decided | Promise<Decided> {
  if (facts.forbidsSome(type))
    return () =>
      denied(core, operation, `${facts.id} names no ${type}, and a policy forbids it on some`, 'no-id', {
        action: facts.id,
        type,
        policies: [],
      });
  return (authorization) =>
    thenRefuse(
      authorization.settled(() => authorization.ruleOnAny(facts, authorization.entity(type, '', undefined))),
      (ruling) => refuse([ruling], () => `any ${type}`, authorization),
    );
}

/** Finds the objects of a type in a body, those within others left out. */
function compileFound(
  core: GuardCore,
  operation: Operation,
  type: string,
): (exchange: Exchange) => readonly FoundResource[] {
  const looks = compileBodyLooks(core, operation).filter(({ types }) => types.has(type));
  return (exchange) => {
    const findings: Findings = { resources: [], properties: [] };
    for (const look of looks) look.find(exchange, findings);
    return findings.resources.filter((one) => one.type === type && one.owner === undefined);
  };
}

/** Whether the contract says that an operation makes new objects: it is posted to their collection, or answers 201. */
export function creates(operation: Operation, type: string): boolean {
  return (
    operation.responses.some(({ status }) => status === '201') ||
    (operation.method === 'POST' && operation.resource?.type === type)
  );
}

/**
 * New objects: what the body says of them is what can be decided on. It may be a list, or wrap them. Where nothing says that
 * there is a new one, the body only counts where it names each of its objects, which are decided on as they are stored.
 */
function creation(
  core: GuardCore,
  operation: Operation,
  subject: OperationSubject,
  refuse: Refuse,
): (authorization: Authorization) => Decided | Promise<Decided> {
  const { facts, type } = subject;
  const foundIn = compileFound(core, operation, type);
  const isNew = creates(operation, type);
  const every = onEvery(core, operation, subject, refuse);
  return (authorization) => {
    const { exchange } = authorization;
    const { value } = exchange;
    const found = foundIn(exchange);
    if (!isNew && (found.length === 0 || !found.every((one) => isId(one.value[one.idName]))))
      return every(authorization);
    const bodies: readonly unknown[] =
      found.length > 0 ? [...new Set(found.map((one) => one.value))] : Array.isArray(value) ? value : [value];
    if (bodies.length > maxObjects)
      return { type: 'forbidden', reason: 'too-many-objects', detail: `At most ${maxObjects} objects in one request.` };
    // A list of none is asked about as an object of which nothing is known.
    const asked = bodies.length === 0 ? [undefined] : bodies;
    return thenRefuse(
      authorization.settled(() =>
        asked.map((body) => authorization.rule(facts, authorization.entity(type, '', recordOf(body)))),
      ),
      (rulings) => refuse(rulings, () => `a new ${type}`, authorization),
    );
  };
}

/**
 * Whether the principal could be permitted on anything at all: some policy may permit, and none forbids whatever the object
 * is. Each object is decided on when it is answered.
 *
 * The function takes the ids that the request names; without them it is about a collection.
 */
function later(
  core: GuardCore,
  operation: Operation,
  subject: OperationSubject,
): (authorization: Authorization, ids?: readonly string[]) => Decided | Promise<Decided> {
  const { facts, types, governed } = subject;
  const refused = refusedBy(subject);
  const heads = [...types].flatMap((type) => facts.heads(type));
  // What needs no group to be fetched is asked first.
  heads.sort((a, b) => Number(a.principal.op === 'in') - Number(b.principal.op === 'in'));
  const barring = facts.barring(types);
  const asksNobody = !governed && barring.length === 0;
  const isWhole = governed && !facts.forbidsSome(subject.type) && showsNone(core, operation, types);
  return (authorization, ids) =>
    thenRefuse(
      authorization.settled(() => {
        if (asksNobody) return undefined;
        const { principal, source } = authorization;
        if (governed && !heads.some((head) => aboutPrincipal(head, principal, source)))
          return { why: `no policy permits ${facts.id} to this principal`, refused };
        if (barring.length === 0) return undefined;
        const by = holding(authorization, subject, barring);
        if (by === undefined) return undefined;
        return { why: `forbidden by ${by}, whatever the object is`, refused: { ...refused, policies: [by] } };
      }),
      (no) => {
        if (no !== undefined) return denied(core, operation, no.why, 'policy-denied', no.refused);
        authorization.exchange.ledger?.defer(ids);
        return isWhole ? onWhole(authorization, subject) : undefined;
      },
    );
}

/** Which of some policies, none of which looks at an object, holds for the caller. */
function holding(
  authorization: Authorization,
  { facts, type }: OperationSubject,
  policies: readonly string[],
): string | undefined {
  try {
    const request = { ...authorization.requestOf(facts), resource: authorization.entity(type, '', undefined) };
    return policies.find((id) => authorization.authority.set.satisfies(id, request));
  } catch (error) {
    // Whoever decides on the objects refuses them then.
    if (!(error instanceof Undecidable)) throw error;
    return undefined;
  }
}

/**
 * Whether no good answer of an operation can show an object of what it acts on: `GET /users` that answers names and no users,
 * `GET /orders/{orderId}/photos` that answers photos.
 */
export function showsNone(
  { contract }: Pick<GuardCore, 'contract'>,
  { responses }: Operation,
  types: ReadonlySet<string>,
): boolean {
  return responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content.flatMap(({ schema, itemSchema }) => schema ?? itemSchema ?? []))
    .every((schema) => {
      const shown = compileResourceAccess(contract, schema, 'response')?.types;
      return shown === undefined || [...types].every((type) => !shown.has(type));
    });
}

/** A policy that permits it whatever the objects are decides about an answer that shows none of them. */
function onWhole(authorization: Authorization, { facts, type }: OperationSubject): Decided | Promise<Decided> {
  return thenRefuse(
    authorization.settled(() => authorization.ruleOnAny(facts, authorization.entity(type, '', undefined))),
    (ruling) => {
      if (ruling.allowed) authorization.exchange.ledger?.close();
      return undefined;
    },
  );
}

/** What is refused where no policy could permit it, whatever the object is. */
function refusedBy({ facts, type }: OperationSubject): RefusedDecision {
  return { action: facts.id, type, policies: [] };
}

/** A value as an object's properties. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function thenRefuse<T>(
  answer: T | Promise<T>,
  refuse: (answer: T) => Decided | Promise<Decided>,
): Decided | Promise<Decided> {
  return answer instanceof Promise ? answer.then(refuse) : refuse(answer);
}
