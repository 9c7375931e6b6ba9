/** Is given each event as a JSON line. */
export interface LineSink {
  /** @param severity of OCSF: 1 informational, 3 medium, 4 high, 5 critical */
  write(line: string, severity: number): void;
  /** Sends what waits, once. Never rejects. */
  close(): Promise<void>;
}

/** The severity that stands in an event. */
export function severityOf(line: string): number {
  return Number(/"severity_id":(\d)/.exec(line.slice(0, 120))?.[1] ?? 1);
}
