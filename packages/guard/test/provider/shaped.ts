// A real identity provider (oidc-provider) that gives tokens of another provider's published shape, under that one's name.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

/** A token's shape, as its provider documents it. */
export interface Shape {
  readonly issuer: string;
  readonly alg: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface ShapedProvider {
  /** What it signed. @param more claims in place of the published ones; undefined leaves one out */
  readonly token: (more?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Reaches this server under every name that is the provider's: its own metadata, and key sets at other addresses. */
  readonly fetch: typeof globalThis.fetch;
  /** Addresses that were asked for. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** An `aud` that is there for this provider, which needs one, and not in the token that it signs. */
const noAudience = { toJSON: () => undefined };
const client = { id: 'c', secret: 'for-the-test-only-R7mQ2x' };
const resource = 'https://orders.example/';

export async function startShaped({ issuer, alg, header, claims }: Shape): Promise<ShapedProvider> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'published-1', alg, use: 'sig' };
  let next: Readonly<Record<string, unknown>> = {};
  const provider = new Provider(issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ['for the test only'] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: alg,
      },
    ],
    scopes: ['orders:read'],
    ttl: { ClientCredentials: 600 },
    formats: {
      customizers: {
        jwt(_context: unknown, _token: unknown, parts: { header?: object; payload: Record<string, unknown> }) {
          const { iat, exp } = parts.payload;
          parts.header = { typ: undefined, ...header };
          parts.payload = { iat, exp, ...claims, ...next };
          parts.payload['aud'] ??= noAudience;
        },
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'orders:read',
          audience: 'orders',
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  });
  // Behind the name of another: what it publishes of itself has that one's address.
  Object.assign(provider, { proxy: true });
  const mount = new URL(issuer).pathname.replace(/\/+$/, '');
  const callback = provider.callback();
  const server = createServer((request: IncomingMessage & { originalUrl?: string | undefined }, response) => {
    request.originalUrl = request.url;
    request.url = String(request.url).slice(mount.length);
    callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}${mount}`;
  const asked: string[] = [];
  const own = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  return {
    asked,
    fetch: (input, init) => {
      const url = String(input);
      asked.push(url);
      const { host, protocol } = new URL(url);
      const headers = { 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) };
      const path = url === own ? '/.well-known/openid-configuration' : '/jwks';
      return fetch(local + path, { ...init, headers: { ...(init?.headers as object), ...headers } });
    },
    async token(more = {}) {
      next = more;
      const response = await fetch(`${local}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
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
