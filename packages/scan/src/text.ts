import type { Result, ScanReport } from './report.ts';

/** The report as text: what went through and how to see it, what is not clear, what is proven, what nothing can be said of. */
export function textOf({ api, target, results, requests, cut, silentSince, unreached, answered }: ScanReport): string {
  const of = (level: Result['level']): readonly Result[] => results.filter((one) => one.level === level);
  const [broken, unclear, proven] = [of('broken'), of('unclear'), of('proven')];
  const lines = [`${api.title} ${api.version} at ${target}: ${counted(requests, 'request')}`, ''];
  if (silentSince !== undefined)
    lines.push(
      `✖ the API answered nothing any more since ${silentSince}: it may have ended there, and what follows is not clear`,
      '    fix: see its log for that call, answer what it cannot read with 4xx, and scan again',
      '',
    );
  for (const { owasp, operation, title, detail, fix, curl } of broken) {
    lines.push(`✖ ${operation ?? 'the API'}: '${title}' does not hold (${owasp})`);
    lines.push(`    ${detail}`, `    fix: ${fix}`);
    if (curl !== undefined) lines.push(`    ${curl}`);
  }
  if (broken.length > 0) lines.push('');
  for (const [heading, list] of [
    ['Not clear', unclear],
    ['Proven', proven],
  ] as const) {
    if (list.length === 0) continue;
    lines.push(`${heading}:`);
    for (const [control, some] of byControl(list))
      lines.push(
        `  ${control}: ${some.map(({ operation, detail }) => (heading === 'Proven' ? (operation ?? 'the API') : `${operation ?? 'the API'} (${detail})`)).join(', ')}`,
      );
    lines.push('');
  }
  if (unreached.length > 0)
    lines.push(`Nothing can be said of ${unreached.join(', ')}: no honest call was answered with success.`, '');
  for (const [name, calls] of Object.entries(answered))
    if (calls === 0) lines.push(`Nothing was answered to ${name}.`, '');
  if (cut) lines.push('Not everything was tried: the requests that are allowed were used up (--max-requests).', '');
  lines.push(`${broken.length} broken, ${proven.length} proven, ${unclear.length} not clear`);
  return `${lines.join('\n')}\n`;
}

function byControl(results: readonly Result[]): ReadonlyMap<string, readonly Result[]> {
  const groups = new Map<string, Result[]>();
  for (const one of results) groups.set(one.control, [...(groups.get(one.control) ?? []), one]);
  return groups;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
