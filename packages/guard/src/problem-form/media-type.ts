import { isJson, type Contract, type MediaType, type Operation, type Response } from '@castellan/contract';

const problem = 'application/problem+json';

const ofContract = new WeakMap<Contract, string>();
const ofOperation = new WeakMap<Operation, string>();

/**
 * The media type under which problem details leave. Clients that were made of the document take an error of another type
 * than it names for something else, or for success: where an operation documents its errors only as `application/json`, it is that.
 * @param operation undefined where the request reaches none: then all errors of the contract are looked at
 */
export function mediaTypeOf(contract: Contract, operation: Operation | undefined): string {
  if (operation !== undefined) {
    let type = ofOperation.get(operation);
    if (type === undefined) ofOperation.set(operation, (type = chosen(errorTypes(operation)) ?? problem));
    return type;
  }
  let type = ofContract.get(contract);
  if (type === undefined) ofContract.set(contract, (type = chosen(contract.operations.flatMap(errorTypes)) ?? problem));
  return type;
}

function errorTypes(operation: Operation): readonly string[] {
  return errorResponses(operation).flatMap(({ content }) => content.map(essence));
}

/** The documented errors of an operation; `default` is one where another response says what success is. */
export function errorResponses({ responses }: Operation): readonly Response[] {
  const succeeds = responses.some(({ status }) => /^[123]/.test(status));
  return responses.filter(({ status }) => /^[45]/.test(status) || (status === 'default' && succeeds));
}

/** The one under which a problem leaves; undefined where none of them is JSON. */
function chosen(types: readonly string[]): string | undefined {
  if (types.includes(problem) || types.some((type) => type.includes('*'))) return problem;
  return types.includes('application/json') ? 'application/json' : types.find(isJson);
}

function essence({ type }: MediaType): string {
  return type.split(';', 1)[0]?.trim() ?? '';
}
