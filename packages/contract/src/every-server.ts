import type { Contract, Server } from './model.ts';

/** Every server that a contract names: those of the document, then those of path items and operations, each once. */
export function everyServer(contract: Pick<Contract, 'servers' | 'operations'>): readonly Server[] {
  return [...new Set([...contract.servers, ...contract.operations.flatMap((operation) => operation.servers ?? [])])];
}
