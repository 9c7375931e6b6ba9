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

const authentication = strict('Who vouches for the identities of one security scheme.', {
  issuer: text('Issuer (RFC 8414, OpenID Connect) whose tokens are accepted.'),
  audience: {
    description: 'Audience that a token must name.',
    anyOf: [text('One.'), { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 }],
  },
  groups: text('Where the groups are: claims.groups.'),
  tenant: text('Where the tenant is: claims.tenant.'),
  jwks: text('URL or file of the keys, where the issuer does not publish them.'),
  algorithms: { type: 'array', items: { type: 'string', minLength: 1 }, description: 'Signature algorithms accepted.' },
  clockTolerance: { type: 'number', minimum: 0, description: 'Seconds that clocks may differ.' },
  store: text('Where keys or users are kept: keys, users, or a file.'),
  ca: text('File with the authorities of client certificates.'),
  introspection: strict(
    'RFC 7662.',
    {
      url: text('The endpoint.'),
      clientId: text('Of this server.'),
      secret: text('env:NAME or file:PATH; never the secret itself.'),
    },
    ['url'],
  ),
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
