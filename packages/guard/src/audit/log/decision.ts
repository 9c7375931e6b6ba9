/** How an exchange ended, as the log is asked for it; `reload`: contract, policies and keys were read again. */
export const decisions = ['allowed', 'refused', 'withheld', 'failed', 'observed', 'begun', 'reload'] as const;
export type Decision = (typeof decisions)[number];

export function decisionOf(of: {
  readonly begun: boolean;
  readonly refused: { readonly stage: string; readonly type: string } | undefined;
  readonly observed: boolean;
  readonly status: number;
}): Decision {
  if (of.begun) return 'begun';
  if (of.refused?.type === 'response-withheld') return 'withheld';
  if (of.refused?.stage === 'handler') return 'failed';
  if (of.refused !== undefined) return 'refused';
  if (of.observed) return 'observed';
  return of.status >= 500 || of.status === 0 ? 'failed' : 'allowed';
}
