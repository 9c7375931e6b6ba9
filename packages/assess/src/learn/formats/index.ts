import { printable } from '../../printable.ts';
import type { Learnt } from '../learn.ts';
import { sectionsOf } from './sections.ts';

export const learntFormats = ['text', 'markdown', 'html', 'json'] as const;
export type LearntFormat = (typeof learntFormats)[number];

/** Writes a report of what was learnt. */
export function writeLearnt(learnt: Learnt, format: LearntFormat): string {
  if (format === 'json') {
    const { overlay: _overlay, ...report } = learnt;
    return `${JSON.stringify(report, null, 2)}\n`;
  }
  const report = printable(sectionsOf(learnt));
  if (format === 'html') return html(report);
  return format === 'markdown' ? markdown(report) : text(report);
}

type Report = ReturnType<typeof sectionsOf>;

function text({ title, summary, sections }: Report): string {
  const lines = [title, ...summary.map((line) => `  ${line}`)];
  for (const section of sections) {
    lines.push('', section.title);
    if (section.lines.length === 0) lines.push(`  ${section.none}`);
    for (const line of section.lines) lines.push(`  ${line.text}`, ...line.below.map((below) => `    ${below}`));
  }
  return `${lines.join('\n')}\n`;
}

function markdown({ title, summary, sections }: Report): string {
  const plain = (value: string): string => value.replaceAll(/[\\`*_{}[\]<>#|]/g, '\\$&');
  const lines = [`# ${plain(title)}`, '', ...summary.map((line) => `- ${plain(line)}`)];
  for (const section of sections) {
    lines.push('', `## ${section.title}`, '');
    if (section.lines.length === 0) lines.push(section.none);
    for (const line of section.lines)
      lines.push(`- ${plain(line.text)}`, ...line.below.map((below) => `  - ${plain(below)}`));
  }
  return `${lines.join('\n')}\n`;
}

function html({ title, summary, sections }: Report): string {
  const plain = (value: string): string =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const item = (value: string, below: readonly string[] = []): string =>
    `<li>${plain(value)}${below.length === 0 ? '' : `<ul>${below.map((one) => item(one)).join('')}</ul>`}</li>`;
  const body = sections.map(({ title: heading, none, lines }) =>
    lines.length === 0
      ? `<h2>${plain(heading)}</h2><p>${plain(none)}</p>`
      : `<h2>${plain(heading)}</h2><ul>${lines.map((line) => item(line.text, line.below)).join('')}</ul>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${plain(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em}ul ul{color:#555}</style>
<h1>${plain(title)}</h1>
<ul>${summary.map((line) => item(line)).join('')}</ul>
${body.join('\n')}
</html>
`;
}
