import type { Unknown } from '../auth-context.ts';
import type { PolicyHead } from './heads.ts';

/** A policy in Cedar's JSON form. */
type Policy = PolicyHead & {
  readonly conditions?: readonly { readonly kind: 'when' | 'unless'; readonly body: unknown }[] | undefined;
};

/**
 * What of a caller a policy may hold against it: a `forbid` whatever it asks for, a `permit` what it must not be. Where
 * that is not known, whoever it is about would be let by.
 */
export function heldAgainst(policy: Policy): ReadonlySet<Unknown> {
  const found = new Set<Unknown>();
  const forbids = policy.effect === 'forbid';
  const { op, in: within } = policy.principal;
  if (forbids && (op === 'in' || within !== undefined)) found.add('groups');
  for (const { kind, body } of policy.conditions ?? []) walk(body, forbids || kind === 'unless', forbids, found);
  return found;
}

/**
 * @param against whether it counts against the caller where this is true
 * @param both whether it counts so in either case
 */
function walk(node: unknown, against: boolean, both: boolean, found: Set<Unknown>): void {
  if (Array.isArray(node)) for (const one of node) walk(one, against, both, found);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  for (const [op, body] of Object.entries(node as Readonly<Record<string, unknown>>)) {
    const named = nameOf(op, body);
    if (named !== undefined && (against || both)) found.add(named);
    if (op === '!') walk(body, !against, both, found);
    else if (op === 'if-then-else' && typeof body === 'object' && body !== null) {
      const { if: condition, ...branches } = body as Readonly<Record<string, unknown>>;
      walk(condition, against, true, found);
      walk(Object.values(branches), against, both, found);
    } else if (op === '==' || op === '!=') walk(body, against, true, found);
    else walk(body, against, both, found);
  }
}

/** What an expression asks of the caller. */
function nameOf(op: string, body: unknown): Unknown | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { left, attr, in: within } = body as Readonly<Record<string, unknown>>;
  if (typeof left !== 'object' || left === null || (left as { readonly Var?: unknown }).Var !== 'principal')
    return undefined;
  if (op === 'in' || (op === 'is' && within !== undefined)) return 'groups';
  return (op === '.' || op === 'has') && (attr === 'groups' || attr === 'tenant') ? attr : undefined;
}
