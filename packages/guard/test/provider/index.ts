// A real identity provider (oidc-provider) on a free port, whose keys can be changed while it runs.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const audience = 'orders';
export const client = { id: 'billing', secret: 'for-the-test-only-R7mQ2x' };
/** Resource indicators: tokens for one are JWTs, for the other opaque. */
export const resources = { jwt: 'https://jwt.orders.example/', opaque: 'https://opaque.orders.example/' };

export interface ProviderServer {
  readonly issuer: string;
  /** How often the key set was fetched. */
  readonly fetches: () => number;
  /** Publishes these private keys; the first one signs. */
  readonly publish: (keys: readonly JWK[]) => void;
  /** @returns the token endpoint's answer */
  readonly token: (resource: string, headers?: Record<string, string>) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A private signing key as a provider keeps it. */
export async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' };
}

/** @param port 0 for a free one; the same one to come back after an outage */
export async function startProvider(keys: readonly JWK[], port = 0): Promise<ProviderServer> {
  let callback: RequestListener = (_request, response) => void response.end();
  let fetches = 0;
  const server = createServer((request, response) => {
    if (request.url === '/jwks') fetches += 1;
    callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publish = (published: readonly JWK[]): void => {
    callback = new Provider(issuer, configuration(published)).callback();
  };
  publish(keys);
  return {
    issuer,
    fetches: () => fetches,
    publish,
    async token(resource, headers = {}) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'orders:read' }).toString(),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function configuration(keys: readonly JWK[]): object {
  return {
    jwks: { keys },
    cookies: { keys: ['for the test only'] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['orders:read'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'orders:read',
          audience,
          accessTokenTTL: 600,
          accessTokenFormat: resource === resources.jwt ? 'jwt' : 'opaque',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
}
