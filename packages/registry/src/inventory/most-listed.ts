/**
 * Entries of lists that have no pages, at most: whoever adds more of them (a stolen key, a script that gives each run a name of its own)
 * makes nothing fail that others read. What comes first in its order is shown.
 */
export const mostListed = {
  /** Of one API. */
  environments: 1_000,
  contracts: 10_000,
  deployments: 10_000,
  /** Of one environment. */
  guards: 1_000,
  /** Of the whole inventory. */
  allEnvironments: 10_000,
  dependencies: 50_000,
  unreadable: 10_000,
  templates: 10_000,
} as const;
