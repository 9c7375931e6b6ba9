import type { LoadedPolicy, PolicySet } from '@castellan/policy';
import { keyOf } from './formula.ts';

/** A policy before and after; one of them where it came or went. */
export interface PolicyPair {
  readonly id: string;
  readonly old: LoadedPolicy | undefined;
  readonly now: LoadedPolicy | undefined;
}

/** What a policy says, whatever it is called. */
function said({ json }: LoadedPolicy): string {
  const { effect, principal, action, resource, conditions } = json;
  return keyOf([effect, principal, action, resource, conditions]);
}

/**
 * The policies that do not say the same in both sets. Those that only moved or got another name are left out; the others
 * belong together by their id.
 */
export function changedPolicies(before: PolicySet, after: PolicySet): PolicyPair[] {
  const now = [...after.loaded.policies, ...after.loaded.templates];
  const gone: LoadedPolicy[] = [];
  for (const old of [...before.loaded.policies, ...before.loaded.templates]) {
    const text = said(old);
    const same = now.filter((policy) => said(policy) === text);
    const twin = same.find(({ id }) => id === old.id) ?? same[0];
    if (twin === undefined) gone.push(old);
    else now.splice(now.indexOf(twin), 1);
  }
  const ids = new Set([...gone, ...now].map(({ id }) => id));
  return [...ids].map((id) => ({
    id,
    old: gone.find((policy) => policy.id === id),
    now: now.find((policy) => policy.id === id),
  }));
}
