import type { Report } from '../report.ts';
import type { Severity } from '../risk.ts';

const COMMAND: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** Workflow commands that GitHub Actions shows as annotations on the lines of a pull request. */
export function formatGithub(reports: readonly Report[]): string {
  return reports
    .flatMap(({ findings }) => findings)
    .map(({ severity, place, title, rule, message, mend }) => {
      const position = place.line === undefined ? '' : `,line=${place.line},col=${place.column ?? 1}`;
      return `::${COMMAND[severity]} file=${property(place.file)}${position},title=${property(`${title} (${rule})`)}::${data(`${message}. Mend: ${mend.text}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
