import type { Architecture, CastellanFile, CastellanFileApi } from '@castellan/assess/architecture';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { apiIdOf } from './api-id.ts';
import { recordDeployment, type Deployment } from './record-deployment.ts';

/** What was taken from deployment files. */
export interface ImportedDeployments {
  readonly deployments: number;
  readonly dependencies: number;
  /** What could not be read, and why. */
  readonly notices: readonly string[];
}

/** What is known beside the files. */
export interface DeploymentOrigin {
  /** Where components run, whose files seldom say it. */
  readonly environment?: string | undefined;
  /** The API that the contract of an entry of castellan.yaml was imported as. */
  readonly apiOf?: ((file: string, contract: string) => string | undefined) | undefined;
}

/** What deployment files say runs, and what it talks to. */
interface DescribedDeployments {
  readonly deployments: readonly Deployment[];
  readonly dependencies: readonly Dependency[];
  readonly notices: readonly string[];
}

/** What one component talks to. */
export interface Dependency {
  readonly source: string;
  readonly component: string;
  readonly target: string;
  readonly kind: string;
  readonly resource: string;
}

/**
 * Keeps what deployment files say runs: entries of castellan.yaml with their environment, and components of Compose, Kubernetes,
 * nginx, Envoy and Terraform files with what they talk to.
 */
export async function importDeployments(
  store: Store,
  architecture: Architecture,
  origin: DeploymentOrigin = {},
): Promise<ImportedDeployments> {
  const { deployments, dependencies, notices } = describeDeployments(architecture, origin);
  await recordDeployments(store, deployments, dependencies);
  return { deployments: deployments.length, dependencies: dependencies.length, notices };
}

/** Keeps deployments and dependencies. */
export async function recordDeployments(
  store: Store,
  deployments: readonly Deployment[],
  dependencies: readonly Dependency[],
): Promise<void> {
  for (const deployment of deployments) await recordDeployment(store, deployment);
  for (const { source, component, target, kind, resource } of dependencies)
    await store.db
      .insertInto('dependencies')
      .values({
        source: storable(source),
        component: storable(component),
        target: storable(target),
        kind: storable(kind, 50),
        resource: storable(resource),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** Reads deployments and dependencies out of deployment files. */
export function describeDeployments(
  architecture: Architecture,
  { environment = 'unknown', apiOf }: DeploymentOrigin = {},
): DescribedDeployments {
  const deployments: Deployment[] = architecture.castellan.flatMap((file) =>
    file.apis.map((api) => ofCastellan(file, api, apiOf?.(file.file, api.contract))),
  );
  const names = new Map(architecture.components.map(({ id, name }) => [id, name]));
  for (const component of architecture.components) {
    if (component.source === 'castellan' || component.kind === 'external') continue;
    const sinks = architecture.auditSinks.some(({ place }) => place.file === component.place.file);
    deployments.push({
      id: component.id,
      api: null,
      environment: component.environment ?? environment,
      name: component.name,
      source: component.source,
      place: component.place.file,
      audit: sinks ? true : null,
      versions: component.image === undefined ? {} : { image: component.image },
    });
  }
  const dependencies = architecture.flows.map(({ from, to, protocol, resource, place }) => ({
    source: place.file,
    component: names.get(from) ?? from,
    target: names.get(to) ?? to,
    kind: protocol,
    resource: resource ?? '',
  }));
  for (const file of architecture.castellan)
    for (const { name, url, contract, place } of file.consumes)
      dependencies.push({
        source: place.file,
        component: file.apis[0]?.name ?? file.file,
        target: name,
        kind: 'api',
        resource: url ?? contract ?? '',
      });
  const notices = architecture.notices.map(({ message, place }) => `${place.file}: ${message}`);
  return { deployments, dependencies, notices };
}

function ofCastellan(file: CastellanFile, api: CastellanFileApi, id: string | undefined): Deployment {
  const environment = api.environment ?? 'unknown';
  return {
    id: `castellan:${file.file}:${api.name}`,
    api: id ?? apiIdOf(api.name),
    environment,
    name: api.name,
    source: 'castellan',
    place: file.file,
    url: api.upstreams[0]?.url ?? null,
    mode: api.mode,
    audit: file.audit !== undefined,
    identities: api.authentication.map(({ scheme, issuer, store }) => ({
      fingerprint: '',
      scheme,
      kind: issuer === undefined ? (store ?? 'unknown') : 'issuer',
      host: hostOf(issuer),
    })),
  };
}

function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : '';
}
