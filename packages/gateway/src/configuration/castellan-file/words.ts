import { wordsOf, type Word } from '@castellan/guard/configuration';
import { gatewayWords } from '../words.ts';

/** A key of `castellan.yaml`: who enforces it, what it says, and the option of the gateway that it becomes. */
export interface FileWord extends Word {
  readonly option?: string | undefined;
}

/** What the file says of an option of the gateway is what the gateway says of it. */
function of(path: string, option: string): Readonly<Record<string, FileWord>> {
  return Object.fromEntries(
    Object.entries(gatewayWords)
      .filter(([name]) => name === option || name.startsWith(`${option}.`))
      // A file can hold no function.
      .filter(([, { description }]) => !description.startsWith('Only in code'))
      .map(([name, word]) => [path + name.slice(option.length), { ...word, option: name }]),
  );
}

const only = 'Read by castellan check and castellan threats only.';
const yet = 'Read by castellan check and castellan threats only: not enforced yet, and castellan gateway refuses it.';

/** Who enforces each key of `castellan.yaml`; entries of `authentication` are in `authenticationWords`. */
export const castellanWords: Readonly<Record<string, FileWord>> = {
  ...wordsOf('gateway/src/configuration/castellan-file', {
    $schema: ['check', 'read.ts', 'For editors.'],
    'apis.name': [
      'start',
      'options.ts',
      'Name of the API; unique in the file. Several are run together; --api names one.',
    ],
  }),
  ...of('apis.source', 'source'),
  ...of('apis.contract', 'contract'),
  ...of('apis.overlays', 'overlays'),
  ...of('apis.policies', 'policies'),
  ...of('apis.links', 'links'),
  ...of('apis.entities', 'entities'),
  ...of('apis.explain', 'explain'),
  ...of('apis.environment', 'environment'),
  ...of('apis.upstreams', 'upstream'),
  ...of('apis.context', 'context'),
  ...of('apis.mode', 'mode'),
  ...of('apis.learn', 'learn'),
  ...of('registry', 'registry'),
  ...wordsOf('assess/src', { 'apis.owner': ['check', 'threats/system/api.ts', `Who answers for it. ${only}`] }),
  ...of('apis.hosts', 'hosts'),
  ...of('apis.basePath', 'basePath'),
  ...of('apis.origin', 'origin'),
  ...of('apis.cors', 'cors'),
  ...of('apis.outside', 'outside'),
  ...of('apis.undocumented', 'undocumented'),
  ...of('apis.leniency', 'leniency'),
  ...of('apis.decoders', 'decoders'),
  ...of('apis.problems', 'problems'),
  ...of('apis.problemsUrl', 'problemsUrl'),
  ...of('apis.revocations', 'revocation.file'),
  ...of('apis.bans', 'bans.file'),
  ...of('apis.authentication', 'authentication'),
  ...of('apis.registry.key', 'registry.key'),
  ...of('apis.registry.name', 'registry.name'),
  ...wordsOf('assess/src', {
    'consumes.name': ['check', 'architecture/castellan-file/fragment.ts', `Name of a third party's API. ${only}`],
    'consumes.contract': ['check', 'architecture/castellan-file/read.ts', `Its OpenAPI document. ${only}`],
    'consumes.url': ['check', 'architecture/castellan-file/fragment.ts', `Where it is. ${only}`],
  }),
  ...of('listen.port', 'port'),
  ...of('listen.address', 'host'),
  ...of('listen.tls', 'tls'),
  ...of('listen.trustedProxies', 'trustedProxies'),
  ...of('listen.clientCertificate', 'clientCertificate'),
  ...of('listen.admin', 'admin'),
  ...wordsOf('gateway/src/configuration/castellan-file', {
    'limits.store': ['start', 'options.ts', 'memory, and nothing else: what instances share is named by state.'],
  }),
  ...of('limits', 'limits'),
  ...of('state', 'state'),
  ...of('timeouts', 'timeouts'),
  ...of('capacity', 'capacity'),
  ...of('audit', 'audit'),
  ...of('detect', 'detect'),
  ...of('audit.otlp', 'telemetry.otlp'),
  ...of('telemetry', 'telemetry'),
  ...of('forward', 'forward'),
  ...wordsOf('registry/src/posture', {
    'posture.policies.name': ['check', 'policies.ts', 'What exceptions and reports call it; unique.'],
    'posture.policies.apis.names': ['check', 'policies.ts', 'Ids of APIs, as castellan inventory list has them.'],
    'posture.policies.apis.owners': ['check', 'policies.ts', 'APIs of these owners.'],
    'posture.policies.apis.profiles': ['check', 'policies.ts', 'APIs of these profiles.'],
    'posture.policies.apis.states': ['check', 'policies.ts', 'APIs in these states. Default published and deprecated.'],
    'posture.policies.environments': ['check', 'policies.ts', 'Environments. Default: all that an API runs in.'],
    'posture.policies.asks': [
      'check',
      'policies.ts',
      'What it asks: risks (API1:2023), chapters and requirements of ASVS 5.0 (V8, V8.2.2), controls (rate-limit).',
    ],
    'posture.policies.level': ['check', 'policies.ts', 'How far: declared, enforced or proven (default).'],
    'posture.policies.within': ['check', 'policies.ts', 'How long a proof counts: 30d. Default 30 days.'],
    'posture.exceptions.policy': ['check', 'policies.ts', 'Name of the policy.'],
    'posture.exceptions.api': ['check', 'policies.ts', 'Id of the API.'],
    'posture.exceptions.operations': ['check', 'policies.ts', 'operationIds. Default: all of the API.'],
    'posture.exceptions.owner': ['check', 'policies.ts', 'Who answers for it.'],
    'posture.exceptions.reason': ['check', 'policies.ts', 'Why.'],
    'posture.exceptions.until': ['check', 'policies.ts', 'The last day, 2027-03-31; from the next one on it is none.'],
  }),
  ...wordsOf('cli/src/serve', {
    'serve.port': ['check', 'settings.ts', 'Port of the registry; 0 takes any. Default 8181. --port comes before it.'],
    'serve.address': [
      'check',
      'settings.ts',
      'Address of the registry. Default 127.0.0.1; anything else is a decision.',
    ],
  }),
  ...wordsOf('registry/src/server', {
    'serve.tls.cert': ['check', 'serve.ts', 'PEM file of its certificate.'],
    'serve.tls.key': ['check', 'serve.ts', 'PEM file of its private key.'],
    'serve.tls.clientCa': ['check', 'serve.ts', 'PEM file of the authority of guards with client certificates.'],
    'serve.login.issuer': ['check', 'access/registry-guard.ts', 'Issuer of the tokens: https://login.example.com.'],
    'serve.login.audience': ['check', 'access/registry-guard.ts', 'What tokens must be for.'],
    'serve.login.groups': ['check', 'access/registry-guard.ts', 'Where tokens have the groups. Default claims.groups.'],
    'serve.login.roles.viewer': ['check', 'access/roles.ts', 'Groups that may see.'],
    'serve.login.roles.developer': ['check', 'access/roles.ts', 'Groups that may change APIs of their teams.'],
    'serve.login.roles.owner': ['check', 'access/roles.ts', 'Groups that answer for APIs of their teams.'],
    'serve.login.roles.security': ['check', 'access/roles.ts', 'Groups that look after all APIs.'],
    'serve.login.roles.administrator': ['check', 'access/roles.ts', 'Groups that may do everything.'],
  }),
  ...wordsOf('assess/src', {
    'store.url': [
      'check',
      'architecture/castellan-file/fragment.ts',
      `Inventory and sightings: file:.castellan/registry, or postgres://…. Read by castellan inventory and castellan serve.`,
    ],
    'console.port': ['check', 'architecture/castellan-file/fragment.ts', `Port of the web page. ${yet}`],
    'console.address': [
      'check',
      'architecture/castellan-file/fragment.ts',
      `Its address; loopback where not said. ${yet}`,
    ],
  }),
  ...wordsOf('registry/src', {
    'store.retention.days': [
      'check',
      'upkeep/retention.ts',
      'How long counts of requests are kept by day; older ones are kept by month. Default 92 days.',
    ],
    'store.retention.counts': [
      'check',
      'upkeep/retention.ts',
      'How long counts by month are kept, and what was not seen since. Default 800 days.',
    ],
    'store.retention.consumers': [
      'check',
      'upkeep/retention.ts',
      'How long it is known who called what, since the last call. Default 400 days.',
    ],
    'store.retention.journal': [
      'check',
      'upkeep/retention.ts',
      'How long it is known what happened to the registry itself. Default 400 days.',
    ],
  }),
};
