import { compileSchema, isJson, type Contract, type MediaType, type Operation, type Schema } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { responseFor } from '../stages/release.ts';
import type { ProblemForm } from './index.ts';
import { errorResponses } from './media-type.ts';
import type { Problem } from './options.ts';
import { shaped } from './shaped.ts';

/** A documented error body that a problem can have. */
interface Offer {
  readonly type: string;
  readonly schema: Schema;
  readonly check: (value: unknown) => boolean;
}

/** Error schemas that are tried for one operation. */
const most = 12;

/**
 * Problems in the API's own form: the JSON schema that the operation documents for the status, or for its other errors, or
 * that other operations document; the first of them that a problem fits into. Where none does, the guard's own form leaves.
 */
export function compileDocumented(contract: Contract, plain: ProblemForm): ProblemForm {
  const known = new WeakMap<Operation | Contract, Map<number, readonly Offer[]>>();
  let everywhere: readonly MediaType[] | undefined;

  function offersOf(operation: Operation | undefined, status: number): readonly Offer[] {
    const key = operation ?? contract;
    let byStatus = known.get(key);
    if (byStatus === undefined) known.set(key, (byStatus = new Map()));
    let offers = byStatus.get(status);
    if (offers === undefined) byStatus.set(status, (offers = compile(operation, status)));
    return offers;
  }

  function compile(operation: Operation | undefined, status: number): readonly Offer[] {
    const named = operation === undefined ? undefined : responseFor(operation, status);
    const errors = operation === undefined ? [] : errorResponses(operation);
    everywhere ??= mostOften(contract.operations.flatMap(errorResponses).flatMap(({ content }) => content));
    const media = [...(named?.content ?? []), ...errors.flatMap(({ content }) => content), ...everywhere];
    const offers = new Map<unknown, Offer>();
    for (const { type, schema } of media) {
      if (schema === undefined || !isJson(type.split(';', 1)[0]?.trim() ?? '') || type.includes('*')) continue;
      if (offers.has(schema.raw)) continue;
      const compiled = compileSchema(contract, schema, { direction: 'response' });
      offers.set(schema.raw, { type, schema, check: (value) => compiled.check(value) });
      if (offers.size === most) break;
    }
    return [...offers.values()];
  }

  return (exchange: Exchange, problem: Problem) => {
    const facts = { problem, path: exchange.path, method: exchange.incoming.method, now: exchange.now };
    for (const { type, schema, check } of offersOf(exchange.operation, problem.status)) {
      const body = shaped(contract, schema, facts);
      if (body !== undefined && check(body))
        return { status: problem.status, headers: { 'content-type': type }, body: JSON.stringify(body) };
    }
    return plain(exchange, problem);
  };
}

/** Each schema once, the one that most responses have first. */
function mostOften(media: readonly MediaType[]): readonly MediaType[] {
  const counts = new Map<unknown, { readonly media: MediaType; count: number }>();
  for (const one of media) {
    if (one.schema === undefined) continue;
    const { raw } = one.schema;
    const key = typeof raw === 'object' && typeof raw['$ref'] === 'string' ? raw['$ref'] : raw;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { media: one, count: 1 });
    else known.count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map((entry) => entry.media);
}
