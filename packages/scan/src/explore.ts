import type { Operation } from '@castellan/contract';
import { changeSaid } from '@castellan/meaning';
import { outgoingOf, valuesFor, type Call, type Values } from './call.ts';
import type { KnownObject } from './known.ts';
import { isOpen, placedFor, type Identity } from './identity.ts';
import { isSuccess } from './judge.ts';
import type { Scene } from './scene.ts';

/** Times that everything is asked again with what the last answers showed. */
const rounds = 4;
/** Objects with which one operation is called for one identity. */
const perOperation = 4;

const safe = new Set(['GET', 'HEAD', 'QUERY', 'OPTIONS']);

/** Whether an operation changes nothing: by its method (RFC 9110, 9.2.1), and by what it says of itself. `GET /users/7/delete` does. */
export function isSafe(operation: Operation): boolean {
  return safe.has(operation.method) && changeSaid(operation) === undefined;
}

/**
 * Calls the API as its users would: lists first, then objects that the lists showed, by each identity for itself. What is asked changes
 * nothing, except where changes are allowed: then each identity also creates what the document lets it create.
 */
export async function explore(scene: Scene): Promise<void> {
  const asked = new Set<string>();
  const { contract, identities, changes } = scene;
  const operations = contract.operations.filter(
    (one) => isSafe(one) || (changes && one.method === 'POST' && one.resource?.id === undefined),
  );
  for (let round = 0; round < rounds; round++) {
    let isNew = false;
    for (const operation of operations)
      for (const identity of identities)
        for (const call of callsOf(scene, operation, identity)) {
          const key = `${identity.name} ${call.outgoing.method} ${call.outgoing.target}`;
          if (asked.has(key) || scene.target.isSpent) continue;
          asked.add(key);
          if (await honest(scene, call)) isNew = true;
        }
    if (!isNew) break;
  }
  if (changes) await change(scene);
}

/** Changes what each identity was shown to what it already is. */
async function change(scene: Scene): Promise<void> {
  for (const operation of scene.contract.operations)
    if ((operation.method === 'PUT' || operation.method === 'PATCH') && operation.resource?.id !== undefined)
      for (const identity of scene.identities) {
        const placed = placedFor(operation, identity) ?? (isOpen(operation) ? [] : undefined);
        const object = scene.known.ofType(operation.resource.type).find(({ shownTo }) => shownTo.has(identity.name));
        if (placed === undefined || object === undefined || identity.mayNot.has(operation.operationId)) continue;
        const values = sameValues(scene, operation, object);
        const outgoing = values === undefined ? undefined : outgoingOf(operation, values, placed);
        if (values !== undefined && outgoing !== undefined)
          await honest(scene, { operation, values, as: identity.name, outgoing });
      }
}

/** Values with which an operation acts on an object: a change is tried with what the object already is, as far as it may be written. */
export function sameValues(
  { contract, known, documented }: Scene,
  operation: Operation,
  object: KnownObject,
): Values | undefined {
  const values = valuesFor(contract, operation, known.valuesFor(operation, object));
  if (values === undefined || typeof values.body !== 'object' || values.body === null || Array.isArray(values.body))
    return values;
  const body = Object.fromEntries(
    Object.entries(values.body).map(([name, value]) => [
      name,
      Object.hasOwn(object.value, name) ? object.value[name] : value,
    ]),
  );
  const same = { ...values, body };
  const outgoing = outgoingOf(operation, same, []);
  return outgoing !== undefined && documented.allows(operation, outgoing) ? same : values;
}

async function honest({ target, known, documented }: Scene, call: Call): Promise<boolean> {
  if (!documented.allows(call.operation, call.outgoing)) return false;
  const answer = await target.send(call.outgoing, call.operation);
  if (answer === undefined) return false;
  return known.add(call, answer, isSuccess(answer) ? documented.wrongIn(call.operation, answer) : undefined);
}

/** The calls of an operation that an identity can make by what it was shown. */
function callsOf({ contract, known }: Scene, operation: Operation, identity: Identity): readonly Call[] {
  if (identity.mayNot.has(operation.operationId)) return [];
  const placed = placedFor(operation, identity) ?? (isOpen(operation) ? [] : undefined);
  if (placed === undefined) return [];
  const { resource } = operation;
  const own =
    resource?.id === undefined || !/^(?:path|query)\./.test(resource.id) ? undefined : known.ofType(resource.type);
  const choices =
    own === undefined
      ? known.parentsFor(operation, identity.name)
      : own
          .filter(({ shownTo }) => shownTo.has(identity.name))
          .slice(0, perOperation)
          .map((object) => known.valuesFor(operation, object));
  const calls: Call[] = [];
  for (const choice of choices.length === 0 ? [new Map<string, unknown>()] : choices) {
    const values = valuesFor(contract, operation, choice);
    const outgoing = values === undefined ? undefined : outgoingOf(operation, values, placed);
    if (values !== undefined && outgoing !== undefined) calls.push({ operation, values, as: identity.name, outgoing });
  }
  return calls;
}
