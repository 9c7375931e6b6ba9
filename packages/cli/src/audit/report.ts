import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readHolds, summarise, verifyLog, type Counts, type Summary, type Verification } from '@castellan/guard/audit';
import { printable } from '@castellan/assess/printable';
import { periodOf, type Subcommand } from './arguments.ts';
import { htmlPage, markdownPage, type Page } from './page.ts';
import { usage } from '../arguments.ts';

const formats = new Map([
  ['markdown', markdownPage],
  ['html', htmlPage],
]);

/** Writes what happened in a period. */
export const report: Subcommand = ({ values, directory, terminal, now }) => {
  const write = formats.get(values.format ?? 'markdown');
  if (write === undefined) throw usage(`--format '${values.format}' is none`, 'markdown or html');
  const period = periodOf(values, now);
  const text = write(
    pageOf(
      summarise(directory, period),
      verifyLog(directory, { key: values.key }),
      readHolds(directory).length,
      period,
    ),
  );
  if (values.output === undefined) terminal.out(text);
  else {
    writeFileSync(resolve(terminal.cwd, values.output), text);
    terminal.out(`${values.output}\n`);
  }
  return 0;
};

const columns = ['allowed', 'refused', 'withheld', 'failed', 'observed'] as const;

function pageOf(
  summary: Summary,
  verification: Verification,
  holds: number,
  period: { readonly from?: number | undefined; readonly to?: number | undefined },
): Page {
  const cells = (counts: Counts): readonly string[] => columns.map((name) => String(counts[name]));
  const times = [period.from, period.to].map((time, at) =>
    time === undefined ? (at === 0 ? 'the beginning of the log' : 'its end') : new Date(time).toISOString(),
  );
  const counted = (counts: ReadonlyMap<string, number>): readonly (readonly string[])[] =>
    [...counts].slice(0, 20).map(([name, count]) => [printable(name), String(count)]);
  const { findings, notes } = verification;
  return {
    title: 'Audit report',
    sections: [
      {
        title: 'Period',
        text: [
          `From ${times[0]} to ${times[1]}.`,
          `${columns.reduce((sum, name) => sum + summary.total[name], 0)} exchanges of ${summary.principals} callers.`,
          ...(holds > 0 ? [`${holds} legal holds.`] : []),
        ],
      },
      {
        title: 'The log itself',
        text:
          findings.length === 0
            ? [`It is as it was written: ${verification.lines} lines, ${verification.heads} signed heads.`, ...notes]
            : [
                `It was changed: ${findings.length} findings.`,
                ...findings.slice(0, 20).map(({ where, what }) => `${where}: ${what}`),
              ],
      },
      {
        title: 'Operations',
        table: {
          headings: ['operation', ...columns],
          rows: [...summary.operations].map(([name, counts]) => [
            name === '' ? 'none that is documented' : printable(name),
            ...cells(counts),
          ]),
        },
      },
      { title: 'Why', table: { headings: ['stage, problem, reason', 'times'], rows: counted(summary.reasons) } },
      {
        title: 'Callers that were refused most',
        table: {
          headings: ['caller', 'times'],
          rows: summary.refusedPrincipals.map(([name, count]) => [printable(name), String(count)]),
        },
      },
      { title: 'Alarms of policies', table: { headings: ['alarm', 'times'], rows: counted(summary.alarms) } },
    ],
  };
}
