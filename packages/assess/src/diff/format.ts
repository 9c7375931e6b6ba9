import { formatPlace } from '@castellan/contract';
import { changesAsSarif, changesForGithub } from './exchange.ts';
import { printable } from '../printable.ts';
import type { Change, ChangeKind } from './change.ts';

const HEADINGS: Readonly<Record<ChangeKind, string>> = {
  security: 'Security',
  breaking: 'Breaks clients',
  compatible: 'Also changed',
};
const MARKS = {
  critical: '🔴 critical',
  high: '🔴 high',
  medium: '🟠 medium',
  low: '🟡 low',
  info: '⚪ info',
} as const;

/** How changes are printed. */
export const changeFormats = ['text', 'markdown', 'github', 'sarif', 'json'] as const;
export type ChangeFormat = (typeof changeFormats)[number];

/**
 * Changes as text for a terminal, Markdown for a pull request, annotations of GitHub Actions, SARIF, or JSON
 * (`schemas/diff-output.json`).
 * @param title what was compared: `v1.yaml → v2.yaml`
 * @param tool its version, and the folder that relative places are relative to, as a file URL with a slash at the end: for SARIF
 */
export function formatChanges(
  changes: readonly Change[],
  format: ChangeFormat,
  title: string,
  tool: { readonly version: string; readonly folder: string; readonly prefix?: string | undefined },
): string {
  if (format === 'github') return changesForGithub(changes, tool.prefix ?? '');
  if (format === 'sarif') return changesAsSarif(changes, tool.version, tool.folder);
  if (format === 'json') return `${JSON.stringify({ castellan: 'diff', version: 1, changes }, null, 2)}\n`;
  title = printable(title);
  changes = printable(changes);
  const lines = format === 'markdown' ? [`## ${escapeMarkdown(title)}`, ''] : [title, ''];
  if (changes.length === 0) lines.push('Nothing changed that matters to security or to clients.');
  for (const kind of ['security', 'breaking', 'compatible'] as const) {
    const these = changes.filter((change) => change.kind === kind);
    if (these.length === 0) continue;
    if (format === 'markdown') {
      lines.push(`### ${HEADINGS[kind]}: ${these.length}`, '', '| | change | where |', '| --- | --- | --- |');
      for (const { severity, message, place, code } of these)
        lines.push(
          `| ${MARKS[severity]} | ${escapeMarkdown(message)} <sub>${code}</sub> | \`${formatPlace(place).replaceAll('`', '').replaceAll('|', '\\|')}\` |`,
        );
    } else {
      lines.push(`${HEADINGS[kind]}: ${these.length}`);
      for (const { severity, message, place, code } of these)
        lines.push(`  ${severity.padEnd(8)} ${message}  (${code})`, `           ${formatPlace(place)}`);
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Names of properties and paths come from a document that others may have written. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_|<>[\]#]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ');
}
