import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { Finding } from '../finding.ts';
import { checkedNothing, type Report } from '../report.ts';
import { severities } from '../risk.ts';
import { gainsOf } from '../score.ts';
import { changeOf, overviewRows, OVERVIEW_HEADINGS } from './overview.ts';

/** So many findings of one rule are shown. */
const SHOWN = 5;
const MARKS = {
  critical: '🔴 critical',
  high: '🔴 high',
  medium: '🟠 medium',
  low: '🟡 low',
  info: '⚪ info',
} as const;

/** For a comment of a pull request: the score, what to do first, the findings; of several documents a table before. */
export function formatMarkdown(
  reports: readonly Report[],
  options: { readonly all: boolean; readonly by: 'rule' | 'operation' },
): string {
  const parts = printable(reports).map((report) => oneReport(report, options));
  const overview = reports.length < 2 ? [] : [table(OVERVIEW_HEADINGS, overviewRows(printable(reports)))];
  return `${[...overview, ...parts].join('\n\n')}\n`;
}

function oneReport(report: Report, { all, by }: { readonly all: boolean; readonly by: 'rule' | 'operation' }): string {
  const { score, findings } = report;
  const counts = severities.flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}`];
  });
  const lines = [
    `## ${text(report.title || report.file)}: ${checkedNothing(report) ? 'nothing was checked' : `${score.value} of 100${changeOf(report)}`}`,
    '',
    `${text(report.file)}, profile ${report.profile}; ${counts.length === 0 ? 'no findings' : counts.join(', ')}`,
  ];
  const first = gainsOf(score, findings);
  if (first.length > 0)
    lines.push(
      '',
      'Do these first:',
      '',
      ...first.map(
        ({ title, points, mend, findings: number }) =>
          `1. **+${points.toFixed(1)}** ${text(title)}${number > 1 ? ` (${number})` : ''}: ${text(mend)}`,
      ),
    );
  const groups = by === 'operation' ? byOperation(findings) : byRule(findings);
  for (const [heading, list] of groups) {
    const shown = all ? list : list.slice(0, SHOWN);
    lines.push(
      '',
      `### ${text(heading)}`,
      '',
      table(
        ['', 'what', 'where'],
        shown.map(({ severity, message, place, rule }) => [
          MARKS[severity],
          `${text(message)} <sub>${rule}</sub>`,
          `\`${formatPlace(place).replaceAll('`', '').replaceAll('|', '\\|')}\``,
        ]),
      ),
    );
    if (list.length > shown.length) lines.push('', `and ${list.length - shown.length} more`);
  }
  return lines.join('\n');
}

function byRule(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) found.set(finding.title, [...(found.get(finding.title) ?? []), finding]);
  return found;
}

/** Findings of each operation, in the order of the worst of each; those of none last. */
export function byOperation(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings)
    for (const operation of finding.operations) {
      const list = found.get(operation);
      if (list === undefined) found.set(operation, [finding]);
      else list.push(finding);
    }
  const others = findings.filter(({ operations }) => operations.length === 0);
  if (others.length > 0) found.set('no operation', others);
  return found;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of others inside of Markdown: no markup, no table breaks. */
function text(value: string): string {
  return value.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_|<>[\]#]/g, (sign) => `\\${sign}`);
}
