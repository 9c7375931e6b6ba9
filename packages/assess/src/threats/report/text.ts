import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { ThreatsReport } from './json.ts';

/** Threats that a terminal shows; the other formats have all. */
const SHOWN = 10;

/** The report for a terminal: what to do next, the worst threats, what changed. */
export function textOf(whole: ThreatsReport, interactive: boolean): string {
  const bold = (text: string): string => (interactive ? `\u001b[1m${text}\u001b[0m` : text);
  const colour = (level: string, text: string): string =>
    interactive
      ? `\u001b[${{ critical: '31;1', high: '31', medium: '33', low: '32' }[level] ?? '0'}m${text}\u001b[0m`
      : text;
  const report = printable(whole);
  const { summary, evidence, next, threats, changes, apis } = report;
  const counts = Object.entries(summary.byLevel)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => colour(level, `${count} ${level}`));
  const lines = [
    bold(report.title),
    ...apis.map(
      ({ name, file, profile, exposure, exposureFrom, operations }) =>
        `${name}: ${file}, ${operations} operations, profile ${profile}, reachable from: ${exposure} (${exposureFrom})`,
    ),
  ];
  lines.push(
    '',
    `${summary.threats} threats; not dealt with: ${counts.join(', ') || 'none'}; ${summary.risk} points of risk`,
    evidence.note,
  );
  if (changes !== null) {
    lines.push(
      '',
      `${bold(`Since ${changes.since}`)}: risk ${changes.risk.before} → ${changes.risk.after}; ${changes.appeared.length} new, ${changes.worse.length} worse, ${changes.better.length} better, ${changes.gone.length} gone`,
    );
    for (const [kind, list] of [
      ['new', changes.appeared],
      ['worse', changes.worse],
      ['gone', changes.gone],
    ] as const)
      for (const { title, subject, before, after } of list.slice(0, 5))
        lines.push(`  ${kind}: ${title}: ${subject} (${[before, after].filter((one) => one !== null).join(' → ')})`);
  }
  lines.push('', bold('What to do next'));
  if (next.length === 0) lines.push('  nothing that this profile asks for');
  for (const [index, { title, removes, threats: count, effort, command, change }] of next.entries()) {
    lines.push(
      `  ${String(index + 1).padStart(2)}. ${title}`,
      `      removes ${removes} points over ${count} threat${count === 1 ? '' : 's'}; ${effort}`,
    );
    for (const how of [command, change]) if (how !== null) lines.push(`      ${how}`);
  }
  lines.push('', bold('The worst threats'));
  const live = threats.filter(({ status }) => !['mitigated', 'accepted', 'not-asked'].includes(status));
  if (live.length === 0) lines.push('  none that this profile asks anything about');
  for (const { title, subject, level, score, status, controls, place } of live.slice(0, SHOWN)) {
    const reasons = controls
      .filter(({ asked, state }) => asked && (state === 'missing' || state === 'broken'))
      .map(({ why }) => why);
    lines.push(`  ${colour(level, `${level} ${score}`.padEnd(13))} ${`${title}: ${subject.name} (${status})`}`);
    if (reasons.length > 0 || place !== null)
      lines.push(
        `      ${[place === null ? undefined : formatPlace(place), reasons.join('; ')].filter((part) => part !== undefined && part !== '').join(': ')}`,
      );
  }
  const rest = threats.length - Math.min(live.length, SHOWN);
  if (rest > 0) lines.push(`  and ${rest} more: --format markdown, html or json`);
  return `${lines.join('\n')}\n`;
}
