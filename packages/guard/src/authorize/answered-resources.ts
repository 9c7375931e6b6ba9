import {
  compileResourceAccess,
  escapePointer,
  pointersIn,
  type Findings,
  type FoundProperty,
  type FoundResource,
  type MediaType,
  type Operation,
  type ResourceAccess,
} from '@castellan/contract';
import type { Entity } from '@castellan/policy';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { AnswerCheck, AnswerCheckFunction, AnswerOutcome } from './answer-check.ts';
import type { Authority } from './authority.ts';
import type { Authorization } from './authorization.ts';
import type { Ruling } from './one-ruling.ts';
import { Undecidable } from './attributes.ts';
import { withAuthorization } from './begin.ts';
import { entityKey, shownKey } from './directory.ts';
import { LoadFailure } from './load.ts';
import type { Ledger } from './ledger.ts';
import { subjectOf, type OperationSubject } from './operation-subject.ts';
import { denied, undecided, withheldObject } from './refusals.ts';
import { mayTouch } from './rules.ts';

/**
 * Every resource in an answer must be one that the caller may have, decided on what the answer itself says of it
 * (API1:2023), and properties that the caller may not read are taken out (API3:2023). What leaves is a read: an object
 * may leave where the called operation is permitted on it as it is now, or reading it is.
 */
export const answeredResources: AnswerCheck = {
  compile(core, operation, media, status) {
    const access = accessOf(core, media);
    const subject = core.authority === undefined ? undefined : subjectOf(core.authority, operation);
    if (subject === undefined || core.authority === undefined)
      return access === undefined ? undefined : propertiesOnly(core, access);
    if (access === undefined) return subject.asks && status < 400 ? nothingFound(core, operation) : undefined;
    const ask = questionOf(core, core.authority, operation, subject, access, status < 400);
    return (exchange, value) => {
      try {
        const outcome = withAuthorization(core, exchange, (authorization) => ask(authorization, value));
        return outcome instanceof Promise ? outcome.catch((error: unknown) => failed(core, operation, error)) : outcome;
      } catch (error) {
        return failed(core, operation, error);
      }
    };
  },
};

function accessOf(core: GuardCore, { schema }: MediaType): ResourceAccess | undefined {
  if (schema === undefined) return undefined;
  return compileResourceAccess(core.contract, schema, 'response', { resources: core.authority !== undefined });
}

/** Without policies, there are still properties that only some may read. */
function propertiesOnly(core: GuardCore, access: ResourceAccess): AnswerCheckFunction {
  return (exchange, value) => {
    const findings: Findings = { resources: [], properties: [] };
    if (!access.visit(value, findings)) return undecided(core, 'the answer is nested too deeply');
    if (!mayTouchWhole(core, exchange, access, () => undefined)) return unreadable(core);
    return remove(
      exchange,
      value,
      findings.properties.filter(({ rule }) => !mayTouch(core, exchange, rule, () => undefined)),
      [],
    );
  };
}

/** The answer to a question about an object that holds no object: somebody has to have decided before. */
function nothingFound(core: GuardCore, operation: Operation): AnswerCheckFunction {
  return (exchange) => ((exchange.ledger?.isOpen ?? true) ? withoutObject(core, operation) : undefined);
}

/** What the schema of the whole answer says of who may read it. */
function mayTouchWhole(
  core: GuardCore,
  exchange: Exchange,
  { whole }: ResourceAccess,
  owner: () => Entity | undefined,
): boolean {
  return whole.every((allowed) => mayTouch(core, exchange, { name: '', allowed }, owner));
}

function unreadable(core: GuardCore): AnswerOutcome {
  return {
    type: 'response-withheld',
    status: core.settings.withheldStatus,
    reason: 'unreadable-answer',
    log: 'the caller may not read what the schema of the answer says of it',
  };
}

function withoutObject(core: GuardCore, operation: Operation): AnswerOutcome {
  const { type } = operation.resource ?? {};
  return undecided(core, `${operation.operationId} answers without the ${type ?? 'object'} that could be decided on`);
}

function failed(core: GuardCore, operation: Operation, error: unknown): AnswerOutcome {
  if (error instanceof LoadFailure) return { ...error.refusal, critical: true };
  if (error instanceof Undecidable) return undecided(core, `${operation.operationId}: ${error.message}`);
  throw error;
}

