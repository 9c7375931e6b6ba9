import type { Operation, SecurityRequirement, SecurityScheme } from '@castellan/contract';

/** Somebody as whom the API is called: an account made for tests. */
export interface Identity {
  readonly name: string;
  /** The credential for a security scheme by its name; the one under `*` is for every scheme that has none. */
  readonly credentials: ReadonlyMap<string, string>;
  /** operationIds that must be refused to it. */
  readonly mayNot: ReadonlySet<string>;
}

/** Where a credential stands in a request. */
export interface Placed {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/**
 * The credentials of an identity where an operation asks for them: those of the first requirement that it has everything for.
 * @param change makes another credential of each, as a forger would
 * @returns undefined where no requirement can be met; empty where the operation asks for nothing
 */
export function placedFor(
  { security }: Operation,
  identity: Identity,
  change: (credential: string, scheme: SecurityScheme) => string = (credential) => credential,
): readonly Placed[] | undefined {
  if (security.length === 0) return [];
  for (const requirement of security) {
    const placed = placedIn(requirement, identity, change);
    if (placed !== undefined) return placed;
  }
  return undefined;
}

function placedIn(
  { schemes }: SecurityRequirement,
  { credentials }: Identity,
  change: (credential: string, scheme: SecurityScheme) => string,
): readonly Placed[] | undefined {
  if (schemes.length === 0) return undefined;
  const placed: Placed[] = [];
  for (const { scheme } of schemes) {
    const credential = credentials.get(scheme.name) ?? credentials.get('*');
    const one = credential === undefined ? undefined : placeOf(scheme, change(credential, scheme));
    if (one === undefined) return undefined;
    placed.push(one);
  }
  return placed;
}

function placeOf(scheme: SecurityScheme, value: string): Placed | undefined {
  switch (scheme.type) {
    case 'apiKey':
      return { in: scheme.in, name: scheme.key, value };
    case 'http':
      if (scheme.scheme === 'bearer') return { in: 'header', name: 'Authorization', value: `Bearer ${value}` };
      return scheme.scheme === 'basic'
        ? { in: 'header', name: 'Authorization', value: `Basic ${Buffer.from(value).toString('base64')}` }
        : undefined;
    case 'oauth2':
    case 'openIdConnect':
      return { in: 'header', name: 'Authorization', value: `Bearer ${value}` };
    default:
      return undefined;
  }
}

/** Whether anybody may call an operation without a credential, by its document. */
export function isOpen({ security }: Operation): boolean {
  return security.length === 0 || security.some(({ schemes }) => schemes.length === 0);
}
