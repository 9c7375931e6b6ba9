import { apiPaths, guardPaths, importPaths, keyPaths } from './changing-paths.ts';
import { postureSchemas } from '../../posture/schema.ts';
import { lifecyclePaths, lifecycleSchemas } from './lifecycle-paths.ts';
import { posturePaths } from './posture-paths.ts';
import { eventPaths, eventSchemas } from './event-paths.ts';
import { publicPaths } from './public-paths.ts';
import { readingPaths } from './reading-paths.ts';
import { schemas } from './schemas.ts';

/** Which ways there are to prove who one is, beside keys. */
export interface DocumentOptions {
  /** Address of an OpenID Connect provider's metadata. */
  readonly openIdConnectUrl?: string | undefined;
  /** Whether guards may come with client certificates. */
  readonly certificates?: boolean | undefined;
}

/**
 * The registry's own API, as an OpenAPI 3.1 document: what it enforces on itself.
 * @param server where it is reached: `http://127.0.0.1:8181`
 */
export function registryDocument(
  server: string,
  { openIdConnectUrl, certificates = false }: DocumentOptions = {},
): Readonly<Record<string, unknown>> {
  const schemes = {
    key: { type: 'apiKey', in: 'header', name: 'X-Castellan-Key', description: 'Of a person or a guard.' },
    ...(openIdConnectUrl === undefined
      ? {}
      : { login: { type: 'openIdConnect', openIdConnectUrl, description: 'Of a person.' } }),
    ...(certificates ? { certificate: { type: 'mutualTLS', description: 'Of a guard.' } } : {}),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Castellan registry',
      version: '1.0.0',
      description: 'What is known of all APIs, and the way in for what guards report.',
    },
    servers: [{ url: server }],
    security: securityOf(Object.keys(schemes), 'registry:read'),
    tags: [
      { name: 'public', description: 'For everybody.' },
      { name: 'self', description: 'For every caller.' },
      { name: 'read', description: 'The inventory.' },
      { name: 'change', description: 'One API.' },
      { name: 'lifecycle', description: 'Who decides about the life of APIs.' },
      { name: 'import', description: 'What adds to the inventory.' },
      { name: 'keys', description: 'Who may come in.' },
      { name: 'oversight', description: 'What happened to the registry itself.' },
      { name: 'guards', description: 'For guards only.' },
    ],
    'x-castellan': {
      profile: 'standard',
      owner: 'castellan',
      context: { roles: 'strings', teams: 'strings' },
      actions: [{ name: 'importInto', resources: ['RegisteredApi'] }],
    },
    paths: withScopes(
      {
        ...publicPaths,
        ...readingPaths,
        ...posturePaths,
        ...apiPaths,
        ...lifecyclePaths,
        ...importPaths,
        ...keyPaths,
        ...guardPaths,
        ...eventPaths,
      },
      schemes,
    ),
    components: {
      schemas: { ...schemas, ...postureSchemas, ...lifecycleSchemas, ...eventSchemas },
      securitySchemes: schemes,
    },
  };
}

/** A token of a login is for reading, or for changing too; what keys may do, their roles say. */
function securityOf(schemes: readonly string[], scope: string): Readonly<Record<string, readonly string[]>>[] {
  return schemes.map((name) => ({ [name]: name === 'login' ? [scope] : [] }));
}

function withScopes(paths: Readonly<Record<string, object>>, schemes: object): object {
  const names = Object.keys(schemes);
  const writing = new Set(['post', 'patch', 'delete']);
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]: [string, object]) => [
          method,
          writing.has(method) ? { ...operation, security: securityOf(names, 'registry:write') } : operation,
        ]),
      ),
    ]),
  );
}