/** What is to become of the objects and properties that were found. */
interface Judgement {
  readonly objects: readonly (Ruling | 'undecided')[];
  readonly unreadable: readonly FoundProperty[];
  /** Whether the caller may read the answer as a whole. */
  readonly readable: boolean;
}

function questionOf(
  core: GuardCore,
  authority: Authority,
  operation: Operation,
  subject: OperationSubject,
  access: ResourceAccess,
  /** Whether the answer is what was asked for; an error need not show the object. */
  good: boolean,
): (authorization: Authorization, value: unknown) => AnswerOutcome | Promise<AnswerOutcome> {
  const judge = judgeOf(authority, subject);
  const shown = (found: FoundResource): string => shownKey(authority, found.type, idOf(found));
  // An answer that cannot hold what the operation is about decides nothing by being empty.
  const showsSubject = [...subject.types].some((type) => access.types.has(type));
  return (authorization, value) => {
    const { exchange } = authorization;
    const findings: Findings = { resources: [], properties: [] };
    if (!access.visit(value, findings)) return undecided(core, 'the answer is nested too deeply');
    const { resources, properties } = findings;
    const root = resources.find(({ holder }) => holder === undefined);
    const judged = authorization.settled((): Judgement => {
      const objects: Judgement['objects'][number][] = [];
      for (const found of resources) objects.push(judge(authorization, found, asEntity(authorization, found)));
      const readable =
        access.whole.length === 0 ||
        mayTouchWhole(core, exchange, access, () => (root === undefined ? undefined : asEntity(authorization, root)));
      if (properties.length === 0) return { objects, unreadable: none, readable };
      return {
        objects,
        readable,
        unreadable: properties.filter(
          ({ rule, owner }) =>
            !mayTouch(core, exchange, rule, () => (owner === undefined ? undefined : asEntity(authorization, owner))),
        ),
      };
    });
    const settle = ({ objects, unreadable: hidden, readable }: Judgement): AnswerOutcome => {
      if (!readable) return unreadable(core);
      const { ledger } = exchange;
      const isOpen = good && ledger !== undefined && (showsSubject ? ledger.wantsObject : ledger.isOpen);
      const own = isOpen ? resources.filter((found) => isAsked(ledger, subject, found)) : resources;
      if (isOpen && own.length === 0) return withoutObject(core, operation);
      const refused = new Set<FoundResource>();
      for (let i = 0; i < resources.length; i++) {
        const found = resources[i];
        const ruling = objects[i];
        if (found === undefined || ruling === undefined || (ruling !== 'undecided' && ruling.allowed)) continue;
        if (ruling === 'undecided')
          return undecided(core, `${operation.operationId} answers ${shown(found)}, which nobody decided on`);
        const log = `${operation.operationId} answers ${shown(found)}: ${ruling.why}`;
        const { action = operation.operationId, policies = [] } = ruling;
        const decision = { action, type: found.type, id: idOf(found), policies };
        if (found.holder === undefined)
          return subject.safe
            ? denied(core, operation, log, 'policy-denied', decision)
            : withheldObject(core, log, decision);
        if (operation.castellan.denied !== 'remove')
          return withheldObject(core, `${log}, at ${access.locate(value, found.value) ?? ''}`, decision);
        refused.add(found);
      }
      // What stands beside an object that is taken out may speak of it.
      if (isOpen && own.every((found) => refused.has(found))) return withoutObject(core, operation);
      if (good) ledger?.close();
      return remove(exchange, value, hidden, [...refused]);
    };
    return judged instanceof Promise ? judged.then(settle) : settle(judged);
  };
}

/**
 * Whether an object in an answer is the one that was asked for: the whole answer, or the one whose id, or whose property of
 * the path parameter's name, is what the request names.
 */
function isAsked(
  ledger: Ledger,
  { id, types }: OperationSubject,
  { type, holder, idName, value }: FoundResource,
): boolean {
  if (holder === undefined) return types.has(type);
  const variable = id?.slice(id.lastIndexOf('.') + 1);
  return ledger.names(
    type,
    [idName, variable].map((name) => (name !== undefined && Object.hasOwn(value, name) ? value[name] : undefined)),
  );
}

/** What an object is called; empty where it does not say. */
function idOf({ idName, value }: FoundResource): string {
  const id = value[idName];
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : '';
}

