import { formatPlace } from '@castellan/contract';
import { linddun, stride, type Linddun, type Stride } from '../definition.ts';
import { printable } from '../../printable.ts';
import type { Assessment } from '../assess.ts';
import { attackTreesOf } from '../attack-trees.ts';
import type { Changed, Changes } from '../changes.ts';
import type { ScenarioEntry, ThreatEntry, ThreatsReport } from './json.ts';
import { mermaidOf, mermaidOfTree } from './mermaid.ts';

/** Threats that the report shows with their reasons; all of them are in the JSON. */
const DETAILED = 15;

/**
 * The report as Markdown: what to do next first, then why.
 * @param all every threat of which the scenarios are made, and the worst with their reasons
 */
export function markdownOf(assessment: Assessment, whole: ThreatsReport, all = false): string {
  const report = printable(whole);
  const sections = [
    [`# Threat model: ${text(report.title)}`, intro(report)],
    ['## What to do next', nextTable(report)],
    ...(report.changes === null
      ? []
      : [[`## What changed since ${report.changes.since}`, changesText(report.changes)]]),
    ['## The system', `\`\`\`mermaid\n${mermaidOf(assessment.system)}\n\`\`\``],
    ['## What is worth protecting', assetTable(report)],
    ['## What could happen, by what an attacker gains', scenarioTable(report.scenarios ?? [])],
    ['## Missing on paper only', scenarioTable(report.bookkeeping ?? [])],
    ...(all
      ? [
          ['## Every threat', threatTable(report)],
          ['## The worst, with reasons', report.threats.slice(0, DETAILED).map(detail).join('\n\n')],
        ]
      : []),
    ['## Privacy (LINDDUN)', privacy(report)],
    ['## Abuse cases', abuseCases(report)],
    [
      '## Attack trees',
      attackTreesOf(assessment)
        .map((tree) => `### ${text(tree.goal)}\n\n\`\`\`mermaid\n${mermaidOfTree(tree)}\n\`\`\``)
        .join('\n\n'),
    ],
    ['## What people said', people(report)],
  ];
  return `${sections.map(([title, body]) => `${title ?? ''}\n\n${body ?? ''}`).join('\n\n')}\n`;
}

function intro({ apis, summary, evidence, date }: ThreatsReport): string {
  const lines = apis.map(
    ({ name, file, profile, exposure, exposureFrom, operations, owner }) =>
      `- **${text(name)}** (\`${file}\`): ${operations} operations, profile **${profile}**, reachable from: ${exposure} (${exposureFrom}), ${owner === null ? 'nobody answers for it' : `${text(owner)} answers for it`}`,
  );
  const counts = Object.entries(summary.byLevel)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}`);
  const statuses = Object.entries(summary.byStatus).map(([status, count]) => `${count} ${status}`);
  return `${date}. ${summary.threats} threats: ${statuses.join(', ')}. Of those that are not dealt with: ${counts.join(', ') || 'none'}; together ${summary.risk} points of risk.\n\n${lines.join('\n')}\n\n**Evidence.** ${evidence.note}`;
}

function nextTable({ next }: ThreatsReport): string {
  if (next.length === 0) return 'Nothing: no step would remove any risk under this profile.';
  const rows = next.map(({ title, removes, effort, threats, command, change }, index) => {
    const how = [command === null ? undefined : `\`${command}\``, change === null ? undefined : text(change)]
      .filter((part) => part !== undefined)
      .join('<br>');
    return `| ${index + 1} | ${text(title)} | ${removes} | ${threats} | ${effort} | ${how} |`;
  });
  return `| | step | removes | threats | effort | how |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\n'Removes' is the sum of scores that go away once the step is done and proven.`;
}

