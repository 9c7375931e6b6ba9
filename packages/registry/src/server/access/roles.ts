/** What somebody may be. `guard` is for what reports, the others are for people. */
export const roles = ['guard', 'viewer', 'developer', 'owner', 'security', 'administrator'] as const;
export type Role = (typeof roles)[number];
