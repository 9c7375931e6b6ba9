/** How a guard's reports to the registry fare. */
export interface ReportsFared {
  /** Reports that the registry does not have yet. */
  readonly waiting: number;
  /** Reports that were given up: too many waited, or the registry refused them. */
  readonly lost: number;
  /** Exchanges of so many different operations, paths or callers between two reports that these have no place for them. */
  readonly uncounted: number;
}

/** Of a guard that reports to no registry. */
export const noReports: ReportsFared = { waiting: 0, lost: 0, uncounted: 0 };
