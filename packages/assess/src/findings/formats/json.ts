import type { Report } from '../report.ts';
import { gainsOf } from '../score.ts';

/** Stable; described by `schemas/check-output.json`. */
export function formatJson(reports: readonly Report[]): string {
  return `${JSON.stringify({ castellan: 'check', version: 1, documents: reports.map((report) => ({ ...report, first: gainsOf(report.score, report.findings) })) }, null, 2)}\n`;
}
