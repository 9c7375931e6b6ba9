import {
  compileResourceAccess,
  escapePointer,
  locateObject,
  type Findings,
  type FoundProperty,
  type FoundReference,
  type FoundResource,
  type Issue,
  type Operation,
  type PropertyRule,
} from '@castellan/contract';
import type { EntityRef } from '@castellan/policy';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { Authorization } from './authorization.ts';
import type { ActionFacts } from './authority.ts';
import { withAuthorization } from './begin.ts';
import { bodyOf, compileBodyLooks } from './body-looks.ts';
import { canLoad, puts, recordOf, refusalFor } from './decide.ts';
import { entityKey, shownKey } from './directory.ts';
import { decidedIds, idsIn, subjectOf, type OperationSubject } from './operation-subject.ts';
import { compilePatchRules } from './patch-rules.ts';
import { denied, hiding } from './refusals.ts';
import { mayTouch } from './rules.ts';

type WithReferences = Required<Findings>;

/**
 * What stands in a request's body: properties that the caller may not write (API3:2023), and objects beside the one
 * that the path names, such as those of a batch, nested ones and those that are only referred to (API1:2023).
 */
export const requestedObjects: Stage = {
  name: 'authorize',
  controls: () => ['property-write'],
  compile(core, operation) {
    const looks = looksOf(core, operation);
    if (looks.length === 0) return undefined;
    const objects = core.authority === undefined ? undefined : objectsCheck(core, operation);
    const subject = core.authority === undefined ? undefined : subjectOf(core.authority, operation);
    return (exchange) => {
      const findings: WithReferences = { resources: [], properties: [], references: [] };
      for (const look of looks) if (!look(exchange, findings)) return { type: 'invalid-request', reason: 'too-deep' };
      const { resources, properties, references } = findings;
      if (subject === undefined || objects === undefined)
        return unwritable(core, exchange, properties, () => undefined);
      if (resources.length + properties.length + references.length === 0) return undefined;
      const run = (authorization: Authorization): Refusal | undefined | Promise<Refusal | undefined> => {
        const refusal = mayWrite(core, operation, subject, authorization, properties);
        if (refusal instanceof Promise) return refusal.then((one) => one ?? objects(authorization, findings));
        return refusal ?? objects(authorization, findings);
      };
      try {
        const outcome = withAuthorization(core, exchange, run);
        return outcome instanceof Promise
          ? outcome.catch((error: unknown) => hiding(core, operation, refusalFor(error)))
          : outcome;
      } catch (error) {
        return hiding(core, operation, refusalFor(error));
      }
    };
  },
};

/** What may not be written is decided on the object as it is stored, never on what the request says of it. */
function mayWrite(
  core: GuardCore,
  operation: Operation,
  subject: OperationSubject,
  authorization: Authorization,
  properties: readonly FoundProperty[],
): Refusal | undefined | Promise<Refusal | undefined> {
  const { exchange } = authorization;
  if (!properties.some(({ rule }) => rule.allowed.some((name) => name.startsWith('action:'))))
    return unwritable(core, exchange, properties, () => undefined);
  const decide = async (): Promise<Refusal | undefined> => {
    const owners = new Map<FoundResource | undefined, Owners>();
    await loadOwners(subject, authorization, properties);
    for (const { owner } of properties)
      if (!owners.has(owner)) owners.set(owner, await storedOwners(core, operation, subject, authorization, owner));
    return authorization.settled(() => unwritable(core, exchange, properties, (owner) => owners.get(owner)));
  };
  return decide();
}

/** The objects that a property in a request is written on. */
interface Owners {
  readonly objects: readonly EntityRef[];
  /** Where the request does not name them, they may be any of this type. */
  readonly any: string | undefined;
}

/** Loads what nested objects are as they are stored, all of a type at once. */
async function loadOwners(
  subject: OperationSubject,
  authorization: Authorization,
  properties: readonly FoundProperty[],
): Promise<void> {
  const ids = new Map<string, Set<string>>();
  for (const { owner } of properties) {
    const id = owner === undefined || subject.types.has(owner.type) ? undefined : textOf(owner.value[owner.idName]);
    if (owner === undefined || id === undefined) continue;
    const some = ids.get(owner.type);
    if (some === undefined) ids.set(owner.type, new Set([id]));
    else some.add(id);
  }
  for (const [type, some] of ids) if (authorization.canLoad(type)) await authorization.objects(type, [...some]);
}

