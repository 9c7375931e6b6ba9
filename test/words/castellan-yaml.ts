// For each key of castellan.yaml that the gateway enforces: it becomes the option that the table says, whose own probe shows what
// that changes.
import { gatewayOptionsOf, castellanYamlReader } from '@castellan/gateway/configuration';
import { castellanWords } from '../../packages/gateway/src/configuration/castellan-file/words.ts';
import type { Probe } from './api.ts';

/** Values that are none of the defaults, by key; the file around them is the smallest that has a place for them. */
const values: Readonly<Record<string, unknown>> = {
  'apis.contract': 'other.yaml',
  'apis.source.folder': 'apis',
  'apis.source.git': 'apis.git',
  'apis.source.ref': 'main',
  'apis.source.files.*.url': 'https://files.example/openapi.yaml',
  'apis.source.files.*.digest': `sha256:${'1'.repeat(64)}`,
  'apis.source.registry': 'latest',
  'apis.source.interval': 7000,
  'apis.source.cache': 'kept',
  'apis.registry.key': 'the key of this API alone',
  'apis.registry.name': 'orders-2',
  'apis.overlays': ['overlay.yaml'],
  'apis.policies': 'policies/*.cedar',
  'apis.links': 'links.json',
  'apis.entities': 'entities.json',
  'apis.explain': true,
  'apis.environment': 'production',
  'apis.upstreams.url': 'http://10.0.0.11:8080',
  'apis.upstreams.weight': 3,
  'apis.upstreams.ca': 'ca.pem',
  'apis.context.file': 'keys.json',
  'apis.context.issuer': 'front',
  'apis.context.audience': 'api',
  'apis.context.groups': ['staff'],
  'apis.context.lifetime': 7,
  'apis.context.interval': 9000,
  'apis.context.overlap': 20,
  'apis.mode.requests': 'observe',
  'apis.mode.responses': 'observe',
  'apis.hosts': ['api.example'],
  'apis.basePath': '/v2',
  'apis.origin': 'https://api.example',
  'apis.cors.origins': ['https://app.example'],
  'apis.cors.credentials': true,
  'apis.cors.headers': ['x-mine'],
  'apis.cors.expose': ['x-mine'],
  'apis.cors.maxAge': 5,
  'apis.undocumented.parameters': 'pass',
  'apis.undocumented.requestProperties': 'pass',
  'apis.undocumented.responseProperties': 'pass',
  'apis.undocumented.statuses': 'pass',
  'apis.undocumented.mediaTypes': 'pass',
  'apis.outside': ['/health'],
  'apis.leniency': ['absent-null'],
  'apis.decoders': { 'application/yaml': 'yaml' },
  'apis.problems.form': 'documented',
  'apis.problems.template': { error: '{title}' },
  'apis.problems.contentType': 'application/vnd.e+json',
  'apis.problems.statuses': { 400: 422 },
  'apis.problemsUrl': 'https://docs.example/problems',
  'apis.revocations': 'revoked.jsonl',
  'apis.bans': 'bans.jsonl',
  'apis.authentication': { key: { store: 'keys.json' } },
  'listen.port': 9999,
  'listen.address': '0.0.0.0',
  'listen.tls.cert': 'cert.pem',
  'listen.tls.key': 'key.pem',
  'listen.tls.clientCa': 'clients.pem',
  'listen.tls.minVersion': 'TLSv1.3',
  'listen.trustedProxies': ['10.0.0.0/8'],
  'listen.clientCertificate': 'header',
  'listen.admin': '127.0.0.1:9901',
  'limits.perAddress': '7/minute',
  'limits.perPrincipal': '7/minute',
  'limits.byMeaning': false,
  'limits.overload': true,
  'limits.patience': 70,
  'limits.maxBody': '7MB',
  'limits.maxResponse': '7MB',
  'limits.maxNodes': 7000,
  'state.url': 'redis://cache:6379',
  'state.username': 'castellan',
  'state.password': '${env:REDIS_PASSWORD}',
  'state.ca': 'ca.pem',
  'state.certificate': 'guard.pem',
  'state.key': 'guard.key',
  'state.cluster': true,
  'state.sentinel': 'primary',
  'state.file': 'state',
  'state.prefix': 'mine:',
  'state.strict': true,
  'state.timeout': 70,
  'state.required': true,
  'limits.levels': 7,
  'timeouts.connect': 7,
  'timeouts.head': 7,
  'timeouts.body': 7,
  'timeouts.stream': 7,
  'timeouts.queue': 7,
  'timeouts.send': 7,
  'capacity.connections': 7,
  'capacity.streams': 7,
  'capacity.queue': 7,
  'audit.file': 'audit.jsonl',
  'detect.warmUp': 7,
  'detect.off': ['probing'],
  'detect.canaries': ['Order/4711'],
  'detect.honey': ['/backup.sql'],
  'detect.respond': { canary: 'ban' },
  'detect.respondFor': 70,
  'detect.file': 'incidents.jsonl',
  'detect.notify.webhook.url': 'https://hooks.example',
  'detect.notify.webhook.secret': 'a secret of some length',
  'detect.notify.syslog.host': 'log.example',
  'detect.notify.syslog.port': 7,
  'detect.notify.syslog.tls': false,
  'detect.notify.syslog.ca': 'pem',
  'detect.notify.mail.host': 'mail.example',
  'detect.notify.mail.port': 7,
  'detect.notify.mail.from': 'a@example.com',
  'detect.notify.mail.to': ['b@example.com'],
  'detect.notify.mail.security': 'none',
  'detect.notify.mail.ca': 'pem',
  'detect.notify.mail.user': 'me',
  'detect.notify.mail.password': 'x',
  'audit.otlp': 'http://collector:4318',
  'telemetry.otlp': 'http://collector:4318',
  'apis.learn.directory': 'learnt',
  'registry.url': 'https://registry.example',
  'registry.key': 'a key of sixteen or more',
  'registry.connection.ca': 'ca.pem',
  'registry.connection.certificate': 'client.pem',
  'registry.connection.key': 'client-key.pem',
  'registry.name': 'orders-1',
  'registry.directory': 'reports',
  'registry.lifecycle': 'ignore',
  'registry.events': true,
  'apis.learn.maxBytes': 7,
};
const lists = new Set(['apis', 'apis.upstreams']);
/** What an object needs beside the key. */
const needed: Readonly<Record<string, object>> = {
  apis: { name: 'a', contract: 'openapi.yaml' },
  'apis.source': { git: 'other.git' },
  'apis.source.files.*': { url: 'https://other.example', digest: `sha256:${'0'.repeat(64)}` },
  'apis.upstreams': { url: 'http://127.0.0.1:1' },
  'apis.learn': { directory: 'learnt' },
  'apis.cors': { origins: ['https://other.example'] },
  listen: { port: 8080 },
  registry: { url: 'https://other.example', key: 'another key of sixteen' },
  'registry.connection': { certificate: 'c', key: 'k' },
  'listen.tls': { cert: 'c', key: 'k' },
  'detect.notify.webhook': { url: 'https://other.example', secret: 'another secret of some length' },
  'detect.notify.syslog': { host: 'other.example' },
  'detect.notify.mail': { host: 'other.example', from: 'x@example.com', to: ['y@example.com'] },
};

