import type { Enforcer } from '@castellan/contract';
import { recordRows } from './record-words.ts';
import { sourceRows } from './source-words.ts';

/** An option: who enforces it, and what it says, for editors. */
export interface Word extends Enforcer {
  readonly description: string;
}

/** By path of the option. */
export type Rows = Readonly<Record<string, readonly [stage: Enforcer['stage'], file: string, description: string]>>;

/** @param folder of the files, from `packages` */
export const wordsOf = (folder: string, rows: Rows): Readonly<Record<string, Word>> =>
  Object.fromEntries(
    Object.entries(rows).map(([path, [stage, file, description]]) => [
      path,
      { stage, file: `${folder}/${file}`, description },
    ]),
  );
const words = (rows: Rows): Readonly<Record<string, Word>> => wordsOf('guard/src', rows);

/** Who enforces each option of a guard. */
export const optionWords: Readonly<Record<string, Word>> = words({
  ...recordRows,
  ...sourceRows,
  contract: ['start', 'guard.ts', 'The OpenAPI document: a path, a URL, or the document itself.'],
  overlays: ['start', 'compile-core.ts', 'OpenAPI Overlay documents, applied in order.'],
  authentication: [
    'authenticate',
    'guard.ts',
    'Trusted issuers, keys and users, by security scheme: see authentication.json.',
  ],
  'revocation.file': ['authenticate', 'revocation/list.ts', 'File of the credentials that are no longer good.'],
  'revocation.redis': ['authenticate', 'revocation/list.ts', 'Only in code: the store that instances share.'],
  'revocation.redisKey': ['authenticate', 'revocation/list.ts', 'Key of the list in that store.'],
  'revocation.interval': ['authenticate', 'revocation/list.ts', 'Milliseconds between two looks, 10 to 1,000.'],
  'revocation.clock': ['authenticate', 'revocation/list.ts', 'Only in code: milliseconds since the epoch.'],
  'bans.file': ['throttle', 'bans/list.ts', 'File of who may not call for a while; processes of one machine share it.'],
  'bans.redis': ['throttle', 'bans/list.ts', 'Only in code: the store that instances share.'],
  'bans.redisKey': ['throttle', 'bans/list.ts', 'Key of the list in that store. Default castellan:bans.'],
  'bans.interval': ['throttle', 'bans/list.ts', 'Milliseconds between two looks, 10 to 1,000. Default 500.'],
  'bans.clock': ['throttle', 'bans/list.ts', 'Only in code: milliseconds since the epoch.'],
  policies: ['authorize', 'authorize/compile.ts', 'Cedar policies: paths or globs.'],
  links: ['authorize', 'authorize/compile.ts', 'Templates of the policies filled: a file, or the list.'],
  sharing: ['authorize', 'authorize/compile.ts', 'Only in code: whom objects are shared with, by resource type.'],
  resources: ['authorize', 'guard.ts', 'Only in code: a loader, by resource type.'],
  entities: [
    'authorize',
    'authorize/compile.ts',
    "Groups and attributes in Cedar's entities JSON: a file, or the list.",
  ],
  policyContext: ['authorize', 'authorize/begin.ts', 'Only in code: what policies should know of a request.'],
  'filters.dialect': ['authorize', 'authorize/stores.ts', 'Whose SQL lists are asked in. Default postgresql.'],
  'filters.times': ['authorize', 'authorize/stores.ts', 'How SQLite has times. Default iso.'],
  'filters.tables': ['authorize', 'authorize/stores.ts', 'Tables by resource type, for conditions of lists.'],
  'filters.mongodb': ['authorize', 'authorize/stores.ts', 'Documents of MongoDB by resource type.'],
  'filters.prisma': ['authorize', 'authorize/stores.ts', 'Models of Prisma by resource type.'],
  resolver: ['authorize', 'authorize/compile.ts', 'Only in code: fetches objects; the gateway sets it.'],
  ask: ['authenticate', 'authenticate/index.ts', 'Only in code: asks an operation who calls; the gateway sets it.'],
  explain: ['record', 'authorize/compile.ts', 'Whether events of refusals say which condition failed. Default false.'],
  'limits.perAddress': ['throttle', 'settings.ts', 'Rate per client address. Default 1200/minute.'],
  'limits.perPrincipal': ['throttle', 'limits/effective.ts', 'Rate per authenticated subject. Default 1200/minute.'],
  'limits.byMeaning': [
    'throttle',
    'limits/effective.ts',
    'Whether sign-in, one-time codes, recovery, registration, search and export get limits by profile. Default true.',
  ],
  'limits.overload': [
    'throttle',
    'settings.ts',
    'Sheds calls while the service is slower than usual, the least important first. Default false.',
  ],
  'limits.patience': ['throttle', 'settings.ts', 'Milliseconds that a call waits then. Default 250.'],
  'limits.maxBody': ['receive', 'stages/receive.ts', 'Largest request body. Default 1 MiB.'],
  'limits.maxResponse': ['release', 'node/response.ts', 'Largest response body that is checked. Default 16 MiB.'],
  'limits.maxNodes': [
    'validate',
    'stages/validate.ts',
    'Values that a body may hold, 1,000 to 1,000,000. Default 25,000, some 10 ms.',
  ],
  'state.url': ['start', 'state/redis/connection.ts', 'Redis or Valkey that all instances share: redis://host:6379.'],
  'state.username': ['start', 'state/redis/connection.ts', 'User of an ACL of Redis. Default that of the address.'],
  'state.password': [
    'start',
    'state/redis/connection.ts',
    'Password for Redis, a reference such as ${file:/run/secrets/redis}. Default that of the address.',
  ],
  'state.ca': ['start', 'state/redis/connection.ts', 'PEM file of the certificate authorities trusted for Redis.'],
  'state.certificate': ['start', 'state/redis/connection.ts', 'PEM file of the certificate that Redis asks for.'],
  'state.key': ['start', 'state/redis/connection.ts', 'PEM file of its private key.'],
  'state.cluster': ['start', 'state/redis/connection.ts', 'Whether the hosts are a Redis Cluster. Default false.'],
  'state.sentinel': ['start', 'state/redis/connection.ts', 'Name of the primary that the sentinels of url know.'],
  'state.redis': ['start', 'state/index.ts', 'Only in code: sends one command to Redis and gives its reply.'],
  'state.file': ['start', 'state/index.ts', 'Folder of this process, so that a restart forgets no limit.'],
  'state.prefix': ['start', 'state/redis/redis-state.ts', 'Begins every key in Redis. Default castellan:.'],
  'state.strict': ['throttle', 'state/redis/redis-state.ts', 'Asks Redis for each request. Default false.'],
  'state.timeout': [
    'throttle',
    'state/redis/redis-state.ts',
    'Milliseconds after which Redis counts as away. Default 250.',
  ],
  'state.required': ['start', 'state/redis/redis-state.ts', 'Whether a start without Redis fails. Default false.'],
  'limits.levels': [
    'authorize',
    'authorize/authorization.ts',
    'Rounds of fetching for one decision, 1 to 1,000. Default 25.',
  ],
  'audit.file': ['record', 'guard.ts', 'File that gets one line per request; - is standard output.'],
  'mode.requests': ['start', 'modes.ts', 'Whether controls of requests refuse, only record, or rest. Default enforce.'],
  'mode.responses': ['start', 'modes.ts', 'The same of answers.'],
  'audit.key': [
    'record',
    'authorize/compile.ts',
    'Key of the hashes by which events name objects, 16 characters at least. One of the process where not said.',
  ],
  'learn.directory': ['record', 'learn/recorder.ts', 'Folder of records for castellan learn, of what is observed.'],
  'learn.maxBytes': ['record', 'learn/recorder.ts', 'Bytes of all records; the oldest go first. Default 64 MiB.'],
  'registry.url': [
    'record',
    'report/reporter.ts',
    'Registry that reports go to (what runs, what was seen): https://….',
  ],
  'registry.key': ['record', 'report/reporter.ts', 'Key of the role guard: it reports about its API only.'],
  'registry.connection.ca': [
    'record',
    'authenticate/provider-connection.ts',
    'PEM file of the authorities of its certificate.',
  ],
  'registry.connection.certificate': [
    'record',
    'authenticate/provider-connection.ts',
    'PEM file of the client certificate of this guard, in the place of registry.key.',
  ],
  'registry.connection.key': ['record', 'authenticate/provider-connection.ts', 'PEM file of its private key.'],
  'registry.name': ['record', 'report/reporter.ts', 'What this deployment is called. Default: the title of the API.'],
  'registry.directory': ['record', 'report/outbox.ts', 'Folder of reports that wait. Default: they wait in memory.'],
  'registry.lifecycle': [
    'route',
    'report/reporter.ts',
    'apply (default): what the registry decides about deprecation and retirement is carried out. ignore: only what the document says.',
  ],
  'registry.events': [
    'record',
    'report/events.ts',
    'Whether each event is sent to the detectors of the registry too. Default: counts only.',
  ],
  environment: ['start', 'compile-core.ts', 'production refuses mock identity providers and secrets that are weak.'],
  basePath: ['route', 'compile-core.ts', 'Path prefix of the API; that of its servers where not said.'],
  outside: ['route', 'outside.ts', 'Paths that are no part of the API and pass: /health, /docs/**. Default none.'],
  leniency: [
    'validate',
    'lenient/index.ts',
    'Notations let through in requests: absent-null, boolean-words, naive-date-time, plain-uuid.',
  ],
  decoders: [
    'validate',
    'decoders.ts',
    'Who reads bodies that are no JSON, by media type: yaml, a package that exports decode, or pass.',
  ],
  'undocumented.parameters': [
    'validate',
    'undocumented.ts',
    'Query parameters that no contract names: refuse (default), remove, pass.',
  ],
  'undocumented.requestProperties': [
    'validate',
    'undocumented.ts',
    'Properties in bodies of requests: refuse (default), remove, pass.',
  ],
  'undocumented.responseProperties': [
    'release',
    'undocumented.ts',
    'Properties in answers: remove (default), refuse, pass.',
  ],
  'undocumented.statuses': [
    'release',
    'undocumented.ts',
    'Statuses of answers: refuse, remove (the body), pass. Default: harmless errors pass.',
  ],
  'undocumented.mediaTypes': [
    'release',
    'undocumented.ts',
    'Media types of answers: refuse, remove (the body), pass. Default: harmless errors pass.',
  ],
  trustedProxies: ['start', 'compile-core.ts', 'Proxies whose X-Forwarded-For is believed. Default none.'],
  clientCertificate: [
    'authenticate',
    'compile-core.ts',
    'connection (default), or header: Client-Cert of trustedProxies (RFC 9440).',
  ],
  origin: ['authenticate', 'settings.ts', 'The address that callers use: https://api.example.com.'],
  'cors.origins': ['route', 'cors.ts', 'Exact origins of pages that may call.'],
  'cors.credentials': ['route', 'cors.ts', 'Whether they may send credentials. Default false.'],
  'cors.headers': ['route', 'cors.ts', 'Request header fields that scripts may send.'],
  'cors.expose': ['release', 'cors.ts', 'Response header fields that scripts may read.'],
  'cors.maxAge': ['route', 'cors.ts', 'Seconds for which a preflight answer may be kept. Default 600.'],
  'problems.form': ['release', 'problem-form/index.ts', 'problem (RFC 9457), or documented: as the error schemas say.'],
  'problems.template': [
    'release',
    'problem-form/index.ts',
    'Body of refusals, with {status}, {type}, {title}, {detail}, {requestId}, {errors}.',
  ],
  'problems.contentType': ['release', 'problem-form/index.ts', 'Media type of the template, or of problem details.'],
  'problems.statuses': ['release', 'problem-form/index.ts', 'Other statuses, by problem type or status: 400: 422.'],
  problemsUrl: ['release', 'settings.ts', 'Where problem types are documented.'],
  onEvent: ['record', 'guard.ts', 'Only in code: called with every event.'],
  facts: ['record', 'guard.ts', 'Only in code: functions that are given the facts of every exchange.'],
  onReload: ['start', 'guard.ts', 'Only in code: called with the outcome of reloading changed files.'],
  watch: ['start', 'guard.ts', 'Whether files are read again when they change. Default false.'],
  clock: ['start', 'guard.ts', 'Only in code: milliseconds since the epoch.'],
  decodesPath: [
    'route',
    'compile-core.ts',
    'Whether what is behind decodes a whole path before it routes. Default false.',
  ],
  strictResponses: ['release', 'stages/content.ts', 'Whether duplicate keys in answers are refused. Default false.'],
  withheldStatus: ['release', 'stages/content.ts', 'Status of an answer that may not leave. Default 500.'],
});
