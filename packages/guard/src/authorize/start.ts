import { CastellanError } from '@castellan/contract';
import { modesIn } from '../modes.ts';
import type { GuardCore } from '../core.ts';
import { canLoad } from './decide.ts';
import { fromCaller, subjectOf } from './operation-subject.ts';

/**
 * Every write of an object must be decided on that object before the handler runs. Under the profiles `standard` and
 * `bank` a guard with policies does not start where that cannot be.
 * @throws CastellanError `undecidable-write`
 */
export function checkWrites(core: GuardCore): void {
  const { authority, contract } = core;
  const { profile } = contract.castellan;
  if (authority === undefined || profile === 'toy' || profile === 'internal') return;
  for (const operation of contract.operations) {
    const { requests: mode } = modesIn(contract, operation, core.settings);
    const { type, id, safe } = subjectOf(authority, operation);
    if (safe || id === fromCaller || mode !== 'enforce') continue;
    const variable = /\/\{([^/{}]+)\}$/.exec(operation.path)?.[1];
    if (id === undefined && variable !== undefined && type !== authority.api.type)
      throw new CastellanError({
        code: 'undecidable-write',
        message: `${operation.operationId} writes one ${type}, and the document does not say which`,
        place: contract.place(operation.location),
        mend: `add x-castellan: { resource: { type: ${type}, id: path.${variable} } } to the operation`,
      });
    if (id === undefined || canLoad(authority, operation, type)) continue;
    const read = authority.readOf(type)?.operationId;
    const loader = `guard.resource('${type}', load)`;
    const resolve = `x-castellan: { resolve: { operation: ${read ?? 'READ_OPERATION'} } }`;
    throw new CastellanError({
      code: 'undecidable-write',
      message: `${operation.operationId} writes a ${type}, and nobody can load it to decide before`,
      place: contract.place(operation.location),
      mend:
        authority.resolver === undefined
          ? `register ${loader} before the guard is put in front of the handlers`
          : `add ${resolve} to the operation`,
    });
  }
}
