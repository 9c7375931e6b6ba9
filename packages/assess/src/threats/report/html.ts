import { formatPlace } from '@castellan/contract';
import type { Assessment } from '../assess.ts';
import { printable } from '../../printable.ts';
import { svgOf } from '../diagram/svg.ts';
import { linddun, stride, type Linddun, type Stride } from '../definition.ts';
import type { ThreatEntry, ThreatsReport } from './json.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;color:#1d232b;max-width:1180px;margin:2rem auto;padding:0 1rem}h1{font-size:1.7rem}h2{margin-top:2.2rem;border-bottom:1px solid #d5dae1;padding-bottom:.2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #e4e8ed}th{color:#596273;font-weight:600}code{background:#eef2f6;padding:.1rem .3rem;border-radius:3px;font-size:.85em;overflow-wrap:anywhere}.level{display:inline-block;min-width:5.6em;padding:0 .5em;border-radius:9px;color:#fff;text-align:center;font-size:.85em}.critical{background:#b4232a}.high{background:#d9622b}.medium{background:#a37f0c}.low{background:#4c7d41}figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}details{border-bottom:1px solid #e4e8ed;padding:.35rem 0}summary{cursor:pointer}.note{background:#fff6e0;border-left:4px solid #c29a1f;padding:.5rem .8rem}.muted{color:#596273}@media print{details{break-inside:avoid}body{margin:0}}`;

/** Threats that the page shows one by one. The JSON has all. */
const SHOWN = 300;

