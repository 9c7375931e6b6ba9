import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { Report, RuleDescription } from '../report.ts';
import type { Finding } from '../finding.ts';
import { atLeast, type Severity } from '../risk.ts';
import { escapeMarkup } from './escape.ts';

/**
 * JUnit XML: one suite for each document, one case for each rule, failed where it found something at or over the threshold;
 * what is milder is its output.
 */
export function formatJunit(
  reports: readonly Report[],
  rules: readonly RuleDescription[],
  failOn: Severity | 'none',
): string {
  const fails = ({ severity }: Finding): boolean => failOn !== 'none' && atLeast(severity, failOn);
  const suites = printable(reports).map((report) => {
    const cases = rules.map(({ id, title }) => {
      const findings = report.findings.filter((finding) => finding.rule === id);
      const head = `    <testcase name="${escapeMarkup(`${id}: ${title}`)}" classname="${escapeMarkup(report.file)}"`;
      if (findings.length === 0) return `${head}/>`;
      const failures = findings
        .filter(fails)
        .map(
          (finding) =>
            `      <failure type="${finding.severity}" message="${escapeMarkup(`${formatPlace(finding.place)}: ${finding.message}`)}">${escapeMarkup(`${finding.why}\nFix: ${finding.mend.text}`)}</failure>`,
        );
      const milder = findings
        .filter((finding) => !fails(finding))
        .map(({ severity, place, message }) => escapeMarkup(`${severity} ${formatPlace(place)}: ${message}`));
      if (milder.length > 0) failures.push(`      <system-out>${milder.join('\n')}</system-out>`);
      return `${head}>\n${failures.join('\n')}\n    </testcase>`;
    });
    const failed = new Set(report.findings.filter(fails).map(({ rule }) => rule)).size;
    return `  <testsuite name="${escapeMarkup(report.file)}" tests="${rules.length}" failures="${failed}" errors="0">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="castellan check">\n${suites.join('\n')}\n</testsuites>\n`;
}
