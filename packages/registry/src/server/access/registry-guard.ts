import { join } from 'node:path';
import { createGuard, type AuditOptions, type Guard } from '@castellan/guard';
import { packageFolder } from '../../package-folder.ts';
import type { Store } from '../../store/open.ts';
import { registryDocument } from '../document/index.ts';
import { keysById } from '../routes/keys.ts';
import { callerOf, type RoleGroups } from './caller.ts';
import { certificateRecord, keyStore, type LocalGuardKeys } from './keys.ts';
import { RefusedKeys } from './refused-keys.ts';

/** Whom the registry lets in by an identity provider. */
export interface LoginOptions {
  /** `https://login.example.com` */
  readonly issuer: string;
  /** What tokens must be for. */
  readonly audience: string;
  /** Which claims hold the groups: `claims.groups`. */
  readonly groups?: string | undefined;
  /** Groups that have a role: `{ administrator: ['platform'] }`. Every group is a team. */
  readonly roles: RoleGroups;
}

export interface RegistryGuardOptions {
  readonly login?: LoginOptions | undefined;
  /** Whether guards may come with client certificates. */
  readonly certificates?: boolean | undefined;
  readonly audit?: AuditOptions | undefined;
  /** A key for the commands of this machine, good as long as this process runs. */
  readonly localKey?: string | undefined;
  /** Keys of guards in this process. */
  readonly localGuards?: LocalGuardKeys | undefined;
  readonly environment?: string | undefined;
}

/** Where an identity provider tells of itself (OpenID Connect Discovery 1.0 section 4). */
export function openIdConnectUrlOf(login: LoginOptions | undefined): string | undefined {
  return login === undefined ? undefined : `${login.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** The policies of the registry. */
const policies = join(packageFolder, 'policies/*.cedar');

/** The guard of the registry's own API. */
export async function createRegistryGuard(store: Store, options: RegistryGuardOptions): Promise<Guard> {
  const { login, certificates = false, audit, localKey, localGuards, environment } = options;
  const { db } = store;
  const refusedKeys = new RefusedKeys(store);
  const guard = await createGuard({
    contract: registryDocument('/', {
      certificates,
      openIdConnectUrl: openIdConnectUrlOf(login),
    }),
    authentication: {
      key: { store: keyStore(store, localKey, localGuards) },
      ...(login === undefined
        ? {}
        : { login: { issuer: login.issuer, audience: login.audience, groups: login.groups ?? 'claims.groups' } }),
      ...(certificates
        ? {
            certificate: {
              verify: async (fingerprint: string) => {
                const record = await certificateRecord(store, fingerprint);
                return record === undefined ? undefined : { subject: record.subject, groups: record.groups };
              },
            },
          }
        : {}),
    },
    policies,
    policyContext: ({ auth }) => {
      if (auth === undefined) return {};
      const { roles, teams } = callerOf(auth, login?.roles);
      return { roles, teams };
    },
    resources: {
      RegisteredApi: async (ids) => {
        const rows = await db
          .selectFrom('apis')
          .select(['id', 'owner'])
          .where('id', 'in', [...ids])
          .execute();
        return ids.map((id) => rows.find((row) => row.id === id));
      },
      Key: (ids) => keysById(store, ids),
      Incident: async (ids) => {
        const rows = await db
          .selectFrom('incidents')
          .leftJoin('apis', 'apis.id', 'incidents.api')
          .select(['incidents.id', 'incidents.api', 'apis.owner', 'incidents.severity', 'incidents.status'])
          .where('incidents.id', 'in', [...ids])
          .execute();
        return ids.map((id) => rows.find((row) => row.id === id));
      },
    },
    filters: {
      dialect: 'postgresql',
      tables: {
        RegisteredApi: { table: 'apis', columns: { owner: 'owner' } },
        Deployment: { table: 'owned_deployments', columns: { owner: 'owner' } },
        Incident: { table: 'owned_incidents', columns: { owner: 'owner' } },
        Key: { table: 'owned_keys', columns: { owner: 'owner', role: 'role' } },
      },
    },
    limits: {
      maxBody: '16MB',
      maxResponse: '256MB',
      maxNodes: 200_000,
      perAddress: '6000/minute',
      perPrincipal: '6000/minute',
    },
    ...(audit === undefined ? {} : { audit }),
    ...(environment === undefined ? {} : { environment }),
    clock: store.clock,
    onEvent: (event) => void refusedKeys.add(event),
  });
  return guard;
}
