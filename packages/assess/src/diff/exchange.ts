import { severities, type Severity } from '../findings/risk.ts';
import { formatGithub } from '../findings/formats/github.ts';
import { formatSarif } from '../findings/formats/sarif.ts';
import type { Finding } from '../findings/finding.ts';
import type { Report } from '../findings/report.ts';
import { createHash } from 'node:crypto';
import type { Change } from './change.ts';

const HEADINGS = { security: 'Weakens security', breaking: 'Breaks clients', compatible: 'Changed' } as const;

/**
 * Changes as workflow commands that GitHub Actions shows as annotations on the lines of a pull request. What only is good to
 * know is left out.
 */
export function changesForGithub(changes: readonly Change[], prefix: string): string {
  return formatGithub([reportOf(changes.filter(({ kind }) => kind !== 'compatible'))], prefix);
}

/**
 * Changes as SARIF 2.1.0.
 * @param folder absolute path that relative places are relative to, as a file URL with a slash at the end
 */
export function changesAsSarif(changes: readonly Change[], version: string, folder: string): string {
  const rules = new Map(changes.map((change) => [change.code, change]));
  return formatSarif(
    [reportOf(changes)],
    [...rules.values()].map(({ code, kind }) => ({
      id: code,
      title: `${HEADINGS[kind]}: ${code.replaceAll('-', ' ')}`,
      why: 'Found by comparing two versions of the document.',
      mend: 'take the change back, or let somebody decide that it is meant',
      owasp: [],
      asvs: [],
    })),
    version,
    folder,
  );
}

function reportOf(changes: readonly Change[]): Report {
  return {
    file: '',
    title: '',
    version: '',
    profile: 'standard',
    operations: 0,
    score: { value: 0, losses: [] },
    findings: changes.map(findingOf),
    ignored: [],
    known: 0,
    notices: [],
  };
}

function findingOf({ code, kind, severity, message, place, operation }: Change): Finding {
  return {
    rule: code,
    title: HEADINGS[kind],
    owasp: [],
    asvs: [],
    severity: kind === 'security' ? severity : milder(severity),
    confidence: 'high',
    place,
    message,
    why: 'The old version said otherwise.',
    mend: { text: kind === 'security' ? 'take it back, or let somebody decide that it is meant' : 'tell the clients' },
    operations: operation === undefined ? [] : [operation],
    fingerprint: createHash('sha256').update(`${code}\n${message}`).digest('hex').slice(0, 16),
  };
}

/** What breaks clients is no weakness: it is never worse than a warning. */
function milder(severity: Severity): Severity {
  return severities.indexOf(severity) < severities.indexOf('medium') ? 'medium' : severity;
}
