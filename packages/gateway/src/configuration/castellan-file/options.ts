import { dirname, isAbsolute, join } from 'node:path';
import type { AuditOptions, ForwardOptions } from '@castellan/guard';
import { badOption, type OptionError } from '@castellan/guard/configuration';
import type { GatewayOptions, UpstreamOptions } from '../../options.ts';
import type { ApiEntry, CastellanYaml } from './read.ts';

/** Options that a file gives; what is `undefined` it does not say. */
export type FileOptions = { readonly [K in keyof GatewayOptions]?: GatewayOptions[K] | undefined };

/** The entry that is run. */
interface Chosen {
  readonly api: ApiEntry;
  /** Its place in the list. */
  readonly index: number;
}

/**
 * What a `castellan.yaml` says, as options of a gateway. Paths in it are relative to its folder.
 * @param file its path
 * @param name of the API that is run, where there are several
 * @throws OptionError `not-enforced-yet` for what the gateway does not do, `bad-option` where no API is meant
 */
export function gatewayOptionsOf(file: string, yaml: CastellanYaml, name?: string): FileOptions {
  const { api } = chosenApi(yaml, name);
  refuseNotEnforced(yaml);
  const { listen, limits: { store: _, ...limits } = {}, state, timeouts, capacity } = yaml;
  const { audit, telemetry, forward, detect, registry } = yaml;
  const at = (path: string): string => beside(file, path);
  return defined({
    contract: at(api.contract),
    overlays: api.overlays?.map(at),
    policies: typeof api.policies === 'string' ? at(api.policies) : api.policies?.map(at),
    links: api.links === undefined ? undefined : at(api.links),
    entities: api.entities === undefined ? undefined : at(api.entities),
    explain: api.explain,
    environment: api.environment,
    upstream: api.upstreams?.map((upstream) => withFiles(upstream, at)),
    context:
      api.context === undefined || api.context === false || api.context.file === undefined
        ? api.context
        : { ...api.context, file: at(api.context.file) },
    mode: api.mode,
    learn: api.learn === undefined ? undefined : { ...api.learn, directory: at(api.learn.directory) },
    hosts: api.hosts,
    basePath: api.basePath,
    origin: api.origin,
    cors: api.cors,
    outside: api.outside,
    undocumented: api.undocumented,
    leniency: api.leniency,
    decoders:
      api.decoders === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(api.decoders).map(([type, name]) => [type, /^\.{1,2}\//.test(name) ? at(name) : name]),
          ),
    problems: api.problems,
    problemsUrl: api.problemsUrl,
    revocation: api.revocations === undefined ? undefined : { file: at(api.revocations) },
    bans: api.bans === undefined ? undefined : { file: at(api.bans) },
    // Each entry is read by its own kind when the contract is known.
    authentication: authenticationOf(api, at) as FileOptions['authentication'],
    port: listen?.port,
    host: listen?.address,
    tls:
      listen?.tls === undefined
        ? undefined
        : defined({
            ...listen.tls,
            cert: at(listen.tls.cert),
            key: at(listen.tls.key),
            clientCa: listen.tls.clientCa === undefined ? undefined : at(listen.tls.clientCa),
          }),
    trustedProxies: listen?.trustedProxies,
    clientCertificate: listen?.clientCertificate,
    admin: listen?.admin === undefined ? undefined : addressText(listen.admin),
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    state: state && placed(state, at),
    timeouts,
    capacity,
    registry: registry?.directory === undefined ? registry : { ...registry, directory: at(registry.directory) },
    audit: auditOf(audit, at),
    forward: forward === undefined ? undefined : forwardOf(forward, at),
    detect,
    telemetry: telemetry ?? (audit?.otlp === undefined ? undefined : { otlp: audit.otlp }),
  });
}

/**
 * The names of the APIs.
 * @throws OptionError `bad-option` where two have one name
 */
export function apiNames({ apis }: CastellanYaml): readonly string[] {
  const names = apis.map((api) => api.name);
  const twice = names.findIndex((one, index) => names.indexOf(one) !== index);
  if (twice >= 0)
    throw badOption(
      `castellan.yaml.apis[${twice}].name`,
      `is '${names[twice]}', and two APIs are called '${names[twice]}'`,
      'give each a name of its own, such as shop-staging',
    );
  return names;
}

/**
 * The entry of the API that is run.
 * @throws OptionError `bad-option`, `not-enforced-yet`
 */
export function chosenApi(yaml: CastellanYaml, name: string | undefined): Chosen {
  const { apis } = yaml;
  const names = apiNames(yaml);
  if (name === undefined && apis.length > 1)
    throw notYet('castellan.yaml.apis[1]', 'is a second API in one gateway', `name the one to run: --api ${names[0]}`);
  const index = name === undefined ? 0 : names.indexOf(name);
  const api = apis[index];
  if (api === undefined)
    throw badOption('castellan.yaml.apis', `has no API '${name}'`, `write --api ${names.join(' or --api ')}`);
  return { api, index };
}

function refuseNotEnforced(yaml: CastellanYaml): void {
  const { console, limits, audit } = yaml;
  const from = 'take it out; castellan check reads it from a file of its own';
  if (console !== undefined) throw notYet('castellan.yaml.console', 'would be a web page', from);
  if (audit?.otlp !== undefined && yaml.telemetry !== undefined)
    throw badOption(
      'castellan.yaml.audit.otlp',
      'cannot be combined with telemetry',
      'write telemetry: { otlp: … } alone',
    );
  if (audit?.file !== undefined && audit.dir !== undefined)
    throw badOption('castellan.yaml.audit.dir', 'cannot be combined with file', 'write one of the two');
  if (audit?.key !== undefined && audit.file === undefined && audit.dir === undefined)
    throw badOption('castellan.yaml.audit.key', 'is the key of no file', 'write audit: { file: audit.jsonl, key: … }');
  if (limits?.store !== undefined && limits.store !== 'memory')
    throw badOption(
      'castellan.yaml.limits.store',
      'is another store than memory',
      'write state: { url: redis://… } beside limits, or state: { file: ./state }',
    );
}

function notYet(where: string, what: string, mend: string): OptionError {
  return badOption(where, `is not enforced yet: it ${what}`, mend, 'not-enforced-yet');
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** PEM files of the syslog connection, beside this one. */
function forwardOf({ syslog, ...rest }: ForwardOptions, at: (path: string) => string): ForwardOptions {
  if (syslog === undefined) return rest;
  const { ca, certificate, key } = syslog;
  const near = (path: string | undefined): string | undefined => (path === undefined ? undefined : at(path));
  return { ...rest, syslog: defined({ ...syslog, ca: near(ca), certificate: near(certificate), key: near(key) }) };
}

/** Files of the audit trail, beside this one. */
function auditOf(audit: CastellanYaml['audit'], at: (path: string) => string): AuditOptions | undefined {
  const { otlp: _, ...rest } = audit ?? {};
  if (Object.keys(rest).length === 0) return undefined;
  const { file, dir, anchor } = rest;
  return defined({
    ...rest,
    file: file === undefined || file === '-' ? file : at(file),
    dir: dir === undefined ? undefined : at(dir),
    anchor: anchor?.file === undefined ? anchor : { ...anchor, file: at(anchor.file) },
  });
}

function withFiles(upstream: UpstreamOptions, at: (path: string) => string): UpstreamOptions {
  return upstream.ca === undefined ? upstream : { ...upstream, ca: at(upstream.ca) };
}

function addressText({ host, port }: NonNullable<NonNullable<CastellanYaml['listen']>['admin']>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A path beside the file; URLs are none. */
function beside(file: string, path: string): string {
  return isAbsolute(path) || /^[a-z][a-z\d+.-]+:/i.test(path) ? path : join(dirname(file), path);
}

/** Files that entries of `authentication` name: stores, key sets, and references. */
function authenticationOf({ authentication }: ApiEntry, at: (path: string) => string): unknown {
  if (authentication === undefined) return undefined;
  const entries = Object.entries(authentication).map(([scheme, entry]) => {
    return [scheme, referencesAt(Array.isArray(entry) ? entry.map((one) => filesAt(one, at)) : filesAt(entry, at), at)];
  });
  return Object.fromEntries(entries);
}

/** Members that name files. */
const files = new Set(['store', 'jwks', 'ca', 'certificate', 'key']);

function filesAt(entry: object, at: (path: string) => string): object {
  const moved = Object.entries(entry).map(([name, value]: [string, unknown]) => {
    if (name === 'connection' && typeof value === 'object' && value !== null) return [name, filesAt(value, at)];
    return [name, typeof value === 'string' && files.has(name) && !value.includes('${') ? at(value) : value];
  });
  return Object.fromEntries(moved) as object;
}

/** `${file:path}` within any text, also in names. */
function referencesAt(value: unknown, at: (path: string) => string): unknown {
  const moved = (text: string): string =>
    text.replaceAll(/\$\{file:([^}]+)\}/g, (_, path: string) => `\${file:${at(path)}}`);
  if (typeof value === 'string') return moved(value);
  if (Array.isArray(value)) return value.map((one) => referencesAt(one, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [moved(name), referencesAt(inner, at)]));
}

/** Where the file says an option, of what does not stand at the entry of the API under its own name. */
const elsewhere: ReadonlyMap<string, string> = new Map(
  Object.entries({
    port: 'listen.port',
    host: 'listen.address',
    tls: 'listen.tls',
    trustedProxies: 'listen.trustedProxies',
    clientCertificate: 'listen.clientCertificate',
    admin: 'listen.admin',
    limits: 'limits',
    state: 'state',
    timeouts: 'timeouts',
    capacity: 'capacity',
    registry: 'registry',
    audit: 'audit',
    telemetry: 'telemetry',
    forward: 'forward',
  }),
);

/**
 * The key of the file that became an option: `castellan.yaml.apis[0].upstreams[1].weight`.
 * @param option as errors name it: `options.upstream[1].weight`, `authentication.oauth.issuer`
 * @param index of the API in the file
 */
export function keyOf(option: string, index: number): string {
  const [, name = '', rest = ''] = /^(?:options\.)?([^.[]*)(.*)$/s.exec(option) ?? [];
  const at = elsewhere.get(name);
  if (at !== undefined) return `castellan.yaml.${at}${rest}`;
  const key = name === 'upstream' ? 'upstreams' : name === 'revocation' ? 'revocations' : name;
  return `castellan.yaml.apis[${index}].${key}${rest}`;
}

/** The state with its files where the configuration is. */
function placed(
  state: NonNullable<GatewayOptions['state']>,
  at: (file: string) => string,
): NonNullable<GatewayOptions['state']> {
  const files = (['file', 'ca', 'certificate', 'key'] as const).flatMap((name) => {
    const file = state[name];
    return file === undefined ? [] : [[name, at(file)] as const];
  });
  return { ...state, ...Object.fromEntries(files) };
}
