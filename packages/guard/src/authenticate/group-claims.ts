import { claimPath, type ClaimPath } from './claim-path.ts';
import type { Claims } from './claims.ts';
import type { GroupsClaim, TokenConfiguration } from './token-configuration.ts';

/** Where groups are, and how they are written there. */
export interface GroupsRule {
  readonly paths: readonly ClaimPath[];
  readonly separator: string | undefined;
  readonly members: GroupsClaim['members'];
}

export function groupsRule(written: TokenConfiguration['groups'] = 'claims.groups'): GroupsRule {
  const isObject = typeof written === 'object' && 'claim' in written;
  const { claim, separator, members }: GroupsClaim = isObject ? written : { claim: written };
  return { paths: [claim].flat().map((text: string) => claimPath(text)), separator, members };
}

/**
 * The groups of a token, of all claims that are named: a list, one text, a list in a text where its separator is known, or
 * the member names of an object.
 * @param tenant whose groups are asked for, where they stand by tenant
 * @returns undefined where they cannot be read: whoever they forbid something must not be let by
 */
export function groupsOf(claims: Claims, rule: GroupsRule, tenant: string | undefined): readonly string[] | undefined {
  const all = new Set<string>();
  for (const path of rule.paths) {
    const some = groupsIn(path.read(claims, tenant), rule, tenant);
    if (some === undefined) return undefined;
    for (const one of some) all.add(one);
  }
  return [...all];
}

function groupsIn(value: unknown, rule: GroupsRule, tenant: string | undefined): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') {
    if (rule.separator !== undefined) {
      return value
        .split(rule.separator)
        .map((one) => one.trim())
        .filter(Boolean);
    }
    return /[\s,;]/.test(value) ? undefined : [value];
  }
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) {
    const groups = value.map((one: unknown) => (typeof one === 'number' ? String(one) : one));
    return groups.every((one) => typeof one === 'string') ? groups : undefined;
  }
  if (typeof value !== 'object' || rule.members === undefined) return undefined;
  if (rule.members === 'names') return Object.keys(value);
  return Object.entries(value)
    .filter(([, tenants]) => isOfTenant(tenants, tenant))
    .map(([name]) => name);
}

/** Whether a group is held in this tenant: its tenants are the member names of an object, or a list. */
function isOfTenant(tenants: unknown, tenant: string | undefined): boolean {
  if (tenant === undefined || typeof tenants !== 'object' || tenants === null) return false;
  return Array.isArray(tenants) ? tenants.includes(tenant) : Object.hasOwn(tenants, tenant);
}