/** The report as one HTML file: no scripts, nothing loaded from anywhere, printable. */
export function htmlOf(assessment: Assessment, report: ThreatsReport): string {
  const { summary, evidence, next, assets, apis, abuseCases, attackTrees, changes, review } = report;
  const body = [
    `<h1>Threat model: ${e(report.title)}</h1>`,
    `<p>${report.date}. ${summary.threats} threats, ${summary.risk} points of risk. ${Object.entries(summary.byLevel)
      .filter(([, count]) => count > 0)
      .map(([level, count]) => `<span class="level ${level}">${count} ${level}</span>`)
      .join(' ')}</p>`,
    `<p>${apis.map(({ name, profile, exposure, exposureFrom, operations, owner }) => `<b>${e(name)}</b>: ${operations} operations, profile <b>${profile}</b>, reachable from: ${exposure} (${exposureFrom}), ${owner === null ? 'nobody answers for it' : `${e(owner)} answers for it`}`).join('<br>')}</p>`,
    `<p class="note">${e(evidence.note)}</p>`,
    `<h2>What to do next</h2>${table(
      ['', 'Step', 'Removes', 'Threats', 'Effort', 'How'],
      next.map(({ title, removes, threats, effort, command, change }, index) => [
        String(index + 1),
        e(title),
        String(removes),
        String(threats),
        effort,
        [command === null ? '' : `<code>${e(command)}</code>`, change === null ? '' : e(change)]
          .filter((part) => part !== '')
          .join('<br>'),
      ]),
    )}`,
    changes === null
      ? ''
      : `<h2>What changed since ${e(changes.since)}</h2><p>Risk ${changes.risk.before} → ${changes.risk.after}. ${changes.appeared.length} new, ${changes.worse.length} worse, ${changes.better.length} better, ${changes.gone.length} gone.</p>${table(
          ['', 'Threat', 'Where', 'Before', 'Now'],
          [
            ...changes.appeared.map((one) => ['new', one] as const),
            ...changes.worse.map((one) => ['worse', one] as const),
            ...changes.better.map((one) => ['better', one] as const),
            ...changes.gone.map((one) => ['gone', one] as const),
          ]
            .slice(0, 100)
            .map(([kind, one]) => [kind, e(one.title), e(one.subject), e(one.before ?? ''), e(one.after ?? '')]),
        )}`,
    `<h2>The system</h2><figure>${svgOf(assessment)}</figure>`,
    `<h2>What is worth protecting</h2>${table(
      ['Data', 'Fields', 'API', 'Operations', 'Not classified'],
      assets.map(({ data, fields, api, operations, unclassified }) => [
        data,
        fields.map((field) => `<code>${e(field)}</code>`).join(' '),
        e(api),
        String(operations),
        String(unclassified),
      ]),
    )}`,
    `<h2>Threats</h2>${report.threats.slice(0, SHOWN).map(threatOf).join('')}${report.threats.length > SHOWN ? `<p class="muted">${report.threats.length - SHOWN} more are in the JSON report.</p>` : ''}`,
    `<h2>Abuse cases</h2>${abuseCases.map(({ title, steps, stoppedBy, operations, by }) => `<h3>${e(title)}</h3><ol>${steps.map((step) => `<li>${e(step)}</li>`).join('')}</ol><p class="muted">${e(operations.slice(0, 6).join(', '))} ${stoppedBy.map(({ control, state }) => `${control}: ${state}`).join(' · ')} ${by === undefined ? '' : `Said by ${e(by)}.`}</p>`).join('')}`,
    `<h2>Attack trees</h2>${attackTrees.map(({ goal, ways }) => `<details open><summary>${e(goal)}</summary>${ways.map(({ title, steps, stopped }) => `<p><b>${e(title)}</b>${stopped ? ' (stopped)' : ''}</p><ol>${steps.map(({ act, control, state }) => `<li>${e(act)}${control === null ? '' : ` <span class="muted">[${control}: ${state ?? ''}]</span>`}</li>`).join('')}</ol>`).join('')}</details>`).join('')}`,
    `<h2>What people said</h2>${review.answers.length + review.idleDecisions.length + report.added.length === 0 ? '<p class="muted">Nothing yet.</p>' : `<ul>${review.answers.map(({ id, answer, by, at }) => `<li><b>${e(id)}</b>: ${e(answer)} <span class="muted">(${e(by)}, ${at})</span></li>`).join('')}${review.idleDecisions.map(({ threat, why }) => `<li>The decision about <b>${e(threat)}</b> does not count: ${why === 'ended' ? 'it has ended' : 'it fits no threat'}.</li>`).join('')}${report.added.map(({ kind, name, detail }) => `<li>Added by hand (${kind}): ${e(name)} ${e(detail)}</li>`).join('')}</ul>`}`,
  ];
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Threat model: ${e(report.title)}</title><style>${style}</style></head><body>\n${body.join('\n')}\n</body></html>\n`;
}

function threatOf(threat: ThreatEntry): string {
  const kinds = [
    threat.owasp,
    ...threat.stride.map((one) => stride[one as Stride]),
    threat.linddun === null ? null : linddun[threat.linddun as Linddun],
  ].filter((one) => one !== null);
  const controls = threat.controls.map(
    ({ title, state, why, asked }) => `<li>${e(title)}: <b>${asked ? state : 'not asked'}</b>, ${e(why)}</li>`,
  );
  const place = threat.place === null ? '' : ` <code>${e(formatPlace(threat.place))}</code>`;
  const decision =
    threat.decision === null
      ? ''
      : `<p>Decided: ${threat.decision.status} by ${e(threat.decision.owner)} until ${threat.decision.until}: ${e(threat.decision.reason)}</p>`;
  return `<details><summary><span class="level ${threat.level}">${threat.level} ${threat.score}</span> ${e(threat.title)}: <b>${e(threat.subject.name)}</b> <span class="muted">${threat.status}</span></summary><p>${e(threat.attack)} <span class="muted">${kinds.map((kind) => e(kind)).join(' · ')}</span>${place}</p><ul>${controls.join('')}</ul><p class="muted">Likelihood ${threat.likelihood.value} (${e(threat.likelihood.reasons.join('; '))}) × impact ${threat.impact.value} (${e(threat.impact.reasons.join('; '))})</p>${decision}</details>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p class="muted">None.</p>';
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
}

function e(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
