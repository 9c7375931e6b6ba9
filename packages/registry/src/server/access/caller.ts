import type { AuthContext } from '@castellan/guard';
import { roles, type Role } from './roles.ts';

/** Who calls, as policies know it. */
export interface Caller {
  /** Id of the key, or what the identity provider calls the person. */
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
}

/** Groups of the identity provider that have a role. */
export type RoleGroups = { readonly [Name in Exclude<Role, 'guard'>]?: readonly string[] | undefined };

/** Name of the scheme by which people log in; what other schemes show, the registry has given out itself. */
const loginScheme = 'login';

/**
 * Roles and teams of a caller. Of a login the groups that the configuration names have a role, and every group is a team; what
 * a token calls `role:…` is a group like any other.
 */
export function callerOf(auth: AuthContext, groups: RoleGroups = {}): Caller {
  const { subject } = auth;
  if (auth.schemes.includes(loginScheme))
    return {
      subject,
      roles: roles.filter((role) => role !== 'guard' && groups[role]?.some((group) => auth.groups.includes(group))),
      teams: auth.groups,
    };
  return {
    subject,
    roles: roles.filter((role) => auth.groups.includes(`role:${role}`)),
    teams: auth.groups.filter((group) => group.startsWith('team:')).map((group) => group.slice('team:'.length)),
  };
}
