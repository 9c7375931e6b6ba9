import type { Operation } from '@castellan/contract';
import type { Attack, Verdict } from '../attack.ts';
import { outgoingOf, type Call, type Values } from '../call.ts';
import { isSafe, sameValues } from '../explore.ts';
import { placedFor, type Identity } from '../identity.ts';
import type { KnownObject } from '../known.ts';
import type { Scene } from '../scene.ts';
import type { Answer } from '../target.ts';
import { isSuccess, refusalOf } from '../judge.ts';
import { works } from './answers.ts';

/** Objects that are tried of one type, for each operation and each other identity. */
const most = 3;

/** API1:2023: an object that only one identity was shown is asked for by another. */
export const otherObject: Attack = {
  name: 'other-object',
  control: 'object-authorization',
  fix: 'decide for each object who may, by a policy that a guard enforces; say --shared where everybody may read the type',
  title: 'an object that only one identity was shown, by another identity',
  async *run(scene) {
    const { contract, known, shared, identities } = scene;
    // What deletes comes last: the others need what it takes away.
    const operations = contract.operations.toSorted(
      (a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'),
    );
    for (const operation of operations) {
      const { resource } = operation;
      if (resource?.id === undefined || !/^(?:path|query)\./.test(resource.id) || shared.has(resource.type)) continue;
      if (!isSafe(operation) && !(operation.method === 'DELETE' ? scene.deletes : scene.changes)) continue;
      const own = known.ofType(resource.type).filter(({ shownTo }) => shownTo.size === 1);
      for (const other of identities) {
        if (other.mayNot.has(operation.operationId) || !works(scene, other)) continue;
        for (const object of own
          .filter(({ shownTo }) => !shownTo.has(other.name))
          .slice(0, operation.method === 'DELETE' ? 1 : most)) {
          const tried = await tryOne(scene, operation, object, other);
          if (tried === undefined) continue;
          yield { control: 'object-authorization', attack: 'other-object', operation, ...tried };
        }
      }
    }
  },
};

async function tryOne(
  scene: Scene,
  operation: Operation,
  object: KnownObject,
  other: Identity,
): Promise<{ readonly verdict: Verdict; readonly detail: string; readonly call: Call } | undefined> {
  const [holder = ''] = object.shownTo;
  const values = sameValues(scene, operation, object);
  const call = values === undefined ? undefined : callAs(operation, values, other);
  if (call === undefined) return undefined;
  const answer = await scene.target.send(call.outgoing, operation);
  const refusal = refusalOf(answer);
  const what = `${object.type} that only ${holder} was shown, by ${other.name}`;
  if (refusal.verdict === 'broken' && isSafe(operation) && answer !== undefined && !shows(answer, object))
    return { verdict: 'unclear', detail: `${refusal.detail} for a ${what}; the answer does not show the object`, call };
  if (refusal.verdict !== 'held') return { ...refusal, detail: `${refusal.detail} for a ${what}`, call };
  // A door that is closed for everybody proves nothing.
  const identity = scene.identities.find(({ name }) => name === holder);
  const honest = identity === undefined || values === undefined ? undefined : callAs(operation, values, identity);
  const opened = honest === undefined ? undefined : await scene.target.send(honest.outgoing, operation);
  return opened !== undefined && isSuccess(opened)
    ? { ...refusal, detail: `${refusal.detail} for a ${what}`, call }
    : { verdict: 'unclear', detail: `${refusal.detail} for a ${what}, and ${holder} was not let in either`, call };
}

function callAs(operation: Operation, values: Values, identity: Identity): Call | undefined {
  const placed = placedFor(operation, identity) ?? [];
  const outgoing = outgoingOf(operation, values, placed);
  return outgoing === undefined ? undefined : { operation, values, as: identity.name, outgoing };
}

function shows({ json, text }: Answer, { id }: KnownObject): boolean {
  if (json === undefined) return text.includes(id);
  const pending: unknown[] = [json];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (String(at) === id) return true;
    if (typeof at === 'object' && at !== null)
      for (const one of Object.values(at)) if (one !== undefined) pending.push(one);
  }
  return false;
}
