import type { Assessment, AssessedThreat } from '../assess.ts';
import { controls } from '../controls.ts';
import { layOut, type LaidFlow } from '../diagram/layout.ts';
import { stride, type Linddun } from '../definition.ts';
import type { Level } from '../risk.ts';
import { uuidOf } from './identity.ts';
import { keepPeoples } from './merge.ts';

/** Version of the format that is written. */
const VERSION = '2.5.0';
/** Threats of one element; the JSON report has all. */
const MOST = 40;

/** The categories as Threat Dragon calls them. */
const privacy: Readonly<Record<Linddun, string>> = {
  linking: 'Linkability',
  identifying: 'Identifiability',
  'non-repudiation': 'Non-repudiation',
  detecting: 'Detectability',
  'data-disclosure': 'Disclosure of information',
  unawareness: 'Unawareness',
  'non-compliance': 'Non-compliance',
};
const severities: Readonly<Record<Level, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};
/** What people move, size and describe in Threat Dragon stays as they left it. */
const kept: ReadonlySet<string> = new Set([
  'position',
  'size',
  'vertices',
  'description',
  'outOfScope',
  'reasonOutOfScope',
  'owner',
  'reviewer',
  'thumbnail',
  'privilegeLevel',
  'isALog',
  'providesAuthentication',
]);

/**
 * An assessment as an OWASP Threat Dragon 2 model: one diagram, with each element's and flow's threats on it. Operations'
 * threats stand on the process of their API, the worst first.
 * @param earlier the same model as people left it in Threat Dragon; what they added, moved and described is kept
 */
export function toThreatDragon(assessment: Assessment, earlier?: unknown): unknown {
  const layout = layOut(assessment.system);
  const numbers = new Map(assessment.threats.map(({ id }, index) => [id, index + 1]));
  const cells: object[] = [];
  for (const boundary of layout.boundaries)
    cells.push({
      id: uuidOf(`boundary:${boundary.id}`),
      shape: 'trust-boundary-box',
      zIndex: -1,
      position: { x: Math.round(boundary.x), y: Math.round(boundary.y) },
      size: { width: Math.round(boundary.width), height: Math.round(boundary.height) },
      attrs: { label: { text: boundary.name } },
      data: {
        type: 'tm.BoundaryBox',
        name: boundary.name,
        description: '',
        isTrustBoundary: true,
        hasOpenThreats: false,
      },
    });
  for (const { element, x, y, width, height } of layout.elements) {
    const threats = threatsOf(assessment, element.id, numbers);
    const shape = { actor: 'actor', external: 'actor', process: 'process', store: 'store' }[element.kind];
    cells.push({
      id: uuidOf(element.id),
      shape,
      zIndex: 1,
      position: { x: Math.round(x), y: Math.round(y) },
      size: { width: Math.round(width), height: Math.round(height) },
      attrs: { text: { text: element.name } },
      data: {
        type: { actor: 'tm.Actor', process: 'tm.Process', store: 'tm.Store' }[shape],
        name: element.name,
        description: [
          element.technology,
          element.data.length === 0 ? undefined : `handles ${element.data.join(', ')} data`,
        ]
          .filter((part) => part !== undefined)
          .join('; '),
        outOfScope: false,
        reasonOutOfScope: '',
        isTrustBoundary: false,
        hasOpenThreats: threats.some(({ status }) => status === 'Open'),
        ...factsOf(element.kind, element.gateway, element.data),
        threats,
      },
    });
  }
  for (const laid of layout.flows) cells.push(flowOf(laid, threatsOf(assessment, laid.flow.id, numbers)));
  const made = {
    version: VERSION,
    summary: {
      title: assessment.system.title,
      owner: assessment.system.apis[0]?.owner ?? '',
      description: 'Made by castellan threats from the API document and its deployment.',
      id: 0,
    },
    detail: {
      contributors: [],
      reviewer: '',
      diagramTop: 1,
      threatTop: numbers.size,
      diagrams: [
        {
          id: 0,
          title: 'Data flows',
          diagramType: 'STRIDE',
          description: '',
          placeholder: 'Data flows',
          thumbnail: './public/content/images/thumbnail.stride.jpg',
          version: VERSION,
          cells,
        },
      ],
    },
  };
  if (earlier === undefined) return made;
  return keepContributors(keepPeoples(made, earlier, kept), earlier);
}

