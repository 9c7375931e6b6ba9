import { everyServer } from '@castellan/contract';
import type { Architecture, Component, Exposure } from '../../architecture/index.ts';
import { dataClasses, type DataClass } from '@castellan/meaning';
import { processOf, slug } from './api.ts';
import { groupsOf } from './groups.ts';
import type { ApiSubject, BoundaryId, SystemElement, SystemFlow, SystemModel } from './model.ts';

/** Builds the data-flow model of APIs and what is deployed around them. Pure. */
export function buildSystem(apis: readonly ApiSubject[], architecture: Architecture): SystemModel {
  const elements = new Map<string, SystemElement>();
  const flows = new Map<string, SystemFlow>();
  const byComponent = new Map<string, string>();
  const add = (element: SystemElement): void => void (elements.has(element.id) || elements.set(element.id, element));
  for (const api of apis) {
    const component = processOf({
      contract: api.contract,
      architecture,
      deployment:
        api.deployment === undefined || api.castellan === undefined
          ? undefined
          : { api: api.deployment, file: api.castellan },
    });
    if (component !== undefined && !byComponent.has(component.id)) byComponent.set(component.id, api.elementId);
    add({
      ...plain('process', api.name, 'application'),
      id: api.elementId,
      exposure: component === undefined ? api.exposure : exposureOf(component),
      technology: component?.image,
      component,
      data: api.data.classes.map(({ data }) => data),
      groups: groupsOf(api.contract.operations, api.data),
      place: component?.place ?? api.contract.place({ document: api.contract.documents[0] ?? '', pointer: '' }),
    });
  }
  for (const component of architecture.components) addComponent(component, byComponent, (id) => elements.has(id), add);
  for (const api of apis) addAround(api, architecture, byComponent, add, flows);
  for (const flow of architecture.flows) {
    const from = byComponent.get(flow.from);
    const to = byComponent.get(flow.to);
    if (from === undefined || to === undefined || from === to) continue;
    const id = `flow:${from}>${to}${flow.resource === undefined ? '' : `/${slug(flow.resource)}`}`;
    if (flows.has(id)) continue;
    const label =
      flow.protocol === 'unknown'
        ? 'calls'
        : `${flow.protocol}${flow.resource === undefined ? '' : ` (${flow.resource})`}`;
    flows.set(id, {
      id,
      from,
      to,
      label,
      protocol: flow.protocol,
      encrypted: flow.encrypted,
      crosses: crosses(elements, from, to),
      data: dataBetween(elements, from, to),
      source: flow,
      place: flow.place,
    });
  }
  giveStoresTheirData(elements, flows);
  return {
    title: apis.map((api) => api.contract.title).join(', '),
    apis,
    elements: [...elements.values()],
    flows: [...flows.values()],
    architecture,
  };
}

/** A store holds what the processes that use it handle. */
function giveStoresTheirData(elements: Map<string, SystemElement>, flows: ReadonlyMap<string, SystemFlow>): void {
  for (const [id, element] of elements) {
    if (element.kind !== 'store' || element.data.length > 0) continue;
    const data = new Set(
      [...flows.values()].filter((flow) => flow.to === id).flatMap((flow) => elements.get(flow.from)?.data ?? []),
    );
    if (data.size > 0) elements.set(id, { ...element, data: dataClasses.filter((one) => data.has(one)) });
  }
}

function plain(kind: SystemElement['kind'], name: string, boundary: BoundaryId): Omit<SystemElement, 'id'> {
  return {
    kind,
    name,
    boundary,
    exposure: 'unknown',
    technology: undefined,
    component: undefined,
    gateway: false,
    inferred: false,
    data: [],
    groups: [],
    place: undefined,
  };
}

/** The widest exposure of any port; internal where it has none. */
function exposureOf(component: Component): Exposure {
  return (
    (['public', 'internal', 'loopback'] as const).find((one) =>
      component.ports.some((port) => port.exposure === one),
    ) ?? 'internal'
  );
}

