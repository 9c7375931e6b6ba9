import type { Store } from '../store/open.ts';

/** What finds the documented template of a path. */
export interface DocumentedPaths {
  /** The API and the template as documented; undefined where nothing documents it. */
  find(host: string, method: string, path: string): DocumentedPath | undefined;
  /** The API that a host belongs to, by the servers of its document. */
  apiOf(host: string): string | undefined;
}

interface DocumentedPath {
  readonly api: string;
  readonly template: string;
}

interface Place {
  readonly names: Map<string, Place>;
  /** Segments with a parameter and something beside it: `{name}.{format}`. */
  readonly patterns: { readonly pattern: RegExp; readonly place: Place }[];
  value: Place | undefined;
  readonly ends: Map<string, DocumentedPath>;
}

interface Host {
  readonly root: Place;
  readonly apis: Set<string>;
}

const newPlace = (): Place => ({ names: new Map(), patterns: [], value: undefined, ends: new Map() });

/**
 * Reads the newest contract of each API for finding paths: by the hosts of its servers, and where `api` is given, whatever the host is.
 */
export async function documentedPaths({ db }: Store, api?: string): Promise<DocumentedPaths> {
  const contracts = await db
    .selectFrom('contracts')
    .distinctOn('api')
    .select(['api', 'digest', 'servers'])
    .orderBy('api')
    .orderBy('imported', 'desc')
    .execute();
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    let host = hosts.get(name);
    if (host === undefined) hosts.set(name, (host = { root: newPlace(), apis: new Set() }));
    return host;
  };
  for (const contract of contracts) {
    if (api !== undefined && contract.api !== api) continue;
    const operations = await db
      .selectFrom('operations')
      .select(['method', 'path'])
      .where('api', '=', contract.api)
      .where('digest', '=', contract.digest)
      .execute();
    const servers = contract.servers.map(splitUrl);
    const bases = new Set([...servers.map(({ base }) => base), ...(api === undefined ? [] : [''])]);
    const names = new Set(servers.map(({ host }) => host).filter((host) => host !== ''));
    for (const name of api === undefined ? names : [...names, '']) {
      const host = hostOf(name);
      host.apis.add(contract.api);
      for (const { method, path } of operations)
        for (const base of bases) insert(host.root, method, base + path, { api: contract.api, template: path });
    }
  }
  const any = hosts.get('');
  return {
    find(host, method, path) {
      const found = hosts.get(host) ?? any;
      return found === undefined ? undefined : lookUp(found.root, path.split('/'), 0)?.get(method);
    },
    apiOf(host) {
      const apis = (hosts.get(host) ?? any)?.apis;
      return apis?.size === 1 ? [...apis][0] : undefined;
    },
  };
}

/** Host and base path of a server's URL, which may be relative. */
function splitUrl(url: string): { host: string; base: string } {
  const [, host = '', base = ''] = /^(?:[a-z][a-z\d+.-]*:)?\/\/([^/?#:]*)(?::\d+)?([^?#]*)/i.exec(url) ?? [
    '',
    '',
    url.startsWith('/') ? url : '',
  ];
  return { host: host.includes('{') ? '' : host.toLowerCase(), base: base.replace(/\/+$/, '') };
}

function insert(root: Place, method: string, path: string, found: DocumentedPath): void {
  let place = root;
  for (const segment of path.split('/')) {
    if (!segment.includes('{')) {
      let next = place.names.get(segment);
      if (next === undefined) place.names.set(segment, (next = newPlace()));
      place = next;
    } else if (/^\{[^{}]*\}$/.test(segment)) place = place.value ??= newPlace();
    else {
      const source = segment
        .split(/\{[^{}]*\}/)
        .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
        .join('(?:.+)');
      const pattern = new RegExp(`^${source}$`);
      let known = place.patterns.find((one) => one.pattern.source === pattern.source);
      if (known === undefined) place.patterns.push((known = { pattern, place: newPlace() }));
      ({ place } = known);
    }
  }
  if (!place.ends.has(method)) place.ends.set(method, found);
}

/** Names go before parameters, as OpenAPI says. */
function lookUp(place: Place, segments: readonly string[], at: number): Place['ends'] | undefined {
  const segment = segments[at];
  if (segment === undefined) return place.ends.size === 0 ? undefined : place.ends;
  const named = place.names.get(segment);
  const byName = named === undefined ? undefined : lookUp(named, segments, at + 1);
  if (byName !== undefined || segment === '') return byName;
  for (const { pattern, place: next } of place.patterns) {
    if (segment.length > 256 || !pattern.test(segment)) continue;
    const found = lookUp(next, segments, at + 1);
    if (found !== undefined) return found;
  }
  return place.value === undefined ? undefined : lookUp(place.value, segments, at + 1);
}
