/** Where an API or an operation stands in its life, in this order. */
export const lifecycleStates = ['draft', 'published', 'deprecated', 'retired'] as const;
export type LifecycleState = (typeof lifecycleStates)[number];

/** Who asks; `guard` reports only. */
export const lifecycleRoles = ['viewer', 'developer', 'owner', 'security', 'administrator'] as const;
export type LifecycleRole = (typeof lifecycleRoles)[number];

/** What must hold before a transition. */
export const conditions = [
  'document',
  'checks',
  'owner',
  'approval',
  'sunset',
  'notice',
  'notice-over',
  'no-consumers',
] as const;
export type Condition = (typeof conditions)[number];

/** One way from state to state. */
export interface TransitionRule {
  readonly from: LifecycleState;
  readonly to: LifecycleState;
  /** Who may; each for the APIs of its team. */
  readonly roles: readonly LifecycleRole[];
  readonly conditions: readonly Condition[];
}

/**
 * Every transition that there is (OWASP API9:2023). A way back is open: a deprecation that was a mistake, and a retirement that broke
 * somebody.
 */
export const transitions: readonly TransitionRule[] = [
  {
    from: 'draft',
    to: 'published',
    roles: ['owner', 'administrator'],
    conditions: ['document', 'checks', 'owner', 'approval'],
  },
  { from: 'draft', to: 'retired', roles: ['developer', 'owner', 'administrator'], conditions: ['no-consumers'] },
  { from: 'published', to: 'draft', roles: ['owner', 'administrator'], conditions: ['no-consumers'] },
  { from: 'published', to: 'deprecated', roles: ['owner', 'administrator'], conditions: ['sunset', 'notice'] },
  { from: 'deprecated', to: 'published', roles: ['owner', 'administrator'], conditions: ['checks'] },
  {
    from: 'deprecated',
    to: 'retired',
    roles: ['owner', 'administrator'],
    conditions: ['notice-over', 'no-consumers', 'approval'],
  },
  { from: 'retired', to: 'deprecated', roles: ['administrator'], conditions: ['sunset'] },
];

/** Who may set a condition aside, with a reason that is kept. */
export const mayOverride: readonly LifecycleRole[] = ['security', 'administrator'];

/** The same of what is stored. */
export function furtherOf(documented: string, decided: string | null | undefined): LifecycleState {
  const [a = 'published', b] = [documented, decided].map((one) => lifecycleStates.find((state) => state === one));
  return b === undefined ? a : further(a, b);
}

/** What a document says and what was decided, together: whichever is further on. */
export function further(a: LifecycleState, b: LifecycleState): LifecycleState {
  return lifecycleStates.indexOf(a) >= lifecycleStates.indexOf(b) ? a : b;
}
