import type { Report } from '../report.ts';
import type { Finding } from '../finding.ts';
import { gainsOf, type Score } from '../score.ts';

/** Stable; described by `schemas/check-output.json`. */
export function formatJson(reports: readonly Report[]): string {
  return `${JSON.stringify({ castellan: 'check', version: 1, documents: reports.map(written) }, null, 2)}\n`;
}

function written(report: Report): object {
  return {
    ...report,
    findings: report.findings.map(findingAsWritten),
    ignored: report.ignored.map(({ finding, ignore }) => ({ finding: findingAsWritten(finding), ignore })),
    first: firstOf(report.score, report.findings),
  };
}

function findingAsWritten({ mend, ...rest }: Finding): object {
  return { ...rest, fix: mend };
}

function firstOf(score: Score, findings: readonly Finding[]): readonly object[] {
  return gainsOf(score, findings).map(({ mend, ...rest }) => ({ ...rest, fix: mend }));
}
