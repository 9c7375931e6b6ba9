import { compileResourceAccess, hasStructure, type Operation, type Schema } from '@castellan/contract';
import { mayChooseId } from '../authorize/chosen-id.ts';
import type { GuardCore } from '../core.ts';
import { hasRules } from '../decoders.ts';

/**
 * Compiles whether a request body of a schema must be read. Rules say who may write something in it or where its URLs may lead; a
 * policy that forbids looks into it; or it may choose the id of a new object, which may be there already. Of a body that nobody reads none
 * of them would find anything.
 */
export function compileMustBeRead(core: GuardCore, operation: Operation): (schema: Schema) => boolean {
  const { contract, authority } = core;
  return (schema) => {
    if (hasRules(contract, schema)) return true;
    // Bytes hold nothing that a policy could ask for.
    if (authority === undefined || !hasStructure(contract, schema)) return false;
    const facts = authority.facts(operation.operationId);
    if (facts.forbidsByBody) return true;
    const types = [...(compileResourceAccess(contract, schema, 'request')?.types ?? [])];
    return types.some((type) => facts.forbidsSome(type)) || (types.length > 0 && mayChooseId(authority, operation));
  };
}
