import { styleText } from 'node:util';
import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { Finding } from '../finding.ts';
import { checkedNothing, type Report } from '../report.ts';
import { gainsOf } from '../score.ts';
import { byOperation } from './markdown.ts';
import { changeOf, OVERVIEW_HEADINGS, overviewRows } from './overview.ts';
import { severities, type Severity } from '../risk.ts';

type Style = Parameters<typeof styleText>[0];

export interface TextOptions {
  readonly colours: boolean;
  /** Every place; otherwise the first three of each rule. */
  readonly all: boolean;
  /** What findings stand under. Default: the rule. */
  readonly by?: 'rule' | 'operation' | undefined;
}

const SHOWN = 3;
const COLOUR: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

/** For a person: rules with their places, worst first, then the score and why it is what it is. */
export function formatText(reports: readonly Report[], options: TextOptions): string {
  const paint = (style: Style, text: string): string =>
    options.colours ? styleText(style, text, { validateStream: false }) : text;
  const parts = printable(reports).map((report) => oneReport(report, options, paint));
  return [...parts, ...(reports.length < 2 ? [] : [overview(printable(reports))])].join('\n');
}

function oneReport(report: Report, { all, by }: TextOptions, paint: (style: Style, text: string) => string): string {
  const lines = [
    paint('bold', `${report.title || 'An API without a title'} ${report.version}`.trimEnd()),
    paint('dim', `${report.file}, profile ${report.profile}, ${count(report.operations, 'operation')}`),
    '',
  ];
  if (by === 'operation')
    for (const [operation, findings] of byOperation(report.findings)) {
      lines.push(paint('bold', operation));
      for (const { severity, message, rule, place } of findings)
        lines.push(
          `  ${paint(COLOUR[severity], severity.padEnd(8))} ${message} ${paint('dim', `${rule}; ${formatPlace(place)}`)}`,
        );
      lines.push('');
    }
  for (const findings of by === 'operation' ? [] : byRule(report.findings)) {
    const [first] = findings;
    if (first === undefined) continue;
    const ids = [...first.owasp, ...first.asvs.map((id) => `ASVS ${id.slice(1)}`)].join(', ');
    lines.push(
      `${paint(COLOUR[first.severity], first.severity.padEnd(8))} ${paint('bold', first.title)}  ${paint('dim', [first.rule, ids].filter((text) => text !== '').join('; '))}`,
    );
    const shown = all ? findings : findings.slice(0, SHOWN);
    for (const finding of shown) {
      const other = finding.severity === first.severity ? '' : ` (${finding.severity})`;
      lines.push(`  ${formatPlace(finding.place)}`, `    ${finding.message}${other}`);
    }
    if (findings.length > shown.length)
      lines.push(paint('dim', `  and ${findings.length - shown.length} more (--all shows them)`));
    const patches = findings.filter(({ mend }) => (mend.actions?.length ?? 0) > 0);
    const how =
      patches.length === 0
        ? ''
        : patches.every(({ mend }) => mend.safe === true)
          ? '  (--fix writes it)'
          : '  (--fix=all writes it)';
    lines.push(paint('dim', `    why   ${first.why}`), `    fix   ${first.mend.text}${paint('dim', how)}`, '');
  }
  return `${[...lines, ...summary(report, paint)].join('\n')}\n`;
}

function summary(report: Report, paint: (style: Style, text: string) => string): string[] {
  const bySeverity = severities.flatMap((severity) => {
    const number = report.findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}`];
  });
  const beside = [
    report.known > 0 ? `${report.known} in the baseline` : '',
    report.ignored.length > 0 ? `${report.ignored.length} ignored` : '',
  ].filter((text) => text !== '');
  const lines = [
    `${paint('bold', checkedNothing(report) ? 'Nothing was checked: no operation and no webhook' : `Score ${report.score.value} of 100${changeOf(report)}`)}  ${bySeverity.length === 0 ? 'no findings' : bySeverity.join(', ')}${beside.length === 0 ? '' : ` (and ${beside.join(', ')})`}`,
  ];
  const first = gainsOf(report.score, report.findings);
  if (first.length > 0) lines.push('Do these first, by the points that each gives:');
  for (const { points, title, findings, mend } of first)
    lines.push(
      `  +${points.toFixed(1).padStart(4)}  ${title}${findings > 1 ? ` (${findings})` : ''}`,
      paint('dim', `         ${mend}`),
    );
  return lines;
}

/** One line for each document. */
function overview(reports: readonly Report[]): string {
  const rows = [OVERVIEW_HEADINGS, ...overviewRows(reports)];
  const widths = OVERVIEW_HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return `${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

/** Findings of one rule together, in the order of the worst of each. */
function byRule(findings: readonly Finding[]): Finding[][] {
  const rules = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = rules.get(finding.rule);
    if (list === undefined) rules.set(finding.rule, [finding]);
    else list.push(finding);
  }
  return [...rules.values()];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
