import { everyServer, formatPlace, type Contract, type Profile } from '@castellan/contract';
import type { Architecture, CastellanFile, CastellanFileApi, Component, Exposure } from '../../architecture/index.ts';
import { authenticationOf } from '../facts/authentication.ts';
import { readData, type OperationData } from '../facts/data.ts';
import { purposeOf } from '../facts/purpose.ts';
import type { ApiSubject, OperationSubject } from './model.ts';

/** What the caller of `buildApi` knows of one API. */
export interface ApiInput {
  readonly contract: Contract;
  readonly architecture: Architecture;
  /** Its entry in castellan.yaml, where it has one. */
  readonly deployment?: { readonly api: CastellanFileApi; readonly file: CastellanFile } | undefined;
  readonly profile?: Profile | undefined;
  /** As people answered; goes before what the files say. */
  readonly exposure?: Exposure | undefined;
}

/** Reads all that threats ask about one API. */
export function buildApi(input: ApiInput): ApiSubject {
  const { contract, architecture, deployment } = input;
  const data = readData(contract);
  const name = deployment?.api.name ?? contract.title;
  const [exposure, exposureFrom] = exposureOf(input);
  const operations: OperationSubject[] = [];
  const api: ApiSubject = {
    kind: 'api',
    name,
    contract,
    profile: input.profile ?? contract.castellan.profile,
    data,
    operations,
    elementId: `process:${slug(name)}`,
    exposure,
    exposureFrom,
    deployment: deployment?.api,
    castellan: deployment?.file,
    architecture,
    policies: (deployment?.api.policies.length ?? 0) > 0,
    audit: architecture.auditSinks.length > 0,
    owner: contract.castellan.owner ?? deployment?.api.owner ?? contactOf(contract),
  };
  for (const operation of contract.operations)
    operations.push({
      kind: 'operation',
      api,
      operation,
      authentication: authenticationOf(operation),
      data: data.of(operation),
      purpose: purposeOf(operation, {
        secret: carriesCredential(data.of(operation)),
        amount: data.of(operation).amount,
      }),
      changes: !['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'].includes(operation.method),
    });
  return api;
}

/** `info.contact`: whoever can be written to answers for the API. */
function contactOf(contract: Contract): string | undefined {
  const info = contract.document['info'] as { readonly contact?: unknown } | undefined;
  const contact = info?.contact as Readonly<Record<string, unknown>> | null | undefined;
  return [contact?.['email'], contact?.['url']].find((value): value is string => typeof value === 'string');
}

/** A password or another credential of whoever calls; the code on a card is none. */
function carriesCredential({ sent }: OperationData): boolean {
  return sent.some(({ field, data }) => data === 'secret' && !/^cv[vc]2?$|securitycode/i.test(field.name));
}

/** Lower-case words joined by hyphens: part of an id. */
export function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'unnamed'
  );
}

/** The process that the deployment runs for an API: what its upstream names, or the one that is called like it, or the only one. */
export function processOf(input: Pick<ApiInput, 'contract' | 'architecture' | 'deployment'>): Component | undefined {
  const { architecture, deployment } = input;
  const processes = architecture.components.filter(
    (component) =>
      component.kind === 'process' && component.source !== 'terraform' && !component.id.startsWith('host:'),
  );
  const named = new Set(deployment?.api.upstreams.map(({ place }) => formatPlace(place)));
  const upstreams = new Set(
    architecture.flows.filter(({ place }) => named.has(formatPlace(place))).map(({ to }) => to),
  );
  // Names that fit any API tell nothing where there are several.
  const alone = (deployment?.file.apis.length ?? 1) === 1;
  const gateways = new Set(architecture.components.filter(({ kind }) => kind === 'gateway').map(({ id }) => id));
  const reached = new Set(architecture.flows.filter(({ from }) => gateways.has(from)).map(({ to }) => to));
  const wanted = slug(deployment?.api.name ?? input.contract.title);
  const environment = deployment?.api.environment;
  const suits = (component: Component): number =>
    (upstreams.has(component.id) ? 16 : 0) +
    (slug(component.name) === wanted ? 8 : slug(component.name).startsWith(`${wanted}-`) ? 4 : 0) +
    (alone && /(?:^|-)api(?:$|-)/.test(component.name) ? 2 : 0) +
    (alone && reached.has(component.id) ? 2 : 0) +
    (alone && processes.length === 1 ? 2 : 0) -
    (environment !== undefined && component.environment !== undefined && component.environment !== environment ? 3 : 0);
  const best = [...processes].sort((a, b) => suits(b) - suits(a))[0];
  return best !== undefined && suits(best) > 1 ? best : undefined;
}

function exposureOf(input: ApiInput): [Exposure, ApiSubject['exposureFrom']] {
  if (input.exposure !== undefined) return [input.exposure, 'review'];
  const { architecture, contract } = input;
  const own = processOf(input);
  const gateways = architecture.components.filter(
    (component) =>
      component.kind === 'gateway' &&
      (own === undefined || architecture.flows.some((flow) => flow.from === component.id && flow.to === own.id)),
  );
  const ports = [own, ...gateways].flatMap((component) => component?.ports ?? []).filter((port) => !port.management);
  if (ports.length > 0) {
    const found = (['public', 'internal', 'loopback'] as const).find((one) =>
      ports.some((port) => port.exposure === one),
    );
    if (found !== undefined) return [found, 'deployment'];
  }
  const hosts = everyServer(contract).flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).hostname] : []));
  if (hosts.length > 0) {
    // An address of a developer's machine or network says nothing of where the API will run.
    if (hosts.every(isInside)) return ['unknown', 'assumed'];
    return ['public', 'servers'];
  }
  return ['unknown', 'assumed'];
}

function isInside(host: string): boolean {
  return (
    /^(?:localhost|127\.|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:internal|local|lan|corp|intranet|localhost)$/.test(
      host,
    ) || !host.includes('.')
  );
}
