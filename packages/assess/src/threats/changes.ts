import type { ThreatEntry, ThreatsReport } from './report/json.ts';

/** One threat that is otherwise than before. */
export interface Changed {
  readonly id: string;
  readonly title: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What changed in the threats since an earlier report. */
export interface Changes {
  readonly since: string;
  readonly risk: { readonly before: number; readonly after: number };
  readonly appeared: readonly Changed[];
  readonly gone: readonly Changed[];
  /** Status or level is worse. */
  readonly worse: readonly Changed[];
  readonly better: readonly Changed[];
  readonly elementsAdded: readonly string[];
  readonly elementsGone: readonly string[];
}

const statusOrder = ['mitigated', 'not-asked', 'accepted', 'enforced', 'declared', 'open', 'broken'];

/** Compares an earlier report with the threats of now, by their ids. */
export function changesSince(
  previous: ThreatsReport,
  threats: readonly ThreatEntry[],
  elements: readonly string[],
): Changes {
  const before = new Map(previous.threats.map((threat) => [threat.id, threat]));
  const after = new Map(threats.map((threat) => [threat.id, threat]));
  const appeared: Changed[] = [];
  const worse: Changed[] = [];
  const better: Changed[] = [];
  for (const threat of threats) {
    const old = before.get(threat.id);
    if (old === undefined) {
      appeared.push(changed(threat, null, threat));
      continue;
    }
    const step = statusOrder.indexOf(threat.status) - statusOrder.indexOf(old.status) || threat.score - old.score;
    if (step > 0) worse.push(changed(threat, old, threat));
    else if (step < 0) better.push(changed(threat, old, threat));
  }
  const oldElements = new Set(previous.elements.map(({ id }) => id));
  const live = threats.filter(({ status }) => !['mitigated', 'accepted', 'not-asked'].includes(status));
  return {
    since: previous.date,
    risk: {
      before: previous.summary.risk,
      after: Math.round(live.reduce((total, { score }) => total + score, 0) * 10) / 10,
    },
    appeared,
    gone: previous.threats.filter(({ id }) => !after.has(id)).map((threat) => changed(threat, threat, null)),
    worse,
    better,
    elementsAdded: elements.filter((id) => !oldElements.has(id)),
    elementsGone: [...oldElements].filter((id) => !elements.includes(id)),
  };
}

function changed(threat: ThreatEntry, before: ThreatEntry | null, after: ThreatEntry | null): Changed {
  const say = (one: ThreatEntry | null): string | null =>
    one === null ? null : `${one.status}, ${one.level} ${one.score}`;
  return { id: threat.id, title: threat.title, subject: threat.subject.name, before: say(before), after: say(after) };
}
