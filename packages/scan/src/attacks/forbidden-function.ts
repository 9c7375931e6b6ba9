import type { Attack } from '../attack.ts';
import { outgoingOf, valuesFor } from '../call.ts';
import { isSafe } from '../explore.ts';
import { placedFor } from '../identity.ts';
import { refusalOf } from '../judge.ts';
import { works } from './answers.ts';

/** API5:2023: what an identity may not do is done by it. */
export const forbiddenFunction: Attack = {
  name: 'forbidden-function',
  control: 'function-authorization',
  fix: 'write a policy that says who may call the operation, and let a guard enforce it',
  title: 'operations that an identity may not call (mayNot), by it',
  async *run(scene) {
    const { contract, known, identities } = scene;
    for (const identity of identities)
      for (const operation of contract.operations) {
        if (!identity.mayNot.has(operation.operationId)) continue;
        if (!isSafe(operation) && !(operation.method === 'DELETE' ? scene.deletes : scene.changes)) continue;
        const [object] = operation.resource?.id === undefined ? [] : known.ofType(operation.resource.type);
        const values = valuesFor(
          contract,
          operation,
          object === undefined ? new Map() : known.valuesFor(operation, object),
        );
        const placed = placedFor(operation, identity);
        const outgoing = values === undefined ? undefined : outgoingOf(operation, values, placed ?? []);
        if (values === undefined || outgoing === undefined) continue;
        const call = { operation, values, as: identity.name, outgoing };
        const { verdict, detail } = refusalOf(await scene.target.send(outgoing, operation));
        const proves = verdict !== 'held' || works(scene, identity);
        yield {
          control: 'function-authorization',
          attack: 'forbidden-function',
          operation,
          verdict: proves ? verdict : 'unclear',
          detail: `${detail} for ${identity.name}, who may not${proves ? '' : '; nothing was answered to this identity, so that its credential may be wrong'}`,
          call,
        };
      }
  },
};
