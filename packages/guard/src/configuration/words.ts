import type { Enforcer } from '@castellan/contract';

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
  contract: ['start', 'guard.ts', 'The OpenAPI document: a path, a URL, or the document itself.'],
  overlays: ['start', 'compile-core.ts', 'OpenAPI Overlay documents, applied in order.'],
  authentication: ['authenticate', 'guard.ts', 'Who vouches for identities: see authentication.json.'],
  'revocation.file': ['authenticate', 'revocation/list.ts', 'File of the credentials that are no longer good.'],
  'revocation.redis': ['authenticate', 'revocation/list.ts', 'Only in code: the store that instances share.'],
  'revocation.redisKey': ['authenticate', 'revocation/list.ts', 'Key of the list in that store.'],
  'revocation.interval': ['authenticate', 'revocation/list.ts', 'Milliseconds between two looks, 10 to 1,000.'],
  'revocation.clock': ['authenticate', 'revocation/list.ts', 'Only in code: milliseconds since the epoch.'],
  policies: ['authorize', 'authorize/compile.ts', 'Cedar policies: paths or globs.'],
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
  'state.url': ['start', 'state/redis/connection.ts', 'Redis or Valkey that all instances share: redis://host:6379.'],
  'state.username': ['start', 'state/redis/connection.ts', 'User of an ACL of Redis. Default that of the address.'],
  'state.password': [
    'start',
    'state/redis/connection.ts',
    'Password for Redis, a reference such as ${file:/run/secrets/redis}. Default that of the address.',
  ],
  'state.ca': ['start', 'state/redis/connection.ts', 'PEM file of the authorities that vouch for Redis.'],
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
  environment: ['start', 'compile-core.ts', 'production refuses mock identity providers and secrets that are weak.'],
  basePath: ['route', 'compile-core.ts', 'Path prefix of the API; that of its servers where not said.'],
  outside: ['route', 'outside.ts', 'Paths that are no part of the API and pass: /health, /docs/**. Default none.'],
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
  onReload: ['start', 'guard.ts', 'Only in code: told what became of changed files.'],
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

const grant = (path: string, file: string): Rows => ({
  [`${path}.subject`]: ['authenticate', file, 'Who it is.'],
  [`${path}.scopes`]: ['authenticate', file, 'Scopes: a list, or one text split at spaces.'],
  [`${path}.groups`]: ['authorize', file, 'Groups.'],
  [`${path}.tenant`]: ['authorize', file, 'Tenant.'],
});
const origins = (kind: string): Rows => ({
  [`${kind}.csrf.origins`]: ['authenticate', 'authenticate/csrf.ts', 'Other origins whose pages may send it.'],
});
const csrf = (kind: string): Rows => ({
  ...origins(kind),
  [`${kind}.csrf.secret`]: [
    'authenticate',
    'authenticate/csrf.ts',
    'Secret of the tokens, the same on every instance.',
  ],
  [`${kind}.csrf.header`]: ['authenticate', 'authenticate/csrf.ts', 'Header field of the token. Default x-csrf-token.'],
  [`${kind}.csrf.token`]: ['authenticate', 'authenticate/csrf.ts', 'always, or only as a fallback. Default always.'],
});
const holder = (path: string): Rows => ({
  ...grant(path, 'authenticate/api-key.ts'),
  [`${path}.id`]: ['record', 'authenticate/api-key.ts', 'Names the key in the log.'],
  [`${path}.expiresAt`]: [
    'authenticate',
    'authenticate/api-key.ts',
    'ISO 8601 with its zone, or seconds since the epoch.',
  ],
});
const user = (path: string): Rows => ({
  ...grant(path, 'authenticate/basic.ts'),
  [`${path}.password`]: ['authenticate', 'authenticate/basic.ts', 'The password. Better its hash.'],
  [`${path}.hash`]: ['authenticate', 'authenticate/basic.ts', 'Argon2id hash of the password.'],
});

