/** Risks of the OWASP API Security Top 10, 2023. */
export const owaspRisks = {
  'API1:2023': 'Broken Object Level Authorization',
  'API2:2023': 'Broken Authentication',
  'API3:2023': 'Broken Object Property Level Authorization',
  'API4:2023': 'Unrestricted Resource Consumption',
  'API5:2023': 'Broken Function Level Authorization',
  'API6:2023': 'Unrestricted Access to Sensitive Business Flows',
  'API7:2023': 'Server Side Request Forgery',
  'API8:2023': 'Security Misconfiguration',
  'API9:2023': 'Improper Inventory Management',
  'API10:2023': 'Unsafe Consumption of APIs',
} as const;

/** The id of a risk: `API1:2023`. */
export type OwaspRisk = keyof typeof owaspRisks;

/** A chapter (`V8`) or requirement (`V8.2.1`) of the OWASP Application Security Verification Standard 5.0. */
export type AsvsId = `V${number}` | `V${number}.${number}` | `V${number}.${number}.${number}`;

/** How bad it is, worst first. `info` never fails a build. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** How sure the rule is that the place is as weak as it says. */
export type Confidence = 'high' | 'medium' | 'low';

/** Whether `a` is at least as bad as `b`. */
export function atLeast(a: Severity, b: Severity): boolean {
  return severities.indexOf(a) <= severities.indexOf(b);
}