const kinds = new Set(['folder', 'files', 'registry']);

/** A file that says this key, and what is needed around it. */
function fileWith(key: string, value: unknown): Record<string, unknown> {
  const build = (names: readonly string[], path: string): Record<string, unknown> => {
    const [name = '', ...rest] = names;
    const at = path === '' ? name : `${path}.${name}`;
    if (rest.length === 0) return { [name]: value };
    // A source is of one kind.
    const around = at === 'apis.source' && kinds.has(rest[0] ?? '') ? {} : needed[at];
    const inner = { ...around, ...build(rest, at) };
    return { [name]: lists.has(at) ? [inner] : inner };
  };
  const registry = key.startsWith('apis.registry.') ? { registry: needed['registry'] } : {};
  return { apis: [needed['apis']], ...registry, ...build(key.split('.'), '') };
}

const optionsOf = (file: Record<string, unknown>): object =>
  gatewayOptionsOf('/etc/castellan/castellan.yaml', castellanYamlReader(file, 'castellan.yaml'));

/** What stands at the option that the table names, alone. */
function at(options: object, option: string): string {
  let value: unknown = options;
  for (const name of option.split('.')) {
    const one: unknown = Array.isArray(value) ? value[0] : value;
    value = typeof one === 'object' && one !== null ? (one as Record<string, unknown>)[name] : undefined;
  }
  return JSON.stringify(value) ?? 'nothing';
}

