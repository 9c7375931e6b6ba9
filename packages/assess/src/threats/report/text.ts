import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { ThreatsReport } from './json.ts';

/** Scenarios that a terminal shows. */
const SHOWN = 10;

/**
 * The report for a terminal: what to do next, what could happen, what changed.
 * @param all every scenario, and every threat of which they are made
 */
export function textOf(whole: ThreatsReport, interactive: boolean, all = false): string {
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
  const { idleDecisions } = report.review;
  if (idleDecisions.length > 0) {
    lines.push('', bold('Decisions that do not count'));
    for (const { threat, why } of idleDecisions)
      lines.push(`  ${threat}: ${why === 'ended' ? 'it has ended' : 'it fits no threat'}`);
  }
  lines.push('', bold('What could happen, by what an attacker gains'));
  const { scenarios = [], bookkeeping = [] } = report;
  if (scenarios.length === 0) lines.push('  nothing that this profile asks anything about');
  const shown = all ? scenarios : scenarios.slice(0, SHOWN);
  for (const { title, actor, data, subjects, open, level, score, evidence: reasons, place, next: step } of shown) {
    const stake = data.length === 0 ? '' : `, at stake: ${data.slice(0, 3).join(', ')} data`;
    lines.push(
      `  ${colour(level, `${level} ${score}`.padEnd(13))} ${title}: ${named(subjects)}`,
      `      by ${actor}${stake}`,
      `      ${[place === null ? undefined : formatPlace(place), open ? reasons.join('; ') : 'what it asks for is declared, and not proven'].filter((part) => part !== undefined && part !== '').join(': ')}${step === null ? '' : ` (--step ${step})`}`,
    );
  }
  if (scenarios.length > shown.length) lines.push(`  and ${scenarios.length - shown.length} more: --all`);
  if (bookkeeping.length > 0) {
    lines.push('', bold(`Missing on paper only: ${count(bookkeeping.length, 'kind')}`));
    for (const { title, subjects } of all ? bookkeeping : bookkeeping.slice(0, 3))
      lines.push(`  ${title}: ${named(subjects)}`);
    if (!all && bookkeeping.length > 3) lines.push(`  and ${bookkeeping.length - 3} more: --all`);
  }
  if (all) {
    const live = threats.filter(({ status }) => !['mitigated', 'accepted', 'not-asked'].includes(status));
    lines.push('', bold(`Every threat: ${live.length}`));
    for (const { title, subject, level, score, status } of live)
      lines.push(`  ${colour(level, `${level} ${score}`.padEnd(13))} ${title}: ${subject.name} (${status})`);
  }
  return `${lines.join('\n')}\n`;
}

/** The first three, and how many more. */
function named(subjects: readonly string[]): string {
  const more = subjects.length - 3;
  return `${subjects.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
