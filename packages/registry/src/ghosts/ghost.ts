/** What is wrong between what is documented, what is deployed and what is seen. */
export const ghostKinds = ['ghost-path', 'shadow', 'zombie', 'unwatched', 'orphan'] as const;
export type GhostKind = (typeof ghostKinds)[number];

export const ghostSeverities = ['critical', 'high', 'medium', 'low'] as const;
export type GhostSeverity = (typeof ghostSeverities)[number];

/** One finding. */
export interface Ghost {
  readonly kind: GhostKind;
  readonly severity: GhostSeverity;
  /** Id of the API; empty where none is known. */
  readonly api: string;
  readonly environment: string;
  /** `GET /internal/dump`, or the name of a deployment. */
  readonly subject: string;
  /** What it is concluded from, one sentence each. */
  readonly evidence: readonly string[];
  /** What to do. */
  readonly remedy: string;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}

/** Worst first, then by place. */
export function byWeight(a: Ghost, b: Ghost): number {
  return (
    ghostSeverities.indexOf(a.severity) - ghostSeverities.indexOf(b.severity) ||
    ghostKinds.indexOf(a.kind) - ghostKinds.indexOf(b.kind) ||
    order(a.api, b.api) ||
    order(a.environment, b.environment) ||
    order(a.subject, b.subject)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
