import { checkedNothing, type Report } from '../report.ts';

export const OVERVIEW_HEADINGS = [
  'API',
  'score',
  'critical',
  'high',
  'operations',
  'owner',
  'environment',
  'document',
] as const;

/** One row for each document, the lowest score first. */
export function overviewRows(reports: readonly Report[]): readonly (readonly string[])[] {
  return reports
    .toSorted((a, b) => a.score.value - b.score.value || (a.file < b.file ? -1 : 1))
    .map((report) => {
      const count = (severity: string): string =>
        String(report.findings.filter((finding) => finding.severity === severity).length);
      return [
        report.title || 'without a title',
        checkedNothing(report) ? 'not checked' : `${report.score.value}${changeOf(report)}`,
        count('critical'),
        count('high'),
        String(report.operations),
        report.owner ?? '',
        report.environment ?? '',
        report.file,
      ];
    });
}

/** ` (+2.4 since 2026-11-20)`; empty where nothing was written down. */
export function changeOf({ score, before }: Pick<Report, 'score' | 'before'>): string {
  if (before === undefined) return '';
  const change = Math.round((score.value - before.score) * 10) / 10;
  return ` (${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)} since ${before.at})`;
}
