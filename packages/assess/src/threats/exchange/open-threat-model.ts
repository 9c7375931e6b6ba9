import type { Assessment } from '../assess.ts';
import { controls, type ControlId } from '../controls.ts';
import { linddun, stride } from '../definition.ts';
import { layOut } from '../diagram/layout.ts';
import { boundaries, boundaryNames, type BoundaryId } from '../system/model.ts';
import { keepPeoples } from './merge.ts';

const trust: Readonly<Record<BoundaryId, number>> = {
  internet: 0,
  'third-party': 20,
  edge: 50,
  application: 80,
  data: 100,
};
const kept: ReadonlySet<string> = new Set(['position', 'size', 'owner', 'ownerContact', 'tags', 'attributes']);
const own = (id: string): string => `castellan:${id}`;

/**
 * An assessment as an Open Threat Model (OTM 0.2.0): trust zones, components, data flows, assets, threats, mitigations.
 * @param earlier the same model as people left it; what they added is kept
 */
export function toOpenThreatModel(assessment: Assessment, earlier?: unknown): unknown {
  const { system, threats } = assessment;
  const layout = layOut(system);
  const used = new Set<ControlId>(
    threats.flatMap(({ needs }) => needs.filter(({ asked }) => asked).map(({ control }) => control)),
  );
  const visible = new Set(layout.elements.map(({ element }) => element.id));
  const instances = new Map<string, object[]>();
  for (const { id, subject, subjectId, api, needs, status } of threats) {
    const at = subject.kind === 'operation' || subject.kind === 'api' ? (api?.elementId ?? subjectId) : subjectId;
    const list = instances.get(at) ?? [];
    instances.set(at, list);
    list.push({
      id: own(`instance:${id}`),
      threat: own(`threat:${id}`),
      state:
        status === 'mitigated' || status === 'accepted'
          ? 'mitigated'
          : status === 'not-asked'
            ? 'not-applicable'
            : 'exposed',
      mitigations: needs
        .filter(({ asked }) => asked)
        .map(({ control, state }) => ({
          id: own(`${id}:${control}`),
          mitigation: own(control),
          state:
            state === 'missing' || state === 'broken'
              ? 'required'
              : state === 'declared'
                ? 'recommended'
                : 'implemented',
        })),
    });
  }
  const made = {
    otmVersion: '0.2.0',
    project: {
      id: own('project'),
      name: system.title,
      description: 'Made by castellan threats from the API document and its deployment.',
      owner: system.apis[0]?.owner ?? null,
      ownerContact: null,
      tags: [],
      attributes: null,
    },
    representations: [
      {
        id: own('diagram'),
        name: 'Data flows',
        type: 'diagram',
        size: { width: Math.round(layout.width), height: Math.round(layout.height) },
      },
    ],
    assets: system.apis.flatMap((api) =>
      api.data.classes.map(({ data, names }) => ({
        id: own(`asset:${api.name}:${data}`),
        name: `${data} data`,
        description: names.join(', '),
        risk: {
          confidentiality: { contact: 60, personal: 70, financial: 80, special: 100, secret: 100 }[data],
          integrity: 70,
          availability: 50,
        },
      })),
    ),
    trustZones: boundaries.map((id) => {
      const box = layout.boundaries.find((boundary) => boundary.id === id);
      return {
        id: own(`zone:${id}`),
        name: boundaryNames[id],
        risk: { trustRating: trust[id] },
        ...(box === undefined
          ? {}
          : {
              representations: [
                {
                  representation: own('diagram'),
                  id: own(`zone-box:${id}`),
                  position: { x: Math.round(box.x), y: Math.round(box.y) },
                  size: { width: Math.round(box.width), height: Math.round(box.height) },
                },
              ],
            }),
      };
    }),
    components: layout.elements.map(({ element, x, y, width, height }) => ({
      id: own(element.id),
      name: element.name,
      type:
        element.kind === 'store'
          ? 'database'
          : element.kind === 'process'
            ? element.gateway
              ? 'api-gateway'
              : 'web-service'
            : element.kind === 'actor'
              ? 'web-client'
              : 'external-service',
      description: element.technology ?? null,
      parent: { trustZone: own(`zone:${element.boundary}`) },
      tags: element.technology === undefined ? [] : [element.technology],
      representations: [
        {
          representation: own('diagram'),
          id: own(`box:${element.id}`),
          position: { x: Math.round(x), y: Math.round(y) },
          size: { width: Math.round(width), height: Math.round(height) },
        },
      ],
      ...assetsOf(assessment, element.id, element.kind, element.data),
      threats: instances.get(element.id) ?? [],
    })),
    dataflows: system.flows
      .filter(({ from, to }) => visible.has(from) && visible.has(to))
      .map((flow) => ({
        id: own(flow.id),
        name: flow.label,
        bidirectional: false,
        source: own(flow.from),
        destination: own(flow.to),
        tags: [
          flow.protocol,
          flow.encrypted === true ? 'encrypted' : flow.encrypted === false ? 'not-encrypted' : 'encryption-unknown',
        ],
        threats: instances.get(flow.id) ?? [],
      })),
    threats: threats.map(({ id, threat, risk, subjectName }) => ({
      id: own(`threat:${id}`),
      name: `${threat.title}: ${subjectName}`,
      description: threat.attack,
      categories: [
        ...(threat.owasp === undefined ? [] : [threat.owasp]),
        ...threat.stride.map((kind) => stride[kind]),
        ...(threat.linddun === undefined ? [] : [linddun[threat.linddun]]),
      ],
      cwes: [],
      risk: {
        likelihood: Math.round(risk.likelihood.value * 20),
        likelihoodComment: risk.likelihood.reasons.join('; '),
        impact: Math.round(risk.impact.value * 20),
        impactComment: risk.impact.reasons.join('; '),
      },
      tags: [],
    })),
    mitigations: [...used].map((id) => ({
      id: own(id),
      name: controls[id].title,
      description: controls[id].mend,
      riskReduction: 70,
    })),
  };
  return earlier === undefined ? made : keepPeoples(made, earlier, kept);
}

function assetsOf(assessment: Assessment, elementId: string, kind: string, data: readonly string[]): object {
  if (data.length === 0 || (kind !== 'store' && kind !== 'process')) return {};
  const api = assessment.system.apis.find((one) => one.elementId === elementId) ?? assessment.system.apis[0];
  const known = new Set(api?.data.classes.map((one) => one.data as string));
  const ids = data.filter((one) => known.has(one)).map((one) => own(`asset:${api?.name ?? ''}:${one}`));
  return { assets: kind === 'store' ? { processed: [], stored: ids } : { processed: ids, stored: [] } };
}
