import type { Contract, Operation } from '@castellan/contract';

/** Something that the contract leaves open, and the operations where. */
export interface Unprotected {
  /** Stable name in kebab case. */
  readonly code: string;
  /** Names the operations, in the plural. */
  readonly message: string;
  readonly fix: string;
  readonly operations: readonly Operation[];
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Whether nothing at all is asked of a caller: no requirement, or one that is empty. */
function isOpen(operation: Operation): boolean {
  return operation.security.length === 0 || operation.security.some((requirement) => requirement.schemes.length === 0);
}

/** What the contract does not protect, worst first. Kinds without operations are left out. */
export function findUnprotected(contract: Contract): Unprotected[] {
  const { operations } = contract;
  const open = operations.filter(isOpen);
  const found: Unprotected[] = [
    {
      code: 'open-write',
      message: 'writes that anyone may call',
      fix: 'add security to them',
      operations: open.filter((operation) => WRITES.has(operation.method)),
    },
    {
      code: 'open-read',
      message: 'reads that anyone may call, though nobody said so',
      fix: 'add security, or security: [] where that is meant',
      operations: open.filter((operation) => !WRITES.has(operation.method) && operation.securityFrom === 'nowhere'),
    },
    {
      code: 'key-in-query',
      message: 'operations that take a credential in the query, which ends up in logs',
      fix: 'take it in a header field',
      operations: operations.filter((operation) =>
        operation.security.some(({ schemes }) =>
          schemes.some(({ scheme }) => scheme.type === 'apiKey' && scheme.in === 'query'),
        ),
      ),
    },
    {
      code: 'object-not-declared',
      message: 'operations on single objects that no schema declares as a resource',
      fix: 'add x-castellan: { resource: … } to the schema, so that policies can decide about each object',
      operations: operations.filter((operation) => isObjectOperation(operation) && !isDeclared(contract, operation)),
    },
    {
      code: 'no-rate-limit',
      message: 'operations without a rate limit in the contract',
      fix: 'add x-castellan: { rateLimit: { rate: 60/minute } } to the document or to them',
      operations:
        contract.castellan.rateLimit === undefined
          ? operations.filter((operation) => operation.castellan.rateLimit === undefined)
          : [],
    },
  ];
  return found.filter((kind) => kind.operations.length > 0);
}

function isObjectOperation(operation: Operation): boolean {
  return (
    operation.resource?.id !== undefined || (operation.resource === undefined && /\{[^{}]+\}$/.test(operation.path))
  );
}

function isDeclared(contract: Contract, operation: Operation): boolean {
  const { resource } = operation;
  return resource !== undefined && (resource.declared || contract.resources.get(resource.type)?.declared === true);
}
