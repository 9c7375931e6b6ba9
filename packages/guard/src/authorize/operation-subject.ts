import { compileResourceAccess, type Operation } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import type { ActionFacts, Authority } from './authority.ts';

/** What an operation is about, as far as policies see it. */
export interface OperationSubject {
  readonly facts: ActionFacts;
  /** The type that its action is decided on: that of its resource, or of the API as a whole. */
  readonly type: string;
  /** All types that it applies to: a search may find objects of several. */
  readonly types: ReadonlySet<string>;
  /** Where the ids come from; undefined for collections and for the API as a whole. */
  readonly id: string | undefined;
  /** Whether it only reads (RFC 9110 section 9.2.1). */
  readonly safe: boolean;
  /** Whether some policy could permit it, or means to: without one, the profile's default counts. */
  readonly governed: boolean;
  /** Whether it has to be decided on before anything leaves: it is governed, or a policy forbids it on some objects. */
  readonly asks: boolean;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

/** Whether calling the operation changes nothing. */
function isSafe(operation: Operation): boolean {
  return safeMethods.has(operation.method);
}

/** Works out what an operation is about. */
export function subjectOf(authority: Authority, operation: Operation): OperationSubject {
  const facts = authority.facts(operation.operationId);
  const own = operation.resource?.type;
  // The schema of the policies decides: what an action does not apply to, no policy can speak of.
  const applies = new Set([...(facts.model?.resources ?? [])].map((name) => authority.resourceOf(name)));
  const fits = own !== undefined && applies.has(own);
  const root = fits ? own : rootType(authority, operation);
  const type = root !== undefined && applies.has(root) ? root : ([...applies][0] ?? authority.api.type);
  const types = fits ? new Set([own]) : applies.size > 0 ? applies : new Set([type]);
  const governed = facts.named || [...types].some((one) => facts.permits(one));
  return {
    facts,
    type,
    types,
    id: fits ? operation.resource?.id : undefined,
    safe: isSafe(operation),
    governed,
    asks: governed || [...types].some((one) => facts.forbidsSome(one)),
  };
}

/** The resource that every good answer of an operation is, such as the profile that `/users/me` answers. */
function rootType(authority: Authority, operation: Operation): string | undefined {
  for (const response of operation.responses) {
    if (!response.status.startsWith('2')) continue;
    for (const { schema } of response.content) {
      if (schema === undefined) continue;
      const root = compileResourceAccess(authority.contract, schema, 'response')?.root;
      if (root !== undefined) return root.type;
    }
  }
  return undefined;
}

/** The source of an id that is the caller's own: `/users/me`. */
export const fromCaller = 'auth.subject';

/** The ids that a request names, by `path.x`, `query.x` or `body.x.y`; lists count with all their items. */
export function idsIn(exchange: Exchange, source: string): readonly string[] {
  if (source === fromCaller) return exchange.auth === undefined ? [] : [exchange.auth.subject];
  return [...new Set(valuesIn(exchange, source).filter(isId).map(String))];
}

/**
 * The ids that a decision has to be made on. An id that is missing, null, empty or no id names no single object: what the
 * operation does then may be about any of them.
 * @returns undefined where the request does not name its objects
 */
export function decidedIds(exchange: Exchange, source: string): readonly string[] | undefined {
  if (source === fromCaller) return idsIn(exchange, source);
  const values = valuesIn(exchange, source);
  return values.length > 0 && values.every(isId) ? [...new Set(values.map(String))] : undefined;
}

/** Whether a value can be the id of an object. */
export function isId(value: unknown): value is string | number | bigint {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint';
}

function valuesIn(exchange: Exchange, source: string): readonly unknown[] {
  const [place, ...names] = source.split('.');
  const { parameters } = exchange;
  const from: unknown = place === 'path' ? parameters.path : place === 'query' ? parameters.query : exchange.value;
  let values: unknown[] = [from];
  for (const name of place === 'path' || place === 'query' ? [names.join('.')] : names) {
    values = values
      .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
      .map((value) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      );
  }
  return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}
