import type { Unknown } from '../auth-context.ts';
import type { SchemeNotice } from '../scheme.ts';
import { claimAt, type Claims } from './claims.ts';

/** Claims that an entry names. */
export interface NamedClaims {
  /** As written; undefined where the entry names none. */
  readonly groups: string | undefined;
  readonly tenant: string | undefined;
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
  readonly #paths: ReadonlyMap<Unknown, { readonly text: string; readonly path: readonly string[] }>;
  readonly #had = new Set<Unknown>();
  readonly #missing = new Map<Unknown, string>();

  /** @param paths where the claims are, those that are looked at though nobody named them too */
  constructor(scheme: string, named: NamedClaims, paths: Readonly<Record<Unknown, readonly string[] | undefined>>) {
    this.#scheme = scheme;
    this.#named = named;
    this.#paths = new Map(
      (['groups', 'tenant'] as const).flatMap((of) => {
        const [text, path] = [named[of], paths[of]];
        return text === undefined || path === undefined ? [] : [[of, { text, path }] as const];
      }),
    );
  }

  /** What a verified token does not say although it should; noted where it is the first of its kind. */
  unknownOf(claims: Claims, groups: readonly string[]): readonly Unknown[] {
    const unknown: Unknown[] = [];
    // The provider has them and left them out, because they are too many (OpenID Connect Core 5.6.2).
    if (groups.length === 0 && isElsewhere(claims, this.#paths.get('groups')?.path.at(0) ?? 'groups'))
      unknown.push('groups');
    for (const [of, { text, path }] of this.#paths) {
      const value = claimAt(claims, path);
      if (value !== undefined && value !== null) {
        this.#had.add(of);
        continue;
      }
      if (of === 'groups' && this.#named.optionalGroups) continue;
      if (!unknown.includes(of)) unknown.push(of);
      if (this.#had.has(of) || this.#missing.has(of)) continue;
      const message = `authentication.${this.#scheme}.${of} is '${text.slice(0, 100)}', and a good token has no such claim; it has ${namesOf(claims)}${of === 'groups' ? '; where callers without groups have no claim, say optionalGroups: true' : ''}`;
      this.#missing.set(of, message);
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
