import type { Contract, Operation, SecurityRequirement } from '@castellan/contract';
import { isOpen, isUnsafe } from '../posture/api.ts';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';
import { oldNames } from './schemes.ts';

/** Who may call what: authentication weakened or tightened, scopes dropped, operations that anyone may call. */
export function* securityChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
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
  const renamed = oldNames(before, after);
  const was = alternatives(pair.before, new Map());
  const is = alternatives(pair.after, renamed);
  const gained = is.filter((now) => !was.some((old) => covers(old, now)));
  const lost = was.filter((old) => !is.some((now) => covers(now, old)));
  if (gained.length > 0) {
    const open = isOpen(pair.after) && !isOpen(pair.before);
    const dropped = droppedScopes(pair.before, pair.after, renamed);
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
function alternatives(operation: Operation | undefined, renamed: ReadonlyMap<string, string>): ReadonlySet<string>[] {
  const security: readonly SecurityRequirement[] =
    operation === undefined || operation.security.length === 0 ? [{ schemes: [] }] : operation.security;
  return security.map(
    ({ schemes }) =>
      new Set(
        schemes.flatMap(({ scheme, scopes }) => {
          const name = renamed.get(scheme.name) ?? scheme.name;
          return [name, ...scopes.map((scope) => `${name}:${scope}`)];
        }),
      ),
  );
}

/** Whether whoever meets `asked` also meets `needed`. */
function covers(needed: ReadonlySet<string>, asked: ReadonlySet<string>): boolean {
  for (const one of needed) if (!asked.has(one)) return false;
  return true;
}

function droppedScopes(before: Operation, after: Operation, renamed: ReadonlyMap<string, string>): string[] {
  const scopesOf = (operation: Operation): Set<string> =>
    new Set(operation.security.flatMap(({ schemes }) => schemes.flatMap(({ scopes }) => scopes)));
  const schemesOf = (operation: Operation, names: ReadonlyMap<string, string>): string =>
    [
      ...new Set(
        operation.security.flatMap(({ schemes }) => schemes.map(({ scheme }) => names.get(scheme.name) ?? scheme.name)),
      ),
    ]
      .sort()
      .join(' ');
  if (schemesOf(before, new Map()) !== schemesOf(after, renamed)) return [];
  const now = scopesOf(after);
  return [...scopesOf(before)].filter((scope) => !now.has(scope));
}

function show(alternative: ReadonlySet<string>): string {
  return alternative.size === 0
    ? 'no credential'
    : [...alternative].filter((one) => ![...alternative].some((other) => other.startsWith(`${one}:`))).join(' and ');
}