/** Who enforces each member of an entry of `authentication`, by the member that says which kind of entry it is. */
export const authenticationWords: Readonly<Record<string, Word>> = words({
  'issuer.issuer': [
    'authenticate',
    'authenticate/issuer-choice.ts',
    'The exact iss of tokens; several; or one with a place for the tenant, https://…/{tenant}/….',
  ],
  'issuer.tenants': ['authenticate', 'authenticate/issuer-choice.ts', 'Tenants in the place of the issuer; or any.'],
  'issuer.audience': ['authenticate', 'authenticate/claims.ts', 'One of these must be in aud.'],
  'issuer.require': ['authenticate', 'authenticate/required-claims.ts', 'What a claim must be; of several one.'],
  'issuer.dedicatedKeys': [
    'authenticate',
    'authenticate/required-claims.ts',
    "Whether the key set signs tokens for this API's clients only. Default false.",
  ],
  'issuer.secret': ['authenticate', 'authenticate/token-provider.ts', 'Shared secret of HS256 tokens; or several.'],
  'issuer.from.header': ['authenticate', 'authenticate/token.ts', 'The field that carries the token.'],
  'issuer.from.cookie': ['authenticate', 'authenticate/token.ts', 'The cookie that carries the token.'],
  'issuer.from.query': ['authenticate', 'authenticate/token.ts', 'The query parameter that carries the token.'],
  ...csrf('issuer'),
  'issuer.connection.ca': [
    'authenticate',
    'authenticate/provider-connection.ts',
    'File of the authorities of its certificate.',
  ],
  'issuer.connection.certificate': [
    'authenticate',
    'authenticate/provider-connection.ts',
    'File of the certificate of this API as a client.',
  ],
  'issuer.connection.key': ['authenticate', 'authenticate/provider-connection.ts', 'File of its private key.'],
  'issuer.connection.hosts': [
    'start',
    'authenticate/trusted-issuer.ts',
    'Hosts that are the provider of production whatever their names.',
  ],
  'issuer.algorithms': ['authenticate', 'authenticate/token.ts', 'Accepted signature algorithms.'],
  'issuer.jwks.keys': [
    'authenticate',
    'authenticate/token-provider.ts',
    'The keys; or write the address or file of a set.',
  ],
  'issuer.clockSkew': [
    'authenticate',
    'authenticate/trusted-issuer.ts',
    'Seconds by which clocks may differ. Default 30.',
  ],
  'issuer.type': ['authenticate', 'authenticate/trusted-issuer.ts', "Required typ of the token's header."],
  'issuer.subject': ['authenticate', 'authenticate/trusted-issuer.ts', 'Which claim names the caller. Default sub.'],
  'issuer.groups.claim': [
    'authorize',
    'authenticate/group-claims.ts',
    'Which claims hold the groups; or write them alone. Default claims.groups.',
  ],
  'issuer.groups.separator': ['authorize', 'authenticate/group-claims.ts', 'What stands between groups in one text.'],
  'issuer.groups.members': ['authorize', 'authenticate/group-claims.ts', 'Groups are the member names of an object.'],
  'issuer.scopes': [
    'authenticate',
    'authenticate/trusted-issuer.ts',
    'Which claims hold the scopes. Default scope, scp.',
  ],
  'issuer.tenant': ['authorize', 'authenticate/trusted-issuer.ts', 'Which claim holds the tenant.'],
  'issuer.optionalGroups': [
    'authorize',
    'authenticate/claim-presence.ts',
    'Whether tokens of callers without groups leave that claim out. Default false.',
  ],
  'issuer.remember': ['authenticate', 'authenticate/token.ts', 'How many verified tokens are remembered.'],
  'issuer.maxLifetime': ['authenticate', 'authenticate/claims.ts', 'Seconds that a token may live at most.'],
  'issuer.once': ['authenticate', 'authenticate/trusted-issuer.ts', 'Whether a token is good for one request.'],
  'issuer.replay': ['authenticate', 'authenticate/trusted-issuer.ts', 'Only in code: where used ids are remembered.'],
  'issuer.introspection.endpoint': ['authenticate', 'authenticate/token-provider.ts', 'The introspection endpoint.'],
  'issuer.introspection.client.id': [
    'authenticate',
    'authenticate/client-authentication.ts',
    'How this API names itself there.',
  ],
  'issuer.introspection.client.secret': ['authenticate', 'authenticate/client-authentication.ts', 'And proves it.'],
  'issuer.introspection.client.key': [
    'authenticate',
    'authenticate/client-authentication.ts',
    'Or its private key: a JWK, or a file.',
  ],
  'issuer.introspection.client.auth': [
    'authenticate',
    'authenticate/client-authentication.ts',
    'basic, post, private_key_jwt or mtls.',
  ],
  'issuer.introspection.all': [
    'authenticate',
    'authenticate/trusted-issuer.ts',
    'Whether signed tokens are asked about too.',
  ],
  'issuer.introspection.cache': ['authenticate', 'authenticate/trusted-issuer.ts', 'Seconds of an answer. Default 0.'],
  'issuer.proof.required': ['authenticate', 'authenticate/binding.ts', 'Whether unbound tokens are refused.'],
  'issuer.proof.kinds': ['authenticate', 'authenticate/binding.ts', 'Which proofs are taken.'],
  'issuer.proof.algorithms': ['authenticate', 'authenticate/dpop.ts', 'Algorithms of DPoP proofs.'],
  'issuer.proof.maxAge': ['authenticate', 'authenticate/dpop.ts', 'Seconds that a proof is good for. Default 60.'],
  'issuer.proof.nonce': ['authenticate', 'authenticate/dpop.ts', 'Demands a nonce of this server; or its secret.'],
  'issuer.proof.replay': ['authenticate', 'authenticate/dpop.ts', 'Only in code: where used proofs are remembered.'],
  'issuer.decryption.keys': ['authenticate', 'authenticate/decrypt.ts', 'Private keys of encrypted tokens.'],
  'issuer.refresh': ['authenticate', 'authenticate/token-provider.ts', 'Seconds until a key set is fetched again.'],
  'issuer.outage': ['authenticate', 'authenticate/token-provider.ts', 'Seconds of the last key set in an outage.'],
  'issuer.lazy': ['start', 'authenticate/token-provider.ts', 'Start where the provider is out of reach.'],
  ...holder('keys.keys'),
  'keys.keys.key': ['authenticate', 'authenticate/api-key.ts', 'The key.'],
  ...holder('keys.keys.*'),
  ...csrf('keys'),
  'store.store': ['authenticate', 'authenticate/verifier.ts', 'Where castellan keys writes: a file.'],
  ...csrf('store'),
  ...user('users.users'),
  'users.users.name': ['authenticate', 'authenticate/basic.ts', 'User name.'],
  ...user('users.users.*'),
  ...origins('users'),
  'sessions.sessions': ['authenticate', 'authenticate/session.ts', 'Only in code: the sessions.'],
  ...csrf('sessions'),
  'certificates.certificates.subject': ['authenticate', 'authenticate/certificate.ts', 'Where the subject is written.'],
  ...grant('certificates.certificates.known.*', 'authenticate/certificate.ts'),
  'certificates.certificates.anyone': [
    'authenticate',
    'authenticate/certificate.ts',
    'Takes every verified certificate.',
  ],
  ...origins('certificates'),
  ...grant('signatures.signatures.keys.*', 'authenticate/message-signature.ts'),
  'signatures.signatures.keys.*.key': ['authenticate', 'authenticate/message-signature.ts', 'Public key: JWK or PEM.'],
  'signatures.signatures.components': ['authenticate', 'authenticate/message-signature.ts', 'What must be covered.'],
  'signatures.signatures.maxAge': ['authenticate', 'authenticate/message-signature.ts', 'Seconds. Default 300.'],
  'signatures.signatures.nonce': ['authenticate', 'authenticate/message-signature.ts', 'Whether a nonce is needed.'],
  'signatures.signatures.tag': ['authenticate', 'authenticate/message-signature.ts', 'Required tag.'],
  'signatures.signatures.replay': ['authenticate', 'authenticate/message-signature.ts', 'Only in code: what was used.'],
  'upstream.upstream': ['authenticate', 'authenticate/verifier.ts', 'Whether what is behind verifies it.'],
  'whoami.whoami': ['authenticate', 'authenticate/whoami.ts', 'operationId of the operation that answers who calls.'],
  'whoami.at': [
    'authenticate',
    'authenticate/whoami.ts',
    'Address of the API for the question, outside of the gateway.',
  ],
  'whoami.subject': ['authenticate', 'authenticate/whoami.ts', 'Where its answer names the caller.'],
  'whoami.groups.claim': ['authorize', 'authenticate/group-claims.ts', 'Where it names groups; or write them alone.'],
  'whoami.groups.separator': ['authorize', 'authenticate/group-claims.ts', 'What stands between groups in one text.'],
  'whoami.groups.members': ['authorize', 'authenticate/group-claims.ts', 'Groups are the member names of an object.'],
  'whoami.scopes': ['authenticate', 'authenticate/whoami.ts', 'Where it names scopes. Default scope, scp.'],
  'whoami.tenant': ['authorize', 'authenticate/whoami.ts', 'Where it names the tenant.'],
  'whoami.optionalGroups': ['authorize', 'authenticate/whoami.ts', 'Whether callers without groups have none named.'],
  'whoami.cache': ['authenticate', 'authenticate/whoami.ts', 'Seconds for which an answer holds. Default 10.'],
  'verify.cache': ['authenticate', 'authenticate/verifier.ts', 'Seconds for which a good answer holds. Default 0.'],
  'verify.verify': ['authenticate', 'authenticate/custom.ts', 'Only in code: the verifier.'],
  ...csrf('verify'),
});
