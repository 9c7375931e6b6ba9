import type { ApiEntry, CastellanYaml } from '../configuration/castellan-file/read.ts';

/** A file that a `castellan.yaml` names and that has to be there before anything starts. */
export interface NamedFile {
  /** `castellan.yaml.apis[0].overlays[1]` */
  readonly key: string;
  /** As it is written. */
  readonly path: string;
  /** Whether it may be a pattern of several files. */
  readonly pattern?: true;
}

/** The files of one API, beside those of its authentication. URLs are none. */
export function filesOfApi(api: ApiEntry, index: number): readonly NamedFile[] {
  const at = `castellan.yaml.apis[${index}]`;
  // What lies in a source is looked at when it is read.
  const sourced = new Set(api.source === undefined ? [] : ['contract', 'overlays', 'policies', 'links', 'entities']);
  const files: (NamedFile | undefined)[] = [
    one(`${at}.contract`, api.contract),
    ...several(`${at}.overlays`, api.overlays),
    ...several(`${at}.policies`, api.policies).map((file) => ({ ...file, pattern: true as const })),
    one(`${at}.links`, api.links),
    one(`${at}.entities`, api.entities),
    ...(api.upstreams ?? []).map(({ ca }, upstream) => one(`${at}.upstreams[${upstream}].ca`, ca)),
    ...Object.entries(api.authentication ?? {}).flatMap(([scheme, entry]) =>
      filesOfEntry(
        entry,
        `${at}.authentication.${scheme}`,
        api.source === undefined ? inEntries : ['ca', 'certificate'],
      ),
    ),
  ];
  return present(files).filter(({ key }) => !sourced.has(key.slice(at.length + 1).replace(/\[.*/, '')));
}

/** The files that are not of one API. */
export function filesOfAll({ listen, state, forward, serve, registry }: CastellanYaml): readonly NamedFile[] {
  const { cert, key, clientCa } = listen?.tls ?? {};
  const { ca, certificate, key: stateKey } = state ?? {};
  const { syslog } = forward ?? {};
  return present([
    one('castellan.yaml.listen.tls.cert', cert),
    one('castellan.yaml.listen.tls.key', key),
    one('castellan.yaml.listen.tls.clientCa', clientCa),
    one('castellan.yaml.serve.tls.cert', serve?.tls?.cert),
    one('castellan.yaml.serve.tls.key', serve?.tls?.key),
    one('castellan.yaml.serve.tls.clientCa', serve?.tls?.clientCa),
    one('castellan.yaml.state.ca', ca),
    one('castellan.yaml.state.certificate', certificate),
    one('castellan.yaml.state.key', stateKey),
    one('castellan.yaml.registry.connection.ca', registry?.connection?.ca),
    one('castellan.yaml.registry.connection.certificate', registry?.connection?.certificate),
    one('castellan.yaml.registry.connection.key', registry?.connection?.key),
    one('castellan.yaml.forward.syslog.ca', syslog?.ca),
    one('castellan.yaml.forward.syslog.certificate', syslog?.certificate),
    one('castellan.yaml.forward.syslog.key', syslog?.key),
  ]);
}

/** Members of an entry of `authentication` that name files. */
const inEntries = ['store', 'jwks', 'ca', 'certificate'] as const;

function filesOfEntry(entry: unknown, at: string, members: readonly string[]): readonly (NamedFile | undefined)[] {
  if (Array.isArray(entry)) return entry.flatMap((inner, index) => filesOfEntry(inner, `${at}[${index}]`, members));
  if (typeof entry !== 'object' || entry === null) return [];
  const given = entry as Readonly<Record<string, unknown>>;
  return [
    ...members.map((name) => one(`${at}.${name}`, given[name])),
    ...filesOfEntry(given['connection'], `${at}.connection`, inEntries),
  ];
}

function several(key: string, paths: string | readonly string[] | undefined): readonly NamedFile[] {
  const list = typeof paths === 'string' ? [paths] : (paths ?? []);
  // A single text has no place of its own within a list.
  return present(list.map((path, index) => one(typeof paths === 'string' ? key : `${key}[${index}]`, path)));
}

/** Nothing for URLs, keys that are written out, and what the environment says. */
function one(key: string, path: unknown): NamedFile | undefined {
  if (typeof path !== 'string' || path.includes('${') || path.includes('\n') || path.includes('-----BEGIN'))
    return undefined;
  return /^[a-z][a-z\d+.-]+:/i.test(path) ? undefined : { key, path };
}

function present<T>(list: readonly (T | undefined)[]): readonly T[] {
  return list.filter((file) => file !== undefined);
}