function asEntity(authorization: Authorization, found: FoundResource): Entity {
  return authorization.answered(found.type, idOf(found), found.value);
}

/** Decides on one object of an answer. */
function judgeOf(
  authority: Authority,
  subject: OperationSubject,
): (authorization: Authorization, found: FoundResource, entity: Entity) => Ruling | 'undecided' {
  const reads = new Map<string, ReturnType<Authority['facts']> | undefined>();
  const readOf = (type: string): ReturnType<Authority['facts']> | undefined => {
    if (!reads.has(type)) {
      const operation = authority.readOf(type);
      reads.set(type, operation === undefined ? undefined : authority.facts(operation.operationId));
    }
    return reads.get(type);
  };
  const { facts, safe } = subject;
  return (authorization, found, entity) => {
    const { type } = found;
    if (subject.types.has(type) && facts.permits(type)) {
      const ruling = authorization.rule(facts, entity);
      if (ruling.allowed || (safe && ruling.forbidden)) return ruling;
      if (isGranted(authorization, type, entity)) return permitted;
      if (safe) return ruling;
      return byReading(authority, authorization, readOf(type), type, entity) ?? permitted;
    }
    // A policy that only forbids is asked about what the answer shows as well.
    if (subject.types.has(type) && facts.forbids(type)) {
      const ruling = authorization.rule(facts, entity);
      if (ruling.forbidden) return ruling;
    }
    if (isGranted(authorization, type, entity)) return permitted;
    return (
      byReading(authority, authorization, readOf(type), type, entity) ?? (authority.explicit ? 'undecided' : permitted)
    );
  };
}

/** Whether one of the actions that the handler had decided on this object permits it as it is answered. */
function isGranted(authorization: Authorization, type: string, entity: Entity): boolean {
  if (authorization.granted.size === 0) return false;
  const { by = [] } = authorization.granted.get(entityKey(type, entity.id)) ?? {};
  for (const facts of by) if (authorization.rule(facts, entity).allowed) return true;
  return false;
}

const none: readonly FoundProperty[] = [];
const permitted: Ruling = { allowed: true, forbidden: false, why: '' };

/** Whether the caller may read the object; undefined where no policy speaks of reading such objects. */
function byReading(
  authority: Authority,
  authorization: Authorization,
  read: ReturnType<Authority['facts']> | undefined,
  type: string,
  entity: Entity,
): Ruling | 'undecided' | undefined {
  if (read === undefined) return undefined;
  if (read.permits(type)) return authorization.rule(read, entity);
  if (read.forbids(type)) {
    const ruling = authorization.rule(read, entity);
    if (ruling.forbidden) return ruling;
  }
  return authority.explicit ? 'undecided' : undefined;
}

/** Takes properties and objects out of the value. */
function remove(
  exchange: Exchange,
  value: unknown,
  properties: readonly FoundProperty[],
  objects: readonly FoundResource[],
): AnswerOutcome {
  if (properties.length + objects.length === 0) return undefined;
  const at = pointersIn(value);
  if (properties.length > 0)
    exchange.change(
      'unreadable-property',
      properties.map(({ holder, rule }) => `${at(holder)}/${escapePointer(rule.name)}`),
      properties.length,
    );
  if (objects.length > 0) {
    exchange.change(
      'denied-object',
      objects.map(({ value: object }) => at(object)),
      objects.length,
    );
    exchange.removeObjects(objects.slice(0, 100).map((found) => ({ type: found.type, id: idOf(found) })));
  }
  const items = new Map<unknown[], Set<number>>();
  const take = (holder: Readonly<Record<string, unknown>> | unknown[] | undefined, key: string | number): void => {
    if (Array.isArray(holder)) {
      const taken = items.get(holder);
      if (taken === undefined) items.set(holder, new Set([Number(key)]));
      else taken.add(Number(key));
    } else if (holder !== undefined) delete (holder as Record<string, unknown>)[key];
  };
  for (const { rule, holder } of properties) take(holder, rule.name);
  for (const { holder, key } of objects) take(holder, key);
  // Each list is written once, so that places stay right and many items cost no more than one walk.
  for (const [list, taken] of items) {
    let kept = 0;
    for (let i = 0; i < list.length; i++) if (!taken.has(i)) list[kept++] = list[i];
    list.length = kept;
  }
  return 'changed';
}
