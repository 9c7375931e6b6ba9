import type { Report } from '../report.ts';

/** Stable; described by `schemas/check-output.json`. */
export function formatJson(reports: readonly Report[]): string {
  return `${JSON.stringify({ castellan: 'check', version: 1, documents: reports }, null, 2)}\n`;
}