/** Contributors have no ids. */
function keepContributors(merged: unknown, earlier: unknown): unknown {
  const detail = (earlier as { readonly detail?: { readonly contributors?: unknown } }).detail;
  const result = merged as { readonly detail: object };
  return Array.isArray(detail?.contributors)
    ? { ...result, detail: { ...result.detail, contributors: detail.contributors } }
    : merged;
}

function factsOf(kind: string, gateway: boolean, data: readonly string[]): object {
  if (kind === 'store')
    return { isALog: false, isEncrypted: false, isSigned: false, storesCredentials: data.includes('secret') };
  if (kind === 'process')
    return { handlesCardPayment: data.includes('financial'), isWebApplication: !gateway, privilegeLevel: '' };
  return { providesAuthentication: false };
}

function flowOf({ flow, points, reversed }: LaidFlow, threats: readonly DragonThreat[]): object {
  const inner = points.slice(1, -1).map(([x, y]) => ({ x: Math.round(x), y: Math.round(y) }));
  return {
    id: uuidOf(flow.id),
    shape: 'flow',
    zIndex: 10,
    connector: 'smooth',
    attrs: { line: { stroke: '#333333', strokeWidth: 1, targetMarker: { name: 'classic' } } },
    labels: [{ position: 0.5, attrs: { label: { text: flow.label } } }],
    source: { cell: uuidOf(flow.from) },
    target: { cell: uuidOf(flow.to) },
    vertices: reversed ? inner.reverse() : inner,
    data: {
      type: 'tm.Flow',
      name: flow.label,
      description: '',
      outOfScope: false,
      reasonOutOfScope: '',
      isTrustBoundary: false,
      isBidirectional: false,
      isEncrypted: flow.encrypted === true,
      isPublicNetwork: flow.from.startsWith('actor:'),
      protocol: flow.protocol === 'unknown' ? '' : flow.protocol,
      hasOpenThreats: threats.some(({ status }) => status === 'Open'),
      threats,
    },
  };
}

interface DragonThreat {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly status: string;
  readonly severity: string;
  readonly type: string;
  readonly modelType: string;
  readonly description: string;
  readonly mitigation: string;
  readonly score: string;
}

function threatsOf(assessment: Assessment, id: string, numbers: ReadonlyMap<string, number>): DragonThreat[] {
  const own = assessment.threats.filter(
    ({ subject, subjectId, api }) =>
      subjectId === id || ((subject.kind === 'operation' || subject.kind === 'api') && api?.elementId === id),
  );
  return own.slice(0, MOST).map((threat) => dragonThreat(threat, numbers.get(threat.id) ?? 0));
}

function dragonThreat(
  { id, threat, status, risk, needs, subjectName, subject }: AssessedThreat,
  number: number,
): DragonThreat {
  const [kind] = threat.stride;
  const mitigation = needs
    .filter(({ asked }) => asked)
    .map(({ control, state, why }) => `${controls[control].title}: ${state} (${why})`);
  return {
    id: uuidOf(`threat:${id}`),
    number,
    title: subject.kind === 'operation' ? `${threat.title}: ${subjectName}` : threat.title,
    status:
      status === 'not-asked' ? 'NotApplicable' : status === 'mitigated' || status === 'accepted' ? 'Mitigated' : 'Open',
    severity: severities[risk.level],
    type: kind === undefined ? privacy[threat.linddun ?? 'data-disclosure'] : stride[kind],
    modelType: kind === undefined ? 'LINDDUN' : 'STRIDE',
    description: threat.attack,
    mitigation: mitigation.join('\n'),
    score: String(risk.score),
  };
}
