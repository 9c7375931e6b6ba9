// One operation per way of proving who calls.
const responses = {
  200: { description: 'Who called', content: { 'application/json': { schema: { type: 'object' } } } },
};

const schemes = {
  jwt: { type: 'http', scheme: 'bearer' },
  rsa: { type: 'http', scheme: 'bearer' },
  profile: {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl: 'https://login.example.com', scopes: { read: '' } } },
  },
  once: { type: 'http', scheme: 'bearer' },
  sealed: { type: 'http', scheme: 'bearer' },
  bound: { type: 'http', scheme: 'dpop' },
  fresh: { type: 'http', scheme: 'dpop' },
  opaque: { type: 'http', scheme: 'bearer' },
  password: { type: 'http', scheme: 'basic' },
  key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
  stored: { type: 'apiKey', in: 'header', name: 'X-Stored-Key' },
  query: { type: 'apiKey', in: 'query', name: 'api_key' },
  session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
  certificate: { type: 'mutualTLS' },
  signed: { type: 'http', scheme: 'signature' },
} as const;

export type SchemeName = keyof typeof schemes;

const operation = (operationId: string, security: object, body = false): object => ({
  operationId,
  security: [security],
  ...(body ? { requestBody: { content: { 'application/json': { schema: { type: 'object' } } } } } : {}),
  parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
  responses,
});

/** `GET` and `POST /v1/<scheme>`, and `GET /v1/both` that needs a token and a key. */
export const contract = {
  openapi: '3.1.0',
  info: { title: 'Attacked', version: '1.0.0' },
  paths: {
    ...Object.fromEntries(
      Object.keys(schemes).map((name) => [
        `/v1/${name}`,
        { get: operation(`get-${name}`, { [name]: [] }), post: operation(`post-${name}`, { [name]: [] }, true) },
      ]),
    ),
    '/v1/both': { get: operation('get-both', { jwt: [], key: [] }) },
    '/v1/scoped': { get: operation('get-scoped', { jwt: ['orders:delete'] }) },
  },
  components: { securitySchemes: schemes },
};
