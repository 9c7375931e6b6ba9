import { compileResourceAccess, type Operation } from '@castellan/contract';
import type { Authority } from './authority.ts';
import { creates } from './decide.ts';
import { subjectOf } from './operation-subject.ts';

/** Whether the body of an operation that creates may hold the id of the new object. */
export function takesId({ contract }: Authority, { body }: Operation, type: string): boolean {
  const { id = 'id' } = contract.resources.get(type) ?? {};
  return (body?.content ?? []).some(({ schema }) => {
    if (schema === undefined || compileResourceAccess(contract, schema, 'request')?.types.has(type) !== true)
      return false;
    const raw = contract.resources.get(type)?.schema.raw;
    const properties: unknown = typeof raw === 'object' ? raw['properties'] : undefined;
    const property =
      typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>)[id] : undefined;
    return (
      typeof property === 'object' && property !== null && (property as Record<string, unknown>)['readOnly'] !== true
    );
  });
}

/** Whether an operation on which policies decide creates an object whose id its caller may choose. */
export function mayChooseId(authority: Authority, operation: Operation): boolean {
  const { asks, type } = subjectOf(authority, operation);
  return asks && creates(operation, type) && takesId(authority, operation, type);
}
