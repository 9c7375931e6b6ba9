import { absorb } from './absorb.ts';
import type { Architecture, ArchitectureFlow, Component, Fragment, SourceKind, UnlinkedFlow } from './model.ts';

/** One file that was read. */
export interface ReadFragment {
  readonly file: string;
  readonly source: SourceKind;
  readonly fragment: Fragment;
}

/**
 * Puts what the files say together: names become components, hosts that nobody describes become external components or
 * stores, and components that several files describe stay several, because their files may differ.
 */
export function link(fragments: readonly ReadFragment[]): Architecture {
  const read = absorb(fragments);
  const components = new Map<string, Component>();
  for (const { fragment } of read) for (const component of fragment.components) components.set(component.id, component);
  const byName = new Map<string, Component[]>();
  for (const component of components.values())
    for (const name of new Set([component.name.toLowerCase(), ...otherNames(component)])) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [component]);
      else list.push(component);
    }
  const flows: ArchitectureFlow[] = [];
  const seen = new Set<string>();
  for (const { fragment } of read) {
    for (const flow of fragment.flows) {
      const to = targetOf(flow, components, byName);
      const key = `${flow.from} ${to} ${flow.port ?? ''} ${flow.resource ?? ''}`;
      if (to === flow.from || seen.has(key)) continue;
      seen.add(key);
      const { toName: _, ...rest } = flow;
      flows.push({ ...rest, to });
    }
  }
  return {
    files: read.map(({ file, source }) => ({ file, source })),
    components: [...components.values()],
    flows: withoutVague(flows),
    castellan: read.flatMap(({ fragment }) => (fragment.castellan === undefined ? [] : [fragment.castellan])),
    auditSinks: read.flatMap(({ fragment }) => fragment.auditSinks),
    notices: read.flatMap(({ fragment }) => fragment.notices),
  };
}

/** Service names of a Kubernetes workload, and the host of a third party. */
function otherNames(component: Component): readonly string[] {
  if (component.kind === 'external') return component.networks;
  return component.source === 'kubernetes' ? component.networks.slice(1) : [];
}

/** `depends_on` says less than a connection URL to the same target does. */
function withoutVague(flows: readonly ArchitectureFlow[]): ArchitectureFlow[] {
  const plain = new Set(flows.filter((flow) => flow.protocol !== 'unknown').map((flow) => `${flow.from} ${flow.to}`));
  return flows.filter((flow) => flow.protocol !== 'unknown' || !plain.has(`${flow.from} ${flow.to}`));
}

function targetOf(
  flow: UnlinkedFlow,
  components: Map<string, Component>,
  byName: ReadonlyMap<string, Component[]>,
): string {
  const source = components.get(flow.from);
  const host = flow.toName;
  // shop.backend.svc.cluster.local is the service shop in the namespace backend.
  const [first = host, namespace] = host.split('.');
  const local = /\.svc(?:\.|$)/.test(host) || !host.includes('.');
  const candidates = byName.get(host) ?? (local ? byName.get(first) : undefined) ?? [];
  const near =
    candidates.find((one) => one.id !== flow.from && one.place.file === source?.place.file) ??
    candidates.find(
      (one) => one.id !== flow.from && local && namespace !== undefined && one.networks[0] === namespace,
    ) ??
    candidates.find((one) => one.id !== flow.from && one.kind !== 'gateway') ??
    candidates.find((one) => one.id !== flow.from);
  if (near !== undefined) return near.id;
  const id = `host:${host}`;
  if (!components.has(id)) {
    const isStore = !/^(?:https?|http\/2|grpc|fastcgi|uwsgi|unknown)$/.test(flow.protocol);
    const addressed = /^[\d.]+$|^\[/.test(host);
    components.set(id, {
      id,
      name: host,
      kind: isStore ? 'store' : addressed || local ? 'process' : 'external',
      source: source?.source ?? 'compose',
      technology: isStore ? flow.protocol : undefined,
      image: undefined,
      environment: undefined,
      ports: [],
      secrets: [],
      settings: [],
      networks: [],
      place: flow.place,
    });
  }
  return id;
}
