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

/**
 * Keeps what deployment files say runs: entries of castellan.yaml with their environment, and components of Compose, Kubernetes,
 * nginx, Envoy and Terraform files with what they talk to.
 */
export async function importDeployments(
  store: Store,
  architecture: Architecture,
  { environment = 'unknown', apiOf }: DeploymentOrigin = {},
): Promise<ImportedDeployments> {
  const { db } = store;
  let deployments = 0;
  for (const file of architecture.castellan)
    for (const api of file.apis) {
      await recordDeployment(store, ofCastellan(file, api, apiOf?.(file.file, api.contract)));
      deployments += 1;
    }
  const names = new Map(architecture.components.map(({ id, name }) => [id, name]));
  for (const component of architecture.components) {
    if (component.source === 'castellan' || component.kind === 'external') continue;
    const sinks = architecture.auditSinks.some(({ place }) => place.file === component.place.file);
    await recordDeployment(store, {
      id: component.id,
      api: null,
      environment: component.environment ?? environment,
      name: component.name,
      source: component.source,
      place: component.place.file,
      audit: sinks ? true : null,
      versions: component.image === undefined ? {} : { image: component.image },
    });
    deployments += 1;
  }
  const dependencies = architecture.flows.map(({ from, to, protocol, resource, place }) => ({
    source: storable(place.file),
    component: storable(names.get(from) ?? from),
    target: storable(names.get(to) ?? to),
    kind: storable(protocol, 50),
    resource: storable(resource ?? ''),
  }));
  for (const file of architecture.castellan)
    for (const { name, url, contract, place } of file.consumes)
      dependencies.push({
        source: storable(place.file),
        component: storable(file.apis[0]?.name ?? file.file),
        target: storable(name),
        kind: 'api',
        resource: storable(url ?? contract ?? ''),
      });
  for (const dependency of dependencies)
    await db
      .insertInto('dependencies')
      .values(dependency)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  return {
    deployments,
    dependencies: dependencies.length,
    notices: architecture.notices.map(({ message, place }) => `${place.file}: ${message}`),
  };
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
