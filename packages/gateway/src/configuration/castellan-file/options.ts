import { dirname, isAbsolute, join } from 'node:path';
import type { AuditOptions, ForwardOptions } from '@castellan/guard';
import { badOption, type SourceOptions } from '@castellan/guard/configuration';
import type { GatewayOptions, UpstreamOptions } from '../../options.ts';
import type { ApiEntry, CastellanYaml } from './read.ts';
import { problemsBetween, problemsOfRun } from './together.ts';

/** Options that a file gives; what is `undefined` it does not say. */
export type FileOptions = { readonly [K in keyof GatewayOptions]?: GatewayOptions[K] | undefined };

/** An entry that is run. */
export interface ChosenApi {
  readonly api: ApiEntry;
  /** Its place in the list. */
  readonly index: number;
}

/**
 * What a `castellan.yaml` says, as options of a gateway of one API. Paths in it are relative to its folder.
 * @param file its path
 * @param name of the API that is run; the first where not said
 * @throws OptionError `not-enforced-yet` for what the gateway does not do, `bad-option` where no API is meant
 */
export function gatewayOptionsOf(file: string, yaml: CastellanYaml, name?: string): FileOptions {
  const [chosen] = chosenApis(yaml, name);
  for (const problem of [...problemsBetween(yaml), ...problemsOfRun(yaml)]) throw problem;
  return optionsOfApi(file, yaml, chosen.api);
}

/**
 * The options of one API of a file, where nothing is wrong with the file.
 * @param together whether others are run in the same process: what one process alone may write is in a folder of its name then
 */
export function optionsOfApi(file: string, yaml: CastellanYaml, api: ApiEntry, together = false): FileOptions {
  const { listen, limits: { store: _, ...limits } = {}, state, timeouts, capacity } = yaml;
  const { audit, telemetry, forward, detect, registry } = yaml;
  const at = (path: string): string => beside(file, path);
  const apart = (path: string): string => (together ? join(at(path), folderOf(api.name)) : at(path));
  // What lies in a source is found there.
  const of = (path: string): string => (api.source === undefined ? at(path) : path);
  return defined({
    source: api.source && sourceAt(api.source, file),
    contract: api.contract === undefined ? undefined : of(api.contract),
    overlays: api.overlays?.map(of),
    policies: typeof api.policies === 'string' ? of(api.policies) : api.policies?.map(of),
    links: api.links === undefined ? undefined : of(api.links),
    entities: api.entities === undefined ? undefined : of(api.entities),
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
    authentication: authenticationOf(api, at, of) as FileOptions['authentication'],
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
    state: state && placed(state, at, apart),
    timeouts,
    capacity,
    registry: registryOf(registry, api, { at, apart }),
    audit: auditOf(audit, at, apart),
    forward: forward === undefined ? undefined : forwardOf(forward, at),
    detect: typeof detect === 'object' && detect.file !== undefined ? { ...detect, file: at(detect.file) } : detect,
    telemetry: telemetry ?? (audit?.otlp === undefined ? undefined : { otlp: audit.otlp }),
  });
}

/**
 * The entries that are run: all, or the one of this name.
 * @throws OptionError `bad-option`
 */
export function chosenApis({ apis }: CastellanYaml, name: string | undefined): readonly [ChosenApi, ...ChosenApi[]] {
  const chosen = apis
    .map((api, index) => ({ api, index }))
    .filter(({ api }) => name === undefined || api.name === name);
  const [first, ...others] = chosen;
  if (first !== undefined) return [first, ...others];
  const names = apis.map((api) => api.name);
  if (names.length === 0)
    throw badOption('castellan.yaml.apis', 'is not there, and so nothing can be guarded', 'add the APIs');
  throw badOption('castellan.yaml.apis', `has no API '${name}'`, `write --api ${names.join(' or --api ')}`);
}

/** A name as that of a folder; two names are two folders. */
function folderOf(name: string): string {
  return encodeURIComponent(name).replace(/^\.+$/, (points) => points.replaceAll('.', '%2E'));
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
function auditOf(
  audit: CastellanYaml['audit'],
  at: (path: string) => string,
  apart: (path: string) => string,
): AuditOptions | undefined {
  const { otlp: _, ...rest } = audit ?? {};
  if (Object.keys(rest).length === 0) return undefined;
  const { file, dir, anchor } = rest;
  return defined({
    ...rest,
    file: file === undefined || file === '-' ? file : at(file),
    dir: dir === undefined ? undefined : apart(dir),
    anchor: anchor?.file === undefined ? anchor : { ...anchor, file: at(anchor.file) },
  });
}

function withFiles(upstream: UpstreamOptions, at: (path: string) => string): UpstreamOptions {
  return upstream.ca === undefined ? upstream : { ...upstream, ca: at(upstream.ca) };
}

function addressText({ host, port }: NonNullable<NonNullable<CastellanYaml['listen']>['admin']>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Folders of a source, beside the file. */
function sourceAt(source: SourceOptions, file: string): SourceOptions {
  const { git, folder, cache = '.castellan/sources' } = source;
  return defined({
    ...source,
    git: git === undefined ? undefined : beside(file, git),
    folder: folder === undefined || git !== undefined ? folder : beside(file, folder),
    cache: beside(file, cache),
  });
}

/** A path beside the file; URLs are none. */
function beside(file: string, path: string): string {
  return isAbsolute(path) || /^[a-z][a-z\d+.-]+:/i.test(path) ? path : join(dirname(file), path);
}

/** Files that entries of `authentication` name: stores, key sets, and references. */
function authenticationOf(
  { authentication }: ApiEntry,
  at: (path: string) => string,
  of: (path: string) => string,
): unknown {
  if (authentication === undefined) return undefined;
  const entries = Object.entries(authentication).map(([scheme, entry]) => {
    return [
      scheme,
      referencesAt(Array.isArray(entry) ? entry.map((one) => filesAt(one, at, of)) : filesAt(entry, at, of), at),
    ];
  });
  return Object.fromEntries(entries);
}

/** Members that name files. */
const files = new Set(['ca', 'certificate', 'key']);
/** Members that name files which may lie in a source. */
const sourced = new Set(['store', 'jwks']);

function filesAt(entry: object, at: (path: string) => string, of: (path: string) => string): object {
  const moved = Object.entries(entry).map(([name, value]: [string, unknown]) => {
    if (name === 'connection' && typeof value === 'object' && value !== null) return [name, filesAt(value, at, at)];
    if (typeof value !== 'string' || value.includes('${')) return [name, value];
    return [name, files.has(name) ? at(value) : sourced.has(name) ? of(value) : value];
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
  apart: (path: string) => string,
): NonNullable<GatewayOptions['state']> {
  const files = (['ca', 'certificate', 'key'] as const).flatMap((name) => {
    const file = state[name];
    return file === undefined ? [] : [[name, at(file)] as const];
  });
  const { file } = state;
  return { ...state, ...Object.fromEntries(files), ...(file === undefined ? {} : { file: apart(file) }) };
}

/** The registry that is told of an API: that of the file, with what the API says of it. */
function registryOf(
  registry: CastellanYaml['registry'],
  api: ApiEntry,
  { at, apart }: Readonly<Record<'at' | 'apart', (path: string) => string>>,
): CastellanYaml['registry'] {
  if (registry === undefined) return undefined;
  const { directory, connection } = registry;
  return {
    ...registry,
    ...api.registry,
    ...(directory === undefined ? {} : { directory: apart(directory) }),
    ...(connection === undefined ? {} : { connection: filesAt(connection, at, at) }),
  };
}