function addComponent(
  component: Component,
  byComponent: Map<string, string>,
  taken: (id: string) => boolean,
  add: (element: SystemElement) => void,
): void {
  if (byComponent.has(component.id)) return;
  const facts = /^(?:kubernetes-secret|kubernetes-config|terraform-variable|castellan-file|firewall)$/.test(
    component.technology ?? '',
  );
  const kind = component.kind === 'gateway' ? 'process' : component.kind;
  const boundary: BoundaryId = { gateway: 'edge', store: 'data', external: 'third-party', process: 'application' }[
    component.kind
  ] as BoundaryId;
  // Two that are called alike (a Deployment and its Ingress) are told apart by their files.
  const short = `${kind}:${slug(component.name)}`;
  const id = taken(short) ? `${kind}:${slug(component.id)}` : short;
  byComponent.set(component.id, id);
  add({
    ...plain(kind, component.name, boundary),
    id,
    exposure: exposureOf(component),
    technology: component.technology,
    component,
    gateway: component.kind === 'gateway',
    // Secrets and firewalls are read for threats; they are no parts of the picture.
    inferred: facts,
    place: component.place,
  });
}

function addAround(
  api: ApiSubject,
  architecture: Architecture,
  byComponent: ReadonlyMap<string, string>,
  add: (element: SystemElement) => void,
  flows: Map<string, SystemFlow>,
): void {
  const own = [...byComponent].find(([, id]) => id === api.elementId)?.[0];
  const fronts = architecture.components.filter(
    (component) =>
      component.kind === 'gateway' &&
      (own === undefined ? false : architecture.flows.some((flow) => flow.from === component.id && flow.to === own)),
  );
  const entries =
    fronts.length === 0 ? [api.elementId] : fronts.flatMap((component) => byComponent.get(component.id) ?? []);
  const element = architecture.components.find((component) => component.id === own);
  // A published port is an entry, too, whatever stands beside it.
  if (fronts.length > 0 && element !== undefined && exposureOf(element) === 'public') entries.push(api.elementId);
  for (const { id, name, operations, data } of actorsOf(api)) {
    add({ ...plain('actor', name, 'internet'), id, exposure: 'public', data });
    for (const to of entries) {
      const port = toPort(
        to === api.elementId ? element : fronts.find((component) => byComponent.get(component.id) === to),
      );
      const encrypted = port === undefined ? encryptedByServers(api) : port.protocol === 'https' || port.redirectsToTls;
      const key = `flow:${id}>${to}`;
      if (flows.has(key)) continue;
      flows.set(key, {
        id: key,
        from: id,
        to,
        label: `${operations} operation${operations === 1 ? '' : 's'}`,
        protocol: encrypted === false ? 'http' : 'https',
        encrypted,
        crosses: true,
        data,
        source: undefined,
        place: port?.place ?? serverPlace(api),
      });
    }
  }
  if (
    ![...architecture.flows].some(
      (flow) => flow.from === own && byComponent.get(flow.to)?.startsWith('store:') === true,
    )
  ) {
    const id = `store:${slug(api.name)}-data`;
    add({
      ...plain('store', `${api.name} data`, 'data'),
      id,
      exposure: 'unknown',
      inferred: true,
      data: api.data.classes.map(({ data }) => data),
    });
    const key = `flow:${api.elementId}>${id}`;
    flows.set(key, {
      id: key,
      from: api.elementId,
      to: id,
      label: 'reads and writes',
      protocol: 'unknown',
      encrypted: undefined,
      crosses: true,
      data: api.data.classes.map(({ data }) => data),
      source: undefined,
      place: undefined,
    });
  }
  addOutside(api, byComponent, add, flows);
}

