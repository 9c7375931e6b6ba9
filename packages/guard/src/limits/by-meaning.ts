import type { Contract, LimitPart, Operation, Profile, Rate, RateLimit, RequestValue } from '@castellan/contract';
import { isOnObject, isSecretName, namesOf, purposesOf, takesCode } from '@castellan/meaning';
import { accountPlaces, placesOf } from './account.ts';

/** A default limit, and the meaning that it follows from. */
export interface MeantLimit extends RateLimit {
  /** `sign-in`, `recover` … */
  readonly purpose: string;
  /** Whom it is for: `known` callers are authenticated. */
  readonly who: 'all' | 'known' | 'anonymous';
}

const minute = (count: number): Rate => ({ count, seconds: 60 });
const hour = (count: number): Rate => ({ count, seconds: 3600 });

type Purpose = 'sign-in' | 'one-time-code' | 'recover' | 'register' | 'search' | 'export';
type By = 'account' | 'account at an address' | 'address' | 'principal' | 'stranger';
type Row = readonly [by: By, counts: RateLimit['counts'], standard: Rate, bank: Rate];

/**
 * What each purpose lets through. Honest use must fit: hundreds of people behind one address (NAT), test suites that sign in as
 * the same person again and again, people who try again. So guessing counts failures: few of an account from one address, more
 * of it from everywhere, so that strangers do not easily lock its owner out. What sends messages counts each call.
 */
const table: ReadonlyMap<Purpose, readonly Row[]> = new Map(
  Object.entries({
    'sign-in': [
      ['account at an address', 'failures', hour(20), hour(10)],
      ['account', 'failures', hour(100), hour(50)],
      ['account', 'all', minute(60), minute(30)],
      ['address', 'failures', hour(200), hour(100)],
      ['address', 'all', minute(300), minute(120)],
    ],
    'one-time-code': [
      ['account at an address', 'failures', hour(10), hour(5)],
      ['account', 'failures', hour(50), hour(20)],
      ['address', 'failures', hour(100), hour(50)],
      ['address', 'all', minute(120), minute(60)],
    ],
    recover: [
      ['account', 'all', hour(10), hour(5)],
      ['address', 'all', hour(200), hour(100)],
    ],
    register: [
      ['account', 'all', hour(20), hour(10)],
      ['address', 'all', hour(300), hour(100)],
    ],
    search: [
      ['principal', 'all', minute(300), minute(120)],
      ['stranger', 'all', minute(600), minute(300)],
    ],
    export: [
      ['principal', 'all', hour(60), hour(20)],
      ['stranger', 'all', hour(120), hour(60)],
    ],
  } satisfies Record<Purpose, readonly Row[]>) as [Purpose, readonly Row[]][],
);

/**
 * Default limits of an operation by what it is for, under profile `standard` and `bank`: sign-in, one-time codes, recovery,
 * registration, search and export (API2:2023, API4:2023, API6:2023). None where the operation says its own `rateLimit`.
 */
export function limitsByMeaning(contract: Contract, operation: Operation): readonly MeantLimit[] {
  let limits = known.get(operation);
  if (limits === undefined) known.set(operation, (limits = meant(contract, operation)));
  return limits;
}

/** Several parts of a plan ask. */
const known = new WeakMap<Operation, readonly MeantLimit[]>();

function meant(contract: Contract, operation: Operation): readonly MeantLimit[] {
  const { profile } = contract.castellan;
  if ((profile !== 'standard' && profile !== 'bank') || operation.castellan.rateLimit !== undefined) return [];
  const purpose = purposeOf(contract, operation);
  if (purpose === undefined) return [];
  const places = accountPlaces(contract, operation);
  const account = { text: places.map(({ source, path }) => `${source}.${path.join('.')}`).join(' | '), places };
  return (table.get(purpose) ?? []).flatMap(([by, counts, standard, bank]) => {
    const parts = partsOf(by, account);
    if (parts.length === 0) return [];
    const who = by === 'principal' ? 'known' : by === 'stranger' ? 'anonymous' : 'all';
    return [{ purpose, who, by: parts, counts, cost: 1, rate: rateOf(profile, standard, bank) }];
  });
}

/** None where the request names no account. */
function partsOf(by: By, account: RequestValue): readonly LimitPart[] {
  if (by === 'principal') return ['principal'];
  if (by === 'address' || by === 'stranger') return ['address'];
  if (account.places.length === 0) return [];
  return by === 'account' ? [account] : ['address', account];
}

function rateOf(profile: Profile, standard: Rate, bank: Rate): Rate {
  return profile === 'bank' ? bank : standard;
}

/** The one purpose that decides: the most dangerous first. */
function purposeOf(contract: Contract, operation: Operation): Purpose | undefined {
  const names = placesOf(contract, operation).map(({ path }) => path.at(-1) ?? '');
  const called = { ...namesOf(operation), secret: names.some((name) => isSecretName(name)) };
  if (takesCode(called, names)) return 'one-time-code';
  const purposes = purposesOf(called);
  for (const purpose of ['sign-in', 'recover', 'register'] as const) if (purposes.has(purpose)) return purpose;
  if (purposes.has('search')) return 'search';
  // A file of one object is fetched as often as somebody looks at a list of them.
  return purposes.has('export') && !isOnObject(operation) ? 'export' : undefined;
}