/** Objects as they are stored; what the body says of one only where it is new. */
async function storedOwners(
  core: GuardCore,
  operation: Operation,
  subject: OperationSubject,
  authorization: Authorization,
  owner: FoundResource | undefined,
): Promise<Owners> {
  const { authority, exchange } = authorization;
  const own = owner === undefined ? undefined : textOf(owner.value[owner.idName]);
  // What stands in a wrapper (`{ note: … }`) and has no id of its own is the object that the request names.
  const isItem =
    owner === undefined ||
    (subject.types.has(owner.type) &&
      (owner.holder === bodyOf(exchange) ||
        (owner.owner === undefined && subject.id !== undefined && own === undefined)));
  const type = isItem ? subject.type : owner.type;
  const isNew = isItem && subject.id === undefined && !subject.safe;
  const said =
    isNew || !isItem || puts(authority, operation, subject) ? (owner?.value ?? recordOf(exchange.value)) : undefined;
  const ids =
    isItem && subject.id !== undefined ? decidedIds(exchange, subject.id) : own === undefined ? undefined : [own];
  if (ids === undefined || isNew)
    return {
      objects: [authorization.entity(type, own ?? '', said)],
      any: isItem && subject.id !== undefined ? type : undefined,
    };
  const canBeLoaded = isItem ? canLoad(authority, operation, type) : authorization.canLoad(type);
  const through = isItem ? operationNamed(core, operation.castellan.resolve?.operation) : undefined;
  const known = canBeLoaded ? await authorization.objects(type, ids, through) : [];
  return {
    objects: ids.map((id, index) => authorization.entity(type, id, known[index]?.value ?? said)),
    any: undefined,
  };
}

function textOf(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function operationNamed(core: GuardCore, id: string | undefined): Operation | undefined {
  return id === undefined ? undefined : core.contract.operations.find((one) => one.operationId === id);
}

/** Finds what a request holds. False where it cannot be searched whole. */
type Look = (exchange: Exchange, findings: WithReferences) => boolean;

function looksOf(core: GuardCore, operation: Operation): readonly Look[] {
  const looks: Look[] = compileBodyLooks(core, operation).map(({ find }) => find);
  for (const { in: place, name, schema, content } of operation.parameters) {
    const said = schema ?? content?.schema;
    const access =
      said === undefined
        ? undefined
        : compileResourceAccess(core.contract, said, 'request', { resources: core.authority !== undefined });
    if (access === undefined) continue;
    const key = place === 'header' ? name.toLowerCase() : name;
    looks.push((exchange, findings) =>
      // The whole query is one value, under the parameter's name.
      access.visitIn(exchange.parameters[place === 'querystring' ? 'query' : place], key, findings),
    );
  }
  const patch = compilePatchRules(core, operation);
  if (patch !== undefined) looks.push(patch);
  return looks;
}

/** What an answer names at most. */
const maxErrors = 20;

function unwritable(
  core: GuardCore,
  exchange: Exchange,
  properties: readonly FoundProperty[],
  ownersOf: (owner: FoundResource | undefined) => Owners | undefined,
): Refusal | undefined {
  const errors: Issue[] = [];
  for (const { rule, holder, owner } of properties) {
    if (mayWriteOn(core, exchange, rule, ownersOf(owner))) continue;
    // Finding a place searches the whole body.
    if (errors.length === maxErrors) break;
    errors.push({
      pointer: pointerOf(exchange, holder, rule.name),
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

/** Whether a property may be written on each of the objects that it is of. */
function mayWriteOn(core: GuardCore, exchange: Exchange, rule: PropertyRule, owners: Owners | undefined): boolean {
  if (owners === undefined) return mayTouch(core, exchange, rule, () => undefined);
  const { objects, any } = owners;
  const isOnSome = (name: string): boolean => {
    const facts = any !== undefined && name.startsWith('action:') ? core.authority?.facts(name.slice(7)) : undefined;
    if (any === undefined || facts === undefined) return false;
    return (
      facts.forbidsSome(any) || objects.some((object) => exchange.rulings?.ruleOnAny(facts, object).allowed !== true)
    );
  };
  const applied = { ...rule, allowed: rule.allowed.filter((name) => !isOnSome(name)) };
  return objects.every((object) => mayTouch(core, exchange, applied, () => object));
}

function pointerOf(exchange: Exchange, holder: object, name: string): string {
  if (holder === bodyOf(exchange)) return '';
  for (const [place, values] of Object.entries(exchange.parameters))
    if (values === holder) return `/${place}/${escapePointer(name)}`;
  return `${locateObject(exchange.value, holder) ?? ''}/${escapePointer(name)}`;
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
      if (!ruling.allowed) {
        const log = `${facts.id} on ${shownKey(authorization.authority, type, id)}: ${ruling.why}`;
        const decision = { action: facts.id, type, id, policies: ruling.policies ?? [] };
        return denied(core, operation, log, 'policy-denied', decision);
      }
      if (object?.value !== undefined) authorization.granted.set(entityKey(type, id), object);
    }
  }
  return undefined;
}
