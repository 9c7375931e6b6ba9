import { describeKeys } from '@castellan/contract';
import { authenticationSchema, type JsonSchema } from '@castellan/guard/configuration';
import { castellanYamlReader } from './read.ts';
import { castellanWords } from './words.ts';

/** Descriptions of what has keys below it. */
const groups: ReadonlyMap<string, string> = new Map(
  Object.entries({
    apis: 'The APIs.',
    'apis.source':
      'Where contract, overlays, policies, links, entities and key files come from. Default: beside this file.',
    'apis.source.files': 'Files by name, each from a URL and held to its digest.',
    'apis.registry': 'What reports to the registry say of this API, beside registry.',
    'apis.upstreams': 'Where requests are sent; several share them.',
    'apis.context': 'The signed castellan-context field that names the caller to the upstream; false sends none.',
    'apis.mode': 'Whether controls refuse, only record, or rest; for both directions, or { requests, responses }.',
    'apis.undocumented': 'What becomes of what the contract does not name; each use that is not refused is recorded.',
    'apis.learn': 'Where exchanges are recorded for castellan learn, while they are only observed.',
    'apis.cors': 'Pages of other origins that may call.',
    'apis.problems': 'The form in which refusals leave. Default problem details (RFC 9457).',
    consumes: 'Third-party APIs that this service calls. Read by castellan check and castellan threats only.',
    listen: 'What the gateway listens on.',
    'listen.tls': 'TLS; without it the gateway speaks plain HTTP.',
    limits: 'Rates and sizes.',
    timeouts: 'Durations: 30s, or a number of milliseconds.',
    capacity: 'How much goes on at once, for each upstream.',
    audit: 'Where the audit trail goes: file or dir.',
    detect: 'Whether attacks are looked for in what happens: true, or how.',
    telemetry: 'Traces, metrics and logs by OTLP.',
    registry: 'The registry that guards report to.',
    store: 'Of the registry: inventory and sightings.',
    serve: 'How castellan serve serves the registry; flags come before it.',
    'serve.tls': 'HTTPS; without it the registry speaks plain HTTP.',
    'serve.login': 'An OpenID Connect provider whose people may come in.',
    'serve.login.roles': 'Groups of the provider that have a role.',
    posture: 'What the posture of APIs is held to. Read by castellan inventory posture and castellan serve.',
    'posture.policies': 'Each asks something of some APIs.',
    'posture.policies.apis': 'Which APIs it is about; all where nothing is said.',
    'posture.exceptions': 'What somebody answers for until a day.',
    forward: 'Where events go beside the audit log.',
    'forward.syslog': 'Syslog over TLS.',
    'forward.webhook': 'JSON by POST, signed.',
    console: 'The web page. Not enforced yet.',
  }),
);

/** The JSON Schema of `castellan.yaml`: `schemas/castellan.json` is this. */
export function castellanYamlSchema(): JsonSchema {
  const { additionalProperties, $defs } = authenticationSchema();
  const described = describeKeys(
    castellanYamlReader.schema,
    '',
    (path) => castellanWords[path]?.description ?? groups.get(path),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:castellan',
    title: 'castellan.yaml',
    description: 'What an OpenAPI document cannot say: where the API runs and whose credentials it trusts.',
    ...withAuthentication(described, additionalProperties),
    $defs,
  };
}

/** Entries of `authentication` as their own schema has them. */
function withAuthentication(schema: JsonSchema, entries: unknown): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'authentication') return [keyword, { ...(value as object), additionalProperties: entries }];
      const holds = keyword === 'properties' || keyword === 'apis' || keyword === 'items';
      return [keyword, holds ? withAuthentication(value as JsonSchema, entries) : value];
    }),
  );
}
