import { owaspRisks } from '../findings/risk.ts';
import { exampleText } from './example.ts';
import type { ContractRule } from './rule.ts';

const HEADING =
  '<!-- Made from the rule file; change that one, then run: node --conditions=@castellan/source packages/assess/src/posture/write-pages.ts -->';

/** The documentation page of a rule: what it says about itself, with the examples that are its test. */
export function rulePage(rule: ContractRule): string {
  const severity =
    typeof rule.severity === 'string'
      ? rule.severity
      : Object.entries(rule.severity)
          .map(([profile, one]) => `${profile} ${one}`)
          .join(', ');
  const parts = [
    HEADING,
    `# ${rule.title}`,
    [
      `\`${rule.id}\``,
      rule.owasp.map((id) => `${id} ${owaspRisks[id]}`).join('; '),
      `ASVS 5.0 ${rule.asvs.map((id) => id.slice(1)).join(', ')}`,
      `severity: ${severity}${rule.weighed === true ? ' (a step more or less by what the operations touch)' : ''}`,
      `confidence: ${rule.confidence}`,
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
    `**Why.** ${rule.why}`,
    `**Fix.** ${capital(rule.mend)}.`,
    ...(rule.docs === undefined ? [] : [rule.docs]),
    ...examples('Found', rule.bad),
    ...examples('Not found', rule.good),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The list of all rules by risk. */
export function rulesPage(rules: readonly ContractRule[]): string {
  const parts = [
    HEADING,
    '# Rules of `castellan check`',
    `${rules.length} rules over the API's document, by the risk that they are counted under.`,
  ];
  for (const [risk, name] of Object.entries(owaspRisks)) {
    const these = rules.filter(({ owasp }) => owasp[0] === risk);
    parts.push(`## ${risk} ${name}`, these.map(({ id, title }) => `- [${title}](${id}.md) \`${id}\``).join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

function examples(heading: string, list: ContractRule['bad']): string[] {
  return list.length === 0
    ? []
    : [`## ${heading}`, ...list.map((example) => `\`\`\`yaml\n${exampleText(example).trimEnd()}\n\`\`\``)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
