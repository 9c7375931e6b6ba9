import { formatPlace } from '@castellan/contract';
import { printable } from '../../printable.ts';
import type { Finding } from '../finding.ts';
import { checkedNothing, type Report } from '../report.ts';
import { owaspRisks, severities, type OwaspRisk } from '../risk.ts';
import { escapeMarkup as escape } from './escape.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}.dim{color:#57606a}.score{font-size:2.5rem;font-weight:700}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}
article{border-left:4px solid;padding:.25rem 1rem;margin:1rem 0;break-inside:avoid}article h3{font-size:1rem;margin:0}article p{margin:.35rem 0}
.critical{border-color:#82071e}.high{border-color:#cf222e}.medium{border-color:#bf8700}.low{border-color:#0969da}.info{border-color:#8c959f}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}pre{background:#f6f8fa;padding:.5rem;overflow:auto}ul{margin:.25rem 0;padding-left:1.25rem}
@media print{body{margin:0;max-width:none}details{display:block}details>*{display:block}}`;

/** One file without scripts and without anything from elsewhere, for the screen and for paper. */
export function formatHtml(reports: readonly Report[], at: string): string {
  const title = reports.length === 1 ? `Posture of ${reports[0]?.title ?? ''}` : 'Posture';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escape(printable(title))}</title><style>${STYLE}</style></head><body>
${printable(reports)
  .map((report) => document(report, at))
  .join('\n')}
</body></html>
`;
}

function document(report: Report, at: string): string {
  const counts = severities.map(
    (severity) =>
      `<tr><th>${severity}</th><td>${report.findings.filter((finding) => finding.severity === severity).length}</td></tr>`,
  );
  const losses = report.score.losses.map(
    ({ points, title, findings }) =>
      `<tr><td>−${points.toFixed(1)}</td><td>${escape(title)}</td><td>${findings}</td></tr>`,
  );
  const rules = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const list = rules.get(finding.rule);
    if (list === undefined) rules.set(finding.rule, [finding]);
    else list.push(finding);
  }
  return `<h1>${escape(`${report.title} ${report.version}`)}</h1>
<p class="dim">${escape(report.file)}, profile ${report.profile}, ${report.operations} operations, ${escape(at)}</p>
<p class="score">${checkedNothing(report) ? 'Nothing was checked: no operation and no webhook' : `${report.score.value} <span class="dim" style="font-size:1rem">of 100</span>`}</p>
<table>${counts.join('')}</table>
<h2>Where the points went</h2>
<table><tr><th>points</th><th>because of</th><th>findings</th></tr>${losses.join('')}</table>
<h2>Findings</h2>
${[...rules.values()].map(article).join('\n')}
${ignored(report)}`;
}

function article(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return '';
  const risks = first.owasp.map((id) => `${id} ${owaspRisks[id as OwaspRisk]}`).join(', ');
  const places = findings.map(
    (finding) => `<li><code>${escape(formatPlace(finding.place))}</code> ${escape(finding.message)}</li>`,
  );
  return `<article class="${first.severity}"><h3>${escape(first.title)} <span class="dim">${first.severity}, ${first.rule}</span></h3>
<p class="dim">${escape(risks)}; ASVS 5.0 ${first.asvs.map((id) => id.slice(1)).join(', ')}; confidence ${first.confidence}</p>
<p>${escape(first.why)}</p><p><b>Fix:</b> ${escape(first.mend.text)}</p><ul>${places.join('')}</ul></article>`;
}

function ignored(report: Report): string {
  if (report.ignored.length === 0) return '';
  const rows = report.ignored.map(
    ({ finding, ignore }) =>
      `<tr><td><code>${escape(formatPlace(finding.place))}</code></td><td>${escape(finding.message)}</td><td>${escape(ignore.reason)}</td><td>${ignore.until}</td></tr>`,
  );
  return `<h2>Accepted for now</h2><table><tr><th>where</th><th>what</th><th>why accepted</th><th>until</th></tr>${rows.join('')}</table>`;
}
