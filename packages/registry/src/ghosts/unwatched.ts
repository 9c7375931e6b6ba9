import type { Ghost } from './ghost.ts';
import type { Known } from './known.ts';

/** Runs without an audit trail: whatever happens there, nobody can tell afterwards. */
export function unwatched({ deployments, production }: Known): Ghost[] {
  return deployments
    .filter(({ audit }) => audit === false)
    .map((one) => ({
      kind: 'unwatched',
      severity: production.has(one.environment) ? 'high' : 'medium',
      api: one.api ?? '',
      environment: one.environment,
      subject: one.name,
      evidence: [
        one.source === 'heartbeat' ? 'its guard says that it has no audit sink' : `${one.place} names no audit sink`,
      ],
      remedy: 'write audit: { file: … } into castellan.yaml, or the option audit of the guard',
      firstSeen: new Date(one.firstSeen).toISOString(),
      lastSeen: new Date(one.lastSeen).toISOString(),
    }));
}
