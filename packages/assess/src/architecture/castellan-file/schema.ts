/** A JSON Schema object of the subset that `castellan.yaml` needs. */
export type FileSchema = Readonly<Record<string, unknown>>;

const text = (description: string): FileSchema => ({ type: 'string', minLength: 1, description });
const texts = (description: string): FileSchema => ({
  description,
  anyOf: [text(description), { type: 'array', items: { type: 'string', minLength: 1 } }],
});
const port = { type: 'integer', minimum: 1, maximum: 65535, description: 'A TCP port.' };
const strict = (
  description: string,
  properties: Readonly<Record<string, FileSchema>>,
  required: readonly string[] = [],
) => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});

/** An object whose members the guard checks itself when it starts. */
const open = (description: string): FileSchema => ({ type: 'object', description });
const seconds = (description: string): FileSchema => ({ type: 'number', minimum: 0, description });
const holders = (description: string): FileSchema => ({
  description,
  anyOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }],
});

/** The members that the guard's configuration of a security scheme has. */
const authentication = strict('Who vouches for the identities of one security scheme.', {
  issuer: text('Issuer (RFC 8414, OpenID Connect) whose tokens are accepted.'),
  audience: {
    description: 'Audience that a token must name.',
    anyOf: [text('One.'), { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 }],
  },
  algorithms: { type: 'array', items: { type: 'string', minLength: 1 }, description: 'Signature algorithms accepted.' },
  jwks: {
    description: 'Address or file of the keys, or the keys; found under the issuer where not said.',
    anyOf: [text('Address or file.'), { type: 'object' }],
  },
  clockSkew: seconds('Seconds by which clocks may differ, at most 300. Default 30.'),
  type: text("Required typ of the token's header: at+jwt."),
  groups: text('Where the groups are: claims.groups.'),
  tenant: text('Where the tenant is: claims.tenant.'),
  remember: { type: 'integer', minimum: 0, description: 'How many verified tokens are remembered.' },
  maxLifetime: seconds('Seconds that a token may live at most.'),
  once: { type: 'boolean', description: 'Whether every token is good for one request.' },
  introspection: open('Asks the provider about tokens (RFC 7662).'),
  proof: open('Proof of possession (RFC 9449, RFC 8705).'),
  decryption: open('Private keys of encrypted tokens.'),
  refresh: seconds('Seconds after which a published key set is fetched again.'),
  outage: seconds('Seconds for which the last key set is used when the provider is out of reach.'),
  lazy: { type: 'boolean', description: 'Start even where the provider is out of reach.' },
  store: text('Where keys or users are kept: keys, users, or a file.'),
  keys: holders('API keys. Better a store: what is written here is read by everybody who sees the file.'),
  users: holders('Users. Better a store.'),
  certificates: open('Client certificates.'),
  signatures: open('Signed requests.'),
  csrf: open('For credentials in cookies.'),
});

const api = strict(
  'One API: its contract, and where and how it runs.',
  {
    name: text('Name of the API; unique in the file.'),
    contract: text('The OpenAPI document: a path relative to this file, or a URL.'),
    overlays: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'OpenAPI Overlays, applied in order.',
    },
    policies: texts('Cedar files: paths or globs.'),
    environment: text('Where it runs: production, staging, test…'),
    upstreams: {
      type: 'array',
      description: 'Where requests are sent.',
      items: strict(
        'One upstream.',
        {
          url: { type: 'string', pattern: '^https?://', description: 'Its base URL.' },
          weight: { type: 'integer', minimum: 0, description: 'Share of the requests.' },
          ca: text('File with the authorities that its certificate is checked against.'),
        },
        ['url'],
      ),
    },
    mode: {
      enum: ['enforce', 'observe', 'off'],
      description: 'Whether controls refuse, only record, or rest. Default enforce.',
    },
    owner: text('Who answers for it.'),
    hosts: { type: 'array', items: { type: 'string', minLength: 1 }, description: 'Host names that it answers to.' },
    basePath: text('Path that it is mounted at.'),
    origin: text('The one origin from outside: https://api.example.com.'),
    authentication: {
      type: 'object',
      additionalProperties: authentication,
      description: 'By name of the security scheme.',
    },
  },
  ['name', 'contract'],
);

/** The JSON Schema of `castellan.yaml`: `schemas/castellan.json` is this. */
export const castellanSchema: FileSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:castellan:schema:castellan',
  title: 'castellan.yaml',
  ...strict(
    'What an OpenAPI document cannot say: where the API runs and who vouches for identities.',
    {
      $schema: text('For editors.'),
      apis: { type: 'array', items: api, minItems: 1, description: 'The APIs.' },
      consumes: {
        type: 'array',
        description: 'Third-party APIs that this service calls.',
        items: strict(
          'One third-party API.',
          { name: text('Its name.'), contract: text('Its OpenAPI document.'), url: text('Where it is.') },
          ['name'],
        ),
      },
      listen: strict(
        'What the gateway listens on.',
        {
          port,
          address: text('Address; all where not said.'),
          tls: strict(
            'TLS; without it the gateway speaks plain HTTP.',
            {
              cert: text('Certificate chain, PEM.'),
              key: text('Private key, PEM.'),
              minVersion: { enum: ['TLSv1.2', 'TLSv1.3'], description: 'Default TLSv1.2.' },
              clientCa: text('Authorities of client certificates.'),
            },
            ['cert', 'key'],
          ),
          trustedProxies: {
            type: 'array',
            items: { type: 'string', minLength: 1 },
            description: 'Addresses whose forwarding fields are believed.',
          },
        },
        ['port'],
      ),
      store: strict(
        'Inventory, evidence, findings, policies, keys.',
        { url: text('file:.castellan, or postgres://…') },
        ['url'],
      ),
      limits: strict('Rate limits, budgets, bans, revocations.', { store: text('memory, or redis://…') }, ['store']),
      audit: strict('Where the audit trail goes.', {
        dir: text('Folder of the audit segments.'),
        otlp: text('OTLP collector.'),
      }),
      console: strict('The web page.', { port, address: text('Address; loopback where not said.') }, ['port']),
    },
    ['apis'],
  ),
};
