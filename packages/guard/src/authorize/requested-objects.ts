import {
  compileResourceAccess,
  type Findings,
  type FoundReference,
  type FoundResource,
  type Issue,
  type Operation,
  type ResourceAccess,
} from '@castellan/contract';
import type { EntityRef } from '@castellan/policy';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Authorization } from './authorization.ts';
import type { ActionFacts } from './authority.ts';
import { withAuthorization } from './begin.ts';
import { refusalFor } from './decide.ts';
import { entityKey } from './directory.ts';
import { idsIn, subjectOf } from './operation-subject.ts';
import { denied, hiding } from './refusals.ts';
import { mayTouch } from './rules.ts';

type WithReferences = Required<Findings>;

/**
 * What stands in a request's body: properties that the caller may not write (API3:2023), and objects beside the one
 * that the path names, such as those of a batch, nested ones and those that are only referred to (API1:2023).
 */
export const requestedObjects: Stage = {
  name: 'authorize',
  compile(core, operation) {
    const accesses = accessesOf(core, operation);
    if (accesses.length === 0) return undefined;
    const objects = core.authority === undefined ? undefined : objectsCheck(core, operation);
    return (exchange) => {
      const findings: WithReferences = { resources: [], properties: [], references: [] };
      for (const access of accesses)
        if (!access.visit(exchange.value, findings)) return { type: 'invalid-request', reason: 'too-deep' };
      const refusal = findings.properties.length === 0 ? undefined : unwritable(core, exchange, accesses, findings);
      if (refusal !== undefined || objects === undefined) return refusal;
      if (findings.resources.length + findings.references.length === 0) return undefined;
      try {
        const outcome = withAuthorization(core, exchange, (authorization) => objects(authorization, findings));
        return outcome instanceof Promise
          ? outcome.catch((error: unknown) => hiding(core, operation, refusalFor(error)))
          : outcome;
      } catch (error) {
        return hiding(core, operation, refusalFor(error));
      }
    };
  },
};

function accessesOf(core: GuardCore, operation: Operation): readonly ResourceAccess[] {
  return (operation.body?.content ?? []).flatMap(({ schema }) => {
    if (schema === undefined) return [];
    const access = compileResourceAccess(core.contract, schema, 'request', { resources: core.authority !== undefined });
    return access === undefined ? [] : [access];
  });
}

/** What an answer names at most. */
const maxErrors = 20;

function unwritable(
  core: GuardCore,
  exchange: Exchange,
  accesses: readonly ResourceAccess[],
  { properties }: Findings,
): Refusal | undefined {
  const ownerOf = (owner: FoundResource | undefined): EntityRef | undefined =>
    owner === undefined
      ? undefined
      : exchange.rulings?.entity(owner.type, String(owner.value[owner.idName] ?? ''), owner.value);
  const errors: Issue[] = [];
  for (const { rule, holder, owner } of properties) {
    if (mayTouch(core, exchange, rule, () => ownerOf(owner))) continue;
    // Finding a place searches the whole body.
    if (errors.length === maxErrors) break;
    const pointer =
      accesses.map((access) => access.locate(exchange.value, holder)).find((at) => at !== undefined) ?? '';
    errors.push({
      pointer: `${pointer}/${rule.name}`,
      keyword: 'write',
      message: 'may not be written with this credential',
      mend: 'leave it out',
    });
  }
  return errors.length === 0
    ? undefined
    : {
        type: 'forbidden',
        reason: 'unwritable-property',
        errors,
        detail: 'The body holds properties that you may not write.',
      };
}

/** An object in a body, and what the caller must be allowed to do to it. */
interface Wanted {
  readonly type: string;
  readonly id: string;
  readonly facts: ActionFacts;
  /** What the body says of it, for objects that are not there yet. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** Refused where it cannot be loaded; otherwise left to the application. */
  readonly must: boolean;
}

function objectsCheck(
  core: GuardCore,
  operation: Operation,
): ((authorization: Authorization, findings: WithReferences) => Promise<Refusal | undefined> | undefined) | undefined {
  const { authority } = core;
  if (authority === undefined) return undefined;
  const subject = subjectOf(authority, operation);

  const ofResource = (found: FoundResource, own: ReadonlySet<string>): Wanted[] => {
    const id = found.value[found.idName];
    if (
      (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') ||
      own.has(entityKey(found.type, String(id)))
    )
      return [];
    const target = { type: found.type, id: String(id), body: found.value };
    if (subject.types.has(found.type) && !subject.safe && subject.governed)
      return [{ ...target, facts: subject.facts, must: true }];
    const read = authority.readOf(found.type);
    const facts = read === undefined ? undefined : authority.facts(read.operationId);
    if (facts === undefined || !facts.permits(found.type)) return [];
    return [{ ...target, body: undefined, facts, must: authority.explicit }];
  };
  const ofReference = ({ shape, id }: FoundReference): Wanted[] =>
    shape.action === undefined
      ? []
      : [{ type: shape.type, id, facts: authority.facts(shape.action), body: undefined, must: true }];

  return (authorization, findings) => {
    const { exchange } = authorization;
    const own = new Set(
      subject.id === undefined ? [] : idsIn(exchange, subject.id).map((id) => entityKey(subject.type, id)),
    );
    const wanted = [
      ...findings.resources.flatMap((found) => ofResource(found, own)),
      ...findings.references.flatMap(ofReference),
    ].filter(({ type, must }) => must || authorization.canLoad(type));
    return wanted.length === 0 ? undefined : check(core, operation, authorization, wanted);
  };
}

async function check(
  core: GuardCore,
  operation: Operation,
  authorization: Authorization,
  wanted: readonly Wanted[],
): Promise<Refusal | undefined> {
  const resolve = operation.castellan.resolve?.operation;
  for (const type of new Set(wanted.map((one) => one.type))) {
    const some = wanted.filter((one) => one.type === type);
    const through =
      type === operation.resource?.type
        ? core.contract.operations.find((one) => one.operationId === resolve)
        : undefined;
    const objects = await authorization.objects(type, [...new Set(some.map(({ id }) => id))], through);
    for (const { id, facts, body } of some) {
      const object = objects.find((one) => one.id === id);
      // An object that is not there is new where it is written, and the application's business where it is only named.
      if (object?.value === undefined && body === undefined) continue;
      const value = object?.value ?? body;
      const ruling = await authorization.settled(() =>
        authorization.rule(facts, authorization.entity(type, id, value)),
      );
      if (!ruling.allowed) return denied(core, operation, `${facts.id} on ${entityKey(type, id)}: ${ruling.why}`);
      if (object?.value !== undefined) authorization.granted.set(entityKey(type, id), object);
    }
  }
  return undefined;
}
