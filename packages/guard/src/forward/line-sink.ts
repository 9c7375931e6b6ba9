import type { OcsfClass } from '../audit/ocsf/classes.ts';

/** Is given events as JSON lines. */
export interface LineSink {
  /** As which classes of OCSF it wants exchanges. */
  readonly classes: readonly OcsfClass[];
  /** @param severity of OCSF: 1 informational, 3 medium, 4 high, 5 critical */
  write(line: string, severity: number): void;
  /** Sends what waits, once. Never rejects. */
  close(): Promise<void>;
}

/** The severity that stands in an event. */
export function severityOf(line: string): number {
  return Number(/"severity_id":(\d)/.exec(line.slice(0, 120))?.[1] ?? 1);
}