const refusal = (file: Record<string, unknown>): string => {
  try {
    optionsOf(file);
    return 'taken';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

export const probes: Readonly<Record<string, Probe>> = {
  ...Object.fromEntries(
    Object.entries(values).map(([key, value]): [string, Probe] => [
      key,
      () => {
        const option = castellanWords[key]?.option ?? '';
        return Promise.resolve([
          at(optionsOf(fileWith('apis.owner', 'ada')), option),
          at(optionsOf(fileWith(key, value)), option),
        ] as const);
      },
    ]),
  ),
  'apis.name': () =>
    Promise.resolve([
      refusal({
        apis: [
          { name: 'a', contract: 'b' },
          { name: 'a', contract: 'b' },
        ],
      }),
      refusal({
        apis: [
          { name: 'a', contract: 'b' },
          { name: 'c', contract: 'b' },
        ],
      }),
    ] as const),
  'limits.store': () =>
    Promise.resolve([
      refusal(fileWith('limits.store', 'memory')),
      refusal(fileWith('limits.store', 'redis://cache')),
    ] as const),
  ...Object.fromEntries(
    Object.entries({
      'forward.syslog.host': 'siem.example',
      'forward.syslog.port': 7,
      'forward.syslog.ca': 'ca.pem',
      'forward.syslog.certificate': 'client.pem',
      'forward.syslog.key': 'client-key.pem',
      'forward.syslog.events': 'refused',
      'forward.syslog.classes': ['http-activity'],
      'forward.webhook.url': 'https://siem.example/events',
      'forward.webhook.secret': 'a secret of thirty-two characters!',
      'forward.webhook.events': 'all',
      'forward.webhook.classes': ['authentication'],
    }).map(([key, value]): [string, Probe] => [
      key,
      () => {
        const [, kind = '', name = ''] = key.split('.');
        const needed =
          kind === 'syslog'
            ? { host: 'siem' }
            : { url: 'https://siem.example', secret: 'another secret of 32 characters!!!' };
        const file = { ...fileWith('apis.owner', 'ada'), forward: { [kind]: { ...needed, [name]: value } } };
        return Promise.resolve([at(optionsOf(fileWith('apis.owner', 'ada')), key), at(optionsOf(file), key)] as const);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      'telemetry.headers': { authorization: 'Bearer x' },
      'telemetry.signals': ['logs'],
      'telemetry.service': 'shop',
      'telemetry.interval': 700,
    }).map(([key, value]): [string, Probe] => [
      key,
      () => {
        const { telemetry } = fileWith(key, value) as { readonly telemetry: object };
        const file = { ...fileWith('apis.owner', 'ada'), telemetry: { otlp: 'http://collector:4318', ...telemetry } };
        return Promise.resolve([at(optionsOf(fileWith('apis.owner', 'ada')), key), at(optionsOf(file), key)] as const);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      'audit.key': 'a key of sixteen or more',
      'audit.dir': 'audit',
      'audit.durability': 'fsync',
      'audit.timeout': 70,
      'audit.segmentSize': '7MB',
      'audit.retention.age': '7 days',
      'audit.retention.size': '7MB',
      'audit.anchor.file': 'anchored.jsonl',
      'audit.anchor.url': 'https://anchor.example/heads',
      'audit.anchor.secret': 'a secret of thirty-two characters!',
      'audit.pseudonyms': true,
    }).map(([key, value]): [string, Probe] => [
      key,
      () => {
        const { audit } = fileWith(key, value) as { readonly audit: object };
        const file = { ...fileWith('apis.owner', 'ada'), audit: { dir: 'audit', ...audit } };
        return Promise.resolve([at(optionsOf(fileWith('apis.owner', 'ada')), key), at(optionsOf(file), key)] as const);
      },
    ]),
  ),
};
