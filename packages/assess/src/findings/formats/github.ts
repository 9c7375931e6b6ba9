import type { Report } from '../report.ts';
import type { Severity } from '../risk.ts';

const COMMAND: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/**
 * Workflow commands that GitHub Actions shows as annotations on the lines of a pull request.
 * @param prefix what relative places have before them in the workspace: `services/shop/`, or nothing
 */
export function formatGithub(reports: readonly Report[], prefix = ''): string {
  return reports
    .flatMap(({ findings }) => findings)
    .map(({ severity, place, title, rule, message, mend }) => {
      const position = place.line === undefined ? '' : `,line=${place.line},col=${place.column ?? 1}`;
      return `::${COMMAND[severity]} file=${property(inWorkspace(place.file, prefix))}${position},title=${property(`${title} (${rule})`)}::${data(`${message}. Fix: ${mend.text}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Annotations are found by the path from the root of the workspace. */
function inWorkspace(file: string, prefix: string): string {
  if (prefix === '' || file.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(file)) return file;
  const parts: string[] = [];
  for (const part of `${prefix}${file}`.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  return parts.join('/');
}
