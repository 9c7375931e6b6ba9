import type { Contract, Operation, SecurityRequirement } from '@castellan/contract';
import { isOpen, isUnsafe } from '../posture/api.ts';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';

/** Who may call what: authentication weakened or tightened, scopes dropped, operations that anyone may call. */
export function* securityChanges(pair: OperationPair, after: Contract): Generator<Change> {
  const { name } = pair;
  if (pair.after === undefined) return;
  const place = after.place(pair.after.location);
  if (pair.before === undefined) {
    if (isOpen(pair.after))
      yield {
        kind: 'security',
        code: 'new-open-operation',
        severity: isUnsafe(pair.after) ? 'high' : 'medium',
        message: `${name} is new, and anyone may call it`,
        operation: name,
        place,
      };
    return;
  }
  const gained = alternatives(pair.after).filter((now) => !alternatives(pair.before).some((old) => covers(old, now)));
  const lost = alternatives(pair.before).filter((old) => !alternatives(pair.after).some((now) => covers(now, old)));
  if (gained.length > 0) {
    const open = isOpen(pair.after) && !isOpen(pair.before);
    const dropped = droppedScopes(pair.before, pair.after);
    yield {
      kind: 'security',
      code: open ? 'authentication-removed' : dropped.length > 0 ? 'scope-dropped' : 'authentication-weakened',
      severity: open ? 'critical' : 'high',
      message: open
        ? `${name} can be called by anyone now`
        : dropped.length > 0
          ? `${name} no longer asks for ${dropped.join(', ')}`
          : `${name} now lets in callers with ${gained.map(show).join(', or ')}`,
      operation: name,
      place,
    };
  }
  if (lost.length > 0)
    yield {
      kind: 'breaking',
      code: 'authentication-tightened',
      severity: 'medium',
      message: `${name} no longer lets in callers with ${lost.map(show).join(', or ')}`,
      operation: name,
      place,
    };
}

/** One alternative as a set of `scheme` and `scheme:scope`. Nothing declared is one alternative that asks for nothing. */
function alternatives(operation: Operation | undefined): ReadonlySet<string>[] {
  const security: readonly SecurityRequirement[] =
    operation === undefined || operation.security.length === 0 ? [{ schemes: [] }] : operation.security;
  return security.map(
    ({ schemes }) =>
      new Set(
        schemes.flatMap(({ scheme, scopes }) => [scheme.name, ...scopes.map((scope) => `${scheme.name}:${scope}`)]),
      ),
  );
}

/** Whether whoever meets `asked` also meets `needed`. */
function covers(needed: ReadonlySet<string>, asked: ReadonlySet<string>): boolean {
  for (const one of needed) if (!asked.has(one)) return false;
  return true;
}

function droppedScopes(before: Operation, after: Operation): string[] {
  const scopesOf = (operation: Operation): Set<string> =>
    new Set(operation.security.flatMap(({ schemes }) => schemes.flatMap(({ scopes }) => scopes)));
  const schemesOf = (operation: Operation): string =>
    [...new Set(operation.security.flatMap(({ schemes }) => schemes.map(({ scheme }) => scheme.name)))]
      .sort()
      .join(' ');
  if (schemesOf(before) !== schemesOf(after)) return [];
  const now = scopesOf(after);
  return [...scopesOf(before)].filter((scope) => !now.has(scope));
}

function show(alternative: ReadonlySet<string>): string {
  return alternative.size === 0
    ? 'no credential'
    : [...alternative].filter((one) => ![...alternative].some((other) => other.startsWith(`${one}:`))).join(' and ');
}

/** Security schemes that became weaker. */
export function* schemeChanges(before: Contract, after: Contract): Generator<Change> {
  for (const [name, now] of after.securitySchemes) {
    const old = before.securitySchemes.get(name);
    if (old === undefined) continue;
    const place = after.place(now.location);
    const was = strengthOf(old);
    const is = strengthOf(now);
    if (is.rank < was.rank)
      yield {
        kind: 'security',
        code: 'scheme-weakened',
        severity: 'high',
        message: `the security scheme ${name} was ${was.text} and is ${is.text}`,
        place,
      };
    else if (is.text !== was.text)
      yield {
        kind: 'breaking',
        code: 'scheme-changed',
        severity: 'medium',
        message: `the security scheme ${name} was ${was.text} and is ${is.text}`,
        place,
      };
  }
}

function strengthOf(scheme: Contract['securitySchemes'] extends ReadonlyMap<string, infer T> ? T : never): {
  readonly rank: number;
  readonly text: string;
} {
  switch (scheme.type) {
    case 'mutualTLS':
      return { rank: 5, text: 'mutualTLS' };
    case 'openIdConnect':
      return { rank: scheme.openIdConnectUrl.startsWith('http:') ? 1 : 4, text: 'openIdConnect' };
    case 'oauth2': {
      const flows = scheme.flows.map(({ flow }) => flow).toSorted();
      const plain = scheme.flows.some(({ tokenUrl, authorizationUrl }) =>
        [tokenUrl, authorizationUrl].some((url) => url?.startsWith('http:') === true),
      );
      const old = flows.some((flow) => flow === 'implicit' || flow === 'password');
      return { rank: plain ? 1 : old ? 3 : 4, text: `oauth2 (${flows.join(', ')}${plain ? ', without TLS' : ''})` };
    }
    case 'http':
      return { rank: scheme.scheme === 'basic' ? 2 : 4, text: `http ${scheme.scheme}` };
    case 'apiKey':
      return { rank: scheme.in === 'query' ? 1 : 3, text: `an API key in the ${scheme.in}` };
  }
}