function assetTable({ assets }: ThreatsReport): string {
  if (assets.length === 0)
    return 'No name, format or `x-castellan.sensitivity` in the document says that data is sensitive.';
  const rows = assets.map(
    ({ api, data, fields, operations, unclassified }) =>
      `| ${data} | ${fields
        .slice(0, 8)
        .map((field) => `\`${field}\``)
        .join(', ')} | ${text(api)} | ${operations} | ${unclassified} |`,
  );
  return `| data | fields | API | operations | not classified |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function scenarioTable(scenarios: readonly ScenarioEntry[]): string {
  if (scenarios.length === 0) return 'Nothing that this profile asks anything about.';
  const rows = scenarios.map(({ title, actor, data, subjects, open, level, score, evidence, next }) => {
    const more = subjects.length - 3;
    const where = `${subjects.slice(0, 3).map(text).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return `| ${level} ${score} | ${title} | ${where} | ${text(actor)} | ${data.join(', ')} | ${open ? text(evidence.join('; ')) : 'declared, not proven'} | ${next === null ? '' : `\`--step ${next}\``} |`;
  });
  return `| | scenario | where | by | at stake | evidence | next step |\n| --- | --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function threatTable({ threats }: ThreatsReport): string {
  const kinds = new Map<string, ThreatEntry[]>();
  for (const threat of threats) {
    const list = kinds.get(threat.threat);
    if (list === undefined) kinds.set(threat.threat, [threat]);
    else list.push(threat);
  }
  const rows = [...kinds.values()].map((list) => {
    const [worst] = list;
    if (worst === undefined) return '';
    const statuses = new Map<string, number>();
    for (const { status } of list) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const frameworks = [
      worst.owasp,
      ...worst.stride.map((one) => stride[one as Stride]),
      worst.linddun === null ? null : linddun[worst.linddun as Linddun],
    ]
      .filter((one) => one !== null)
      .join(', ');
    const where =
      list
        .slice(0, 3)
        .map(({ subject }) => text(subject.name))
        .join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');
    return `| ${worst.title} | ${frameworks} | ${worst.level} ${worst.score} | ${[...statuses].map(([status, count]) => `${count} ${status}`).join(', ')} | ${where} |`;
  });
  return `| threat | kind | worst | status | where |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function detail(threat: ThreatEntry): string {
  const { likelihood, impact } = threat;
  const controls = threat.controls.map(
    ({ title, state, why, asked }) =>
      `- ${mark(state, asked)} ${title}: ${text(why)}${asked ? '' : ' (not asked by the profile)'}`,
  );
  const place = threat.place === null ? '' : ` · ${formatPlace(threat.place)}`;
  const decision =
    threat.decision === null
      ? ''
      : `\n\nDecided: ${threat.decision.status} by ${text(threat.decision.owner)} until ${threat.decision.until}: ${text(threat.decision.reason)}`;
  return `### ${threat.title}: ${text(threat.subject.name)}\n\n**${threat.level} ${threat.score}**, ${threat.status}${place}\n\n${threat.attack}\n\n${controls.join('\n')}\n\nLikelihood ${likelihood.value} (${text(likelihood.reasons.join('; '))}) × impact ${impact.value} (${text(impact.reasons.join('; '))})${decision}`;
}

function mark(state: string, asked: boolean): string {
  if (!asked) return '–';
  return (
    { broken: '✘ broken', missing: '✘', declared: '◔ declared', enforced: '◑ enforced', proven: '✔ proven' }[state] ??
    state
  );
}

function privacy({ threats }: ThreatsReport): string {
  const rows = Object.entries(linddun).map(([kind, name]) => {
    const list = threats.filter((threat) => threat.linddun === kind && threat.status !== 'not-asked');
    const [worst] = list;
    return `| ${name} | ${list.length} | ${worst === undefined ? '' : `${worst.level} ${worst.score}`} | ${worst === undefined ? '' : `${text(worst.subject.name)}: ${text(worst.controls[0]?.why ?? '')}`} |`;
  });
  return `| category | threats | worst | there |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function abuseCases({ abuseCases: cases }: ThreatsReport): string {
  if (cases.length === 0) return 'No operation looks like a step of a sensitive business flow.';
  return cases
    .map(({ title, steps, stoppedBy, operations, by }) => {
      const stops =
        stoppedBy.length === 0
          ? ''
          : `\n\nWhat is in the way: ${stoppedBy.map(({ control, state }) => `${control} (${state})`).join(', ')}`;
      const where =
        operations.length === 0
          ? ''
          : ` (${operations.slice(0, 4).join(', ')}${operations.length > 4 ? ` and ${operations.length - 4} more` : ''})`;
      return `### ${title}${where}\n\n${steps.map((step, index) => `${index + 1}. ${text(step)}`).join('\n')}${stops}${by === undefined ? '' : `\n\nSaid by ${text(by)}.`}`;
    })
    .join('\n\n');
}

function people({ review, added, notices }: ThreatsReport): string {
  const answers = review.answers.map(
    ({ id, answer, by, at }) => `- **${text(id)}**: ${text(answer)} (${text(by)}, ${at})`,
  );
  const idle = review.idleDecisions.map(
    ({ threat, why }) =>
      `- The decision about \`${threat}\` does not count: ${why === 'ended' ? 'it has ended' : 'it fits no threat'}.`,
  );
  const others = added.map(
    ({ kind, name, detail: more }) => `- Added by hand (${kind}): ${text(name)}${more === '' ? '' : `: ${text(more)}`}`,
  );
  const unread = notices.map(({ message, place }) => `- ${formatPlace(place)}: ${text(message)}`);
  const lines = [...answers, ...idle, ...others, ...unread];
  return lines.length === 0
    ? 'Nothing yet. `castellan threats FILE --review` writes the questions that only people can answer.'
    : lines.join('\n');
}

function changesText(changes: Changes): string {
  const list = (title: string, items: readonly Changed[]): string =>
    items.length === 0
      ? ''
      : `**${title} (${items.length})**\n\n${items
          .slice(0, 20)
          .map(
            ({ title: name, subject, before, after }) =>
              `- ${name}: ${text(subject)} (${[before, after].filter((one) => one !== null).join(' → ')})`,
          )
          .join('\n')}${items.length > 20 ? `\n- and ${items.length - 20} more` : ''}`;
  const parts = [
    `Risk ${changes.risk.before} → ${changes.risk.after}.`,
    list('New', changes.appeared),
    list('Worse', changes.worse),
    list('Better', changes.better),
    list('Gone', changes.gone),
    changes.elementsAdded.length === 0 ? '' : `New elements: ${changes.elementsAdded.map(text).join(', ')}`,
    changes.elementsGone.length === 0 ? '' : `Elements gone: ${changes.elementsGone.map(text).join(', ')}`,
  ].filter((part) => part !== '');
  return parts.length === 1 && changes.appeared.length === 0
    ? `${parts[0] ?? ''} Nothing else changed.`
    : parts.join('\n\n');
}

/** Text of others inside of Markdown: no markup, no table breaks. */
function text(value: string): string {
  return value
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|#]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    );
}
