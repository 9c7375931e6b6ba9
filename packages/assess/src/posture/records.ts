import type { Contract, Operation } from '@castellan/contract';

const known = new WeakMap<Contract, ReadonlySet<string>>();

/**
 * Whether a POST adds to a collection whose members are changed one by one afterwards (`PUT` or `PATCH` of `/…/{id}`): it
 * keeps a record of that name, and does not do what the name says. `POST /stages/user_login` beside
 * `PUT /stages/user_login/{id}` signs nobody in.
 */
export function isRecord(contract: Contract, { method, path }: Operation): boolean {
  let collections = known.get(contract);
  if (collections === undefined) {
    collections = new Set(
      contract.operations.flatMap((operation) =>
        operation.method === 'PUT' || operation.method === 'PATCH'
          ? (/^(.*)\/\{[^{}]+\}\/?$/.exec(operation.path)?.slice(1, 2) ?? [])
          : [],
      ),
    );
    known.set(contract, collections);
  }
  return method === 'POST' && collections.has(path.replace(/\/$/, ''));
}
