import type { Finding } from '../finding.ts';
import type { Report, RuleDescription } from '../report.ts';
import { owaspRisks, severities, type OwaspRisk, type Severity } from '../risk.ts';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** What GitHub code scanning sorts by: 0 to 10. */
const SCORE: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

/**
 * SARIF 2.1.0 (OASIS), as code scanning services read it.
 * @param folder absolute path that relative places are relative to, as a file URL with a slash at the end
 */
export function formatSarif(
  reports: readonly Report[],
  rules: readonly RuleDescription[],
  version: string,
  folder: string,
): string {
  const worst = new Map<string, Severity>();
  for (const { findings, ignored } of reports)
    for (const { rule, severity } of [...findings, ...ignored.map(({ finding }) => finding)]) {
      const known = worst.get(rule);
      if (known === undefined || severities.indexOf(severity) < severities.indexOf(known)) worst.set(rule, severity);
    }
  const described = rules.filter(({ id }) => worst.has(id));
  const index = new Map(described.map(({ id }, at) => [id, at]));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Castellan',
            version,
            semanticVersion: version,
            informationUri: 'https://www.npmjs.com/package/castellan',
            rules: described.map((rule) => ({
              id: rule.id,
              name: rule.id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.why },
              help: { text: `${rule.why} Fix: ${rule.mend}.` },
              properties: {
                // Code scanning sorts by what the rule says, not by its results.
                'security-severity': SCORE[worst.get(rule.id) ?? 'info'],
                tags: [
                  'security',
                  ...rule.owasp.map((id) => `${id} ${owaspRisks[id as OwaspRisk] ?? ''}`.trim()),
                  ...rule.asvs.map((id) => `ASVS-5.0-${id}`),
                ],
              },
            })),
          },
        },
        originalUriBaseIds: { SRCROOT: { uri: folder } },
        columnKind: 'utf16CodeUnits',
        results: reports.flatMap((report) => [
          ...report.findings.map((finding) => result(finding, index)),
          ...report.ignored.map(({ finding, ignore }) => ({
            ...result(finding, index),
            suppressions: [
              { kind: 'external', status: 'accepted', justification: `${ignore.reason} (until ${ignore.until})` },
            ],
          })),
        ]),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result(finding: Finding, index: ReadonlyMap<string, number>) {
  const at = index.get(finding.rule);
  return {
    ruleId: finding.rule,
    ...(at === undefined ? {} : { ruleIndex: at }),
    level: LEVEL[finding.severity],
    message: { text: `${finding.message}. ${finding.why} Fix: ${finding.mend.text}.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(finding.place.file),
          ...(finding.place.line === undefined
            ? {}
            : { region: { startLine: finding.place.line, startColumn: finding.place.column ?? 1 } }),
        },
        ...(finding.location === undefined
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: `#${finding.location.pointer}` }] }),
      },
    ],
    partialFingerprints: { 'castellan/v1': finding.fingerprint },
    properties: {
      'security-severity': SCORE[finding.severity],
      confidence: finding.confidence,
      severity: finding.severity,
      owasp: finding.owasp,
      asvs: finding.asvs,
      operations: finding.operations.slice(0, 50),
    },
  };
}

/** Relative paths stay relative to the folder; what has a scheme or a root is an address of its own. */
function artifact(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (/^[a-z][a-z0-9+.-]*:/i.test(file)) return { uri: encodeURI(file) };
  const uri = encodeURI(file.replaceAll('\\', '/')).replaceAll(
    /[?#<>]/g,
    (sign) => `%${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return uri.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: 'SRCROOT' };
}