/** Identity providers, third parties, receivers of webhooks, and servers that callers name. */
function addOutside(
  api: ApiSubject,
  byComponent: ReadonlyMap<string, string>,
  add: (element: SystemElement) => void,
  flows: Map<string, SystemFlow>,
): void {
  const connect = (id: string, name: string, label: string, encrypted: boolean | undefined): void => {
    add({ ...plain('external', name, 'third-party'), id, exposure: 'public', inferred: true });
    const key = `flow:${api.elementId}>${id}`;
    if (!flows.has(key))
      flows.set(key, {
        id: key,
        from: api.elementId,
        to: id,
        label,
        protocol: encrypted === true ? 'https' : 'unknown',
        encrypted,
        crosses: true,
        data: [],
        source: undefined,
        place: undefined,
      });
  };
  const issuers = new Set<string>();
  for (const authentication of api.deployment?.authentication ?? [])
    if (authentication.issuer !== undefined) issuers.add(authentication.issuer);
  if (issuers.size === 0)
    for (const scheme of api.contract.securitySchemes.values()) {
      if (scheme.type === 'openIdConnect') issuers.add(scheme.openIdConnectUrl);
      else if (scheme.type === 'oauth2')
        for (const flow of scheme.flows) if (flow.tokenUrl !== undefined) issuers.add(flow.tokenUrl);
    }
  for (const issuer of issuers) {
    const host = URL.canParse(issuer) ? new URL(issuer).hostname : issuer;
    connect(`external:${slug(host)}`, host, 'identity', issuer.startsWith('https:'));
  }
  for (const consumed of api.castellan?.consumes ?? []) {
    const id =
      byComponent.get(`castellan:${api.castellan?.file ?? ''}:consumes:${consumed.name}`) ??
      `external:${slug(consumed.name)}`;
    connect(id, consumed.name, 'third-party API', consumed.url?.startsWith('https:'));
  }
  if (api.contract.webhooks.length > 0)
    connect('external:subscribers', 'Subscribers', `${api.contract.webhooks.length} webhooks`, undefined);
  if (api.operations.some((operation) => operation.data.urls.length > 0))
    connect('external:named-by-callers', 'Servers named by callers', 'fetches or calls', undefined);
}

interface ActorFacts {
  readonly id: string;
  readonly name: string;
  readonly operations: number;
  readonly data: readonly DataClass[];
}

/** Who calls: anyone, those with each credential, and administrators. */
function actorsOf(api: ApiSubject): ActorFacts[] {
  const actors = new Map<string, { name: string; operations: number; data: Set<DataClass> }>();
  for (const { authentication, data, purpose } of api.operations) {
    const names: [string, string][] = [];
    if (authentication.anonymous) names.push(['actor:anyone', 'Anyone']);
    if (purpose.administration && !authentication.anonymous) names.push(['actor:administrators', 'Administrators']);
    else
      for (const alternative of authentication.alternatives)
        names.push([`actor:${slug(alternative)}`, `Caller with ${alternative}`]);
    for (const [id, name] of names) {
      const found = actors.get(id) ?? { name, operations: 0, data: new Set<DataClass>() };
      found.operations += 1;
      for (const one of [...data.takes, ...data.gives]) found.data.add(one);
      actors.set(id, found);
    }
  }
  const all = [...actors].map(([id, { name, operations, data }]) => ({
    id,
    name,
    operations,
    data: dataClasses.filter((one) => data.has(one)),
  }));
  return all.sort((a, b) => b.operations - a.operations).slice(0, 6);
}

function toPort(component: Component | undefined) {
  const open = component?.ports.filter((port) => !port.management) ?? [];
  return open.find((port) => port.protocol === 'http' && !port.redirectsToTls && port.exposure === 'public') ?? open[0];
}

function encryptedByServers(api: ApiSubject): boolean | undefined {
  const urls = everyServer(api.contract)
    .map(({ url }) => url)
    .filter((url) => /^https?:/.test(url));
  if (urls.length === 0) return undefined;
  return urls.every((url) => url.startsWith('https:') || /^http:\/\/(?:localhost|127\.|\[::1\])/.test(url));
}

function serverPlace(api: ApiSubject) {
  const [server] = api.contract.servers;
  return server === undefined ? undefined : api.contract.place(server.location);
}

function crosses(elements: ReadonlyMap<string, SystemElement>, from: string, to: string): boolean {
  return elements.get(from)?.boundary !== elements.get(to)?.boundary;
}

function dataBetween(elements: ReadonlyMap<string, SystemElement>, from: string, to: string): readonly DataClass[] {
  const source = elements.get(from);
  const target = elements.get(to);
  if (source?.groups.length !== 0 && target?.kind !== 'external') return source?.data ?? [];
  return target?.groups.length === 0 ? [] : (target?.data ?? []);
}
