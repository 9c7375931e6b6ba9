import { asvsOf } from '../../standards/asvs.ts';
import { controls, type ControlId } from '../controls.ts';
import { linddun, stride, type AnyThreat } from '../definition.ts';

/** The documentation page of the catalogue, Markdown: `docs/threat-catalogue.md` is this. */
export function cataloguePage(threats: readonly AnyThreat[]): string {
  const entries = threats.map((threat) => {
    const kinds = [
      ...(threat.owasp === undefined ? [] : [threat.owasp]),
      ...threat.stride.map((kind) => stride[kind]),
      ...(threat.linddun === undefined ? [] : [`LINDDUN: ${linddun[threat.linddun]}`]),
    ];
    const ways = threat.ways.map(
      ({ title, steps }) =>
        `- *${title}*: ${steps.map(({ act, stoppedBy }) => `${act}${stoppedBy === undefined ? '' : ` (\`${stoppedBy}\`)`}`).join(', then ')}`,
    );
    const examples = [
      ...threat.bad.map(({ name }) => `found: ${name}`),
      ...threat.good.map(({ name }) => `not found: ${name}`),
    ];
    return `## ${threat.title}\n\n\`${threat.id}\` · per ${threat.subject} · ${kinds.join(' · ')}\n\n${threat.attack}\n\n${ways.join('\n')}\n\nExamples, run as its test: ${examples.join('; ')}.`;
  });
  const rows = Object.entries(controls).map(
    ([id, { title, owasp, from, effort, mend }]) =>
      `| \`${id}\` | ${title} | ${owasp} | ${asvsOf[id as ControlId].join(', ')} | ${from} | ${effort} | ${mend} |`,
  );
  return `# The threats that \`castellan threats\` looks for

This page is made from the catalogue (\`packages/assess/src/threats/catalogue\`, one file each); a test keeps it true.

${entries.join('\n\n')}

## Controls

What stops threats. 'From' is the mildest profile that asks for it; evidence files name controls by id.

| id | control | OWASP | ASVS 5.0 | from | effort | fix |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
