import type { Contract } from '@castellan/contract';
import { pathOfRun } from '../learn/paths.ts';
import type { ObservedExchange } from './observed.ts';

/**
 * Exchanges of operations that nobody had documented when they were recorded, and that the contract documents since, by what
 * `castellan learn` wrote: they were called, and what was answered well is honest.
 */
export function documentedSince(
  contract: Contract,
  exchanges: readonly ObservedExchange[],
): readonly ObservedExchange[] {
  if (exchanges.every(({ operation }) => operation !== undefined)) return exchanges;
  const template = pathOfRun(contract, exchanges);
  const byName = new Map(
    contract.operations.map(({ method, path, operationId }) => [`${method} ${path}`, operationId]),
  );
  return exchanges.map((exchange) => {
    if (exchange.operation !== undefined) return exchange;
    const operation = byName.get(`${exchange.method} ${template(exchange.path)}`);
    return operation === undefined ? exchange : { ...exchange, operation };
  });
}
