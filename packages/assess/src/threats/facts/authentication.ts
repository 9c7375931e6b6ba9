import type { Operation, SecurityRequirement, SecurityScheme } from '@castellan/contract';

/** How hard it is to come in without being let in: 0 open, 1 weak, 2 ordinary, 3 strong. */
export type Strength = 0 | 1 | 2 | 3;

/** What an operation asks of its callers, judged by its weakest alternative. */
export interface AuthenticationFacts {
  readonly strength: Strength;
  /** Names of the schemes, by alternative: `oauth`, `key and oauth`. */
  readonly alternatives: readonly string[];
  readonly anonymous: boolean;
  /** A credential travels in the URL. */
  readonly inUrl: boolean;
  /** Some alternative needs nothing but a bearer token or key. */
  readonly bearer: boolean;
  readonly scopes: readonly string[];
}

/** What an operation's security requirements amount to. */
export function authenticationOf(operation: Operation): AuthenticationFacts {
  const anonymous = operation.security.length === 0 || operation.security.some(({ schemes }) => schemes.length === 0);
  const strengths = operation.security.map(strengthOf);
  const schemes = operation.security.flatMap((requirement) => requirement.schemes.map(({ scheme }) => scheme));
  return {
    strength: anonymous ? 0 : (Math.min(...strengths) as Strength),
    alternatives: operation.security
      .filter((one) => one.schemes.length > 0)
      .map((one) => one.schemes.map(({ scheme }) => scheme.name).join(' and ')),
    anonymous,
    inUrl: schemes.some((scheme) => scheme.type === 'apiKey' && scheme.in === 'query'),
    bearer: operation.security.some((requirement) =>
      requirement.schemes.every(({ scheme }) => scheme.type !== 'mutualTLS'),
    ),
    scopes: [...new Set(operation.security.flatMap(({ schemes: all }) => all.flatMap((one) => one.scopes)))],
  };
}

function strengthOf(requirement: SecurityRequirement): Strength {
  return Math.max(0, ...requirement.schemes.map(({ scheme }) => strengthOfScheme(scheme))) as Strength;
}

/** How strong one scheme is by itself. */
export function strengthOfScheme(scheme: SecurityScheme): Strength {
  switch (scheme.type) {
    case 'mutualTLS':
      return 3;
    case 'openIdConnect':
      return 2;
    case 'oauth2':
      return scheme.flows.length > 0 && scheme.flows.every(({ flow }) => flow === 'password' || flow === 'implicit')
        ? 1
        : 2;
    case 'http':
      return scheme.scheme === 'basic' ? 1 : 2;
    case 'apiKey':
      return scheme.in === 'query' ? 1 : 2;
  }
}
