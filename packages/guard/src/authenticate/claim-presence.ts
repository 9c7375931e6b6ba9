import type { Unknown } from '../auth-context.ts';
import type { SchemeNotice } from '../scheme.ts';
import type { ClaimPath } from './claim-path.ts';
import type { Claims } from './claims.ts';

/** Where claims are that may be missed. */
export interface PlacesOfClaims {
  readonly groups: readonly ClaimPath[];
  readonly tenant: readonly ClaimPath[];
}

/** Claims that an entry names. */
export interface NamedClaims {
  readonly groups: boolean;
  readonly tenant: boolean;
  /** Whether tokens leave groups out for callers who have none. */
  readonly optionalGroups: boolean;
}

/** Claims that are named of a token in a message, and characters of each. */
const most = { names: 12, length: 40 };

/**
 * Whether tokens have the claims that their entry names. A claim that no token has is a misspelt name, or a provider that
 * was not told to add it: said with the first token, and by a notice until one has it.
 */
export class ClaimPresence {
  readonly #scheme: string;
  readonly #named: NamedClaims;
  readonly #places: PlacesOfClaims;
  readonly #had = new Set<Unknown>();
  readonly #missing = new Map<Unknown, string>();

  /** @param places where the claims are, those that are looked at though nobody named them too */
  constructor(scheme: string, named: NamedClaims, places: PlacesOfClaims) {
    this.#scheme = scheme;
    this.#named = named;
    this.#places = places;
  }

  /** What a verified token does not say although it should; noted where it is the first of its kind. */
  unknownOf(claims: Claims, groups: readonly string[], tenant: string | undefined): readonly Unknown[] {
    const unknown: Unknown[] = [];
    // The provider has them and left them out, because they are too many (OpenID Connect Core 5.6.2).
    if (groups.length === 0 && this.#places.groups.some(({ top }) => isElsewhere(claims, top))) unknown.push('groups');
    for (const name of ['groups', 'tenant'] as const) {
      const paths = this.#places[name];
      if (!this.#named[name]) continue;
      if (paths.some((path) => isThere(path.read(claims, tenant)))) {
        this.#had.add(name);
        continue;
      }
      if (name === 'groups' && this.#named.optionalGroups) continue;
      if (!unknown.includes(name)) unknown.push(name);
      if (this.#had.has(name) || this.#missing.has(name)) continue;
      const message = `authentication.${this.#scheme}.${name} is '${paths.map(({ text }) => text.slice(0, 100)).join("', '")}', and a good token has no such claim; it has ${namesOf(claims)}${name === 'groups' ? '; where callers without groups have no claim, say optionalGroups: true' : ''}`;
      this.#missing.set(name, message);
      process.emitWarning(message, { type: 'Castellan', code: 'claim-not-found' });
    }
    return unknown.length === 0 ? none : unknown;
  }

  get notices(): readonly SchemeNotice[] {
    return [...this.#missing]
      .filter(([of]) => !this.#had.has(of))
      .map(([, message]) => ({ code: 'claim-not-found', message, fatalInProduction: false }));
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

const none: readonly Unknown[] = Object.freeze([]);

/** Whether a token says that a claim of it is to be asked for elsewhere. */
function isElsewhere(claims: Claims, name: string): boolean {
  const names = Object.hasOwn(claims, '_claim_names') ? claims['_claim_names'] : undefined;
  if (typeof names === 'object' && names !== null && Object.hasOwn(names, name)) return true;
  return Object.hasOwn(claims, 'hasgroups') && claims['hasgroups'] === true;
}

/** Names, never values; as they were signed, but nothing that a terminal would act on. */
function namesOf(claims: Claims): string {
  const names = Object.keys(claims).sort();
  const shown = names.slice(0, most.names).map((name) => name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, most.length));
  return `${shown.join(', ')}${names.length > most.names ? ' and more' : ''}`;
}
