import type { LimitPart } from '@castellan/contract';
import { limitKey, networkOf } from '../address.ts';
import type { AuthContext } from '../auth-context.ts';
import type { IdHash } from '../audit/id-hash.ts';
import type { Exchange } from '../exchange.ts';
import { nameOf } from './request-value.ts';

/** Under which name a request is counted. */
export type LimitKeyOf = (exchange: Exchange) => string;

/**
 * Compiles under which name requests are counted. What a request does not have has its caller's address in its place: a value that is
 * left out must not be a way around.
 * @param hash of values of the request: they may name people, and counters are kept
 */
export function compileKey(parts: readonly LimitPart[], hash: IdHash): LimitKeyOf {
  const keys = parts.map((part) => partKey(part, hash));
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return only;
  return (exchange) => keys.map((key) => key(exchange)).join(' & ');
}

function partKey(part: LimitPart, hash: IdHash): LimitKeyOf {
  if (typeof part === 'object') {
    if ('prefix' in part) return ({ address }) => networkOf(address, part.prefix);
    return (exchange) => {
      const name = nameOf(exchange, part);
      return name === undefined ? limitKey(exchange.address) : `value ${hash(part.text, name)}`;
    };
  }
  switch (part) {
    case 'address':
      return ({ address }) => limitKey(address);
    case 'operation':
      return () => 'all';
    case 'tenant':
      return (exchange) =>
        exchange.auth?.tenant === undefined ? callerKey(exchange) : `tenant ${exchange.auth.tenant}`;
    case 'key':
      return (exchange) =>
        exchange.auth === undefined
          ? limitKey(exchange.address)
          : `key ${exchange.auth.issuer} ${exchange.auth.credential.kind} ${exchange.auth.credential.id}`;
    case 'principal':
      return callerKey;
  }
}

const principals = new WeakMap<AuthContext, string>();

/** A subject is only unique within its issuer. */
function principalKey({ auth }: Pick<Exchange, 'auth'>): string {
  if (auth === undefined) return '';
  let key = principals.get(auth);
  if (key === undefined) principals.set(auth, (key = `${auth.issuer} ${auth.subject}`));
  return key;
}

/** Who calls: the principal, or the address of a caller that nobody knows. */
export function callerKey(exchange: Exchange): string {
  return exchange.auth === undefined ? limitKey(exchange.address) : principalKey(exchange);
}

/** Whether a part can only be told once parameters and body are decoded. */
export function isLate(part: LimitPart): boolean {
  return typeof part === 'object' && 'places' in part;
}
