import type { Contract, Operation, RequestValue } from '@castellan/contract';
import { isPasswordName, isSecretName, namesOf, purposesOf, takesCode } from '@castellan/meaning';
import type { IdHash } from '../audit/id-hash.ts';
import type { Exchange } from '../exchange.ts';
import { accountPlaces, placesOf } from '../limits/account.ts';
import { nameOf, valueOf } from '../limits/request-value.ts';
import type { AttemptFact } from './facts.ts';

/** Statuses by which applications say that a sign-in failed. */
const failures: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 422, 423, 429]);

interface SignIn {
  readonly account: RequestValue;
  readonly secret: RequestValue;
}

/** What a request has that its operation signs people in with: undefined where it signs nobody in. */
const known = new WeakMap<Operation, SignIn | 'none'>();

function signInOf(contract: Contract, operation: Operation): SignIn | 'none' {
  let found = known.get(operation);
  if (found === undefined) known.set(operation, (found = lookFor(contract, operation)));
  return found;
}

function lookFor(contract: Contract, operation: Operation): SignIn | 'none' {
  const places = placesOf(contract, operation);
  const names = places.map(({ path }) => path.at(-1) ?? '');
  const called = { ...namesOf(operation), secret: names.some((name) => isSecretName(name)) };
  if (!purposesOf(called).has('sign-in') && !takesCode(called, names)) return 'none';
  // A password before other secrets (`clientSecret`), and what stands outside before what is inside.
  const secrets = places.filter(({ path }) => isSecretName(path.at(-1) ?? ''));
  const rank = (path: readonly string[]): number => (isPasswordName(path.at(-1) ?? '') ? 0 : 10) + path.length;
  return {
    account: requestValue(accountPlaces(contract, operation)),
    secret: requestValue(secrets.toSorted((a, b) => rank(a.path) - rank(b.path))),
  };
}

function requestValue(places: RequestValue['places']): RequestValue {
  return { text: places.map(({ source, path }) => `${source}.${path.join('.')}`).join(' | '), places };
}

/**
 * Whose account with which secret was tried where the application itself signs people in, and said no: keyed hashes of both,
 * found by what the contract's names mean. Undefined where it was no such attempt, or the guard refused the request before.
 */
export function signInAttemptOf(contract: Contract, exchange: Exchange, hashId: IdHash): AttemptFact | undefined {
  const { operation, verdict, status } = exchange;
  if (operation === undefined || verdict !== undefined || !failures.has(status)) return undefined;
  const signIn = signInOf(contract, operation);
  if (signIn === 'none') return undefined;
  const account = nameOf(exchange, signIn.account);
  const secret = valueOf(exchange, signIn.secret);
  if (account === undefined && secret === undefined) return undefined;
  return {
    kind: 'sign-in',
    account: account === undefined ? undefined : hashId('account', account),
    secret: typeof secret === 'string' || typeof secret === 'number' ? hashId('secret', String(secret)) : undefined,
  };
}
