import type { Store } from '../store/open.ts';

/** What finds the documented template of a path. */
export interface DocumentedPaths {
  /** The API and the template as documented; undefined where nothing documents it. */
  find(host: string, method: string, path: string): DocumentedPath | undefined;
  /** Hosts that documents name. */
  readonly hosts: readonly string[];
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
  readonly patterns: { readonly pattern: SegmentPattern; readonly place: Place }[];
  value: Place | undefined;
  readonly ends: Map<string, DocumentedPath>;
}

interface Host {
  readonly root: Place;
  readonly apis: Set<string>;
}

interface SegmentPattern {
  readonly source: string;
  /** What stands before, between and behind the parameters. */
  readonly texts: readonly string[];
}

/** Whether a segment has these texts in their order with one character between at least; linear, whatever both hold. */
export function fitsSegment(segment: string, texts: readonly string[]): boolean {
  const [first = '', ...rest] = texts;
  const last = rest.pop() ?? '';
  if (!segment.startsWith(first)) return false;
  let at = first.length;
  // The leftmost place of each text leaves most for the others.
  for (const text of rest) {
    const found = segment.indexOf(text, at + 1);
    if (found === -1) return false;
    at = found + text.length;
  }
  return segment.length - last.length > at && segment.endsWith(last);
}

const newPlace = (): Place => ({ names: new Map(), patterns: [], value: undefined, ends: new Map() });

/**
 * Reads the contracts of each API for finding paths: by the hosts of their servers, and where `api` is given, whatever the host is.
 * What has no host is found by documents that name none, and, of logs that do not tell hosts, by all. Newer versions go first:
 * an older one may run beside them, under a base path of its own.
 */
export async function documentedPaths({ db }: Store, api?: string): Promise<DocumentedPaths> {
  const contracts = await db
    .selectFrom('contracts')
    .select(['api', 'digest', 'servers'])
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  let every = db.selectFrom('operations').select(['api', 'digest', 'method', 'path']);
  if (api !== undefined) every = every.where('api', '=', api);
  const operationsOf = Map.groupBy(await every.execute(), (one) => `${one.api} ${one.digest}`);
  const hosts = new Map<string, Host>();
  const hostOf = (name: string): Host => {
    let host = hosts.get(name);
    if (host === undefined) hosts.set(name, (host = newHost()));
    return host;
  };
  /** Documents that name no host, and all of them. */
  const [anywhere, everything] = [newHost(), newHost()];
  for (const contract of contracts) {
    if (api !== undefined && contract.api !== api) continue;
    const operations = operationsOf.get(`${contract.api} ${contract.digest}`) ?? [];
    const servers = contract.servers.map(splitUrl);
    const bases = new Set([...servers.map(({ base }) => base), ...(api === undefined ? [] : [''])]);
    if (bases.size === 0) bases.add('');
    const names = new Set(servers.map(({ host }) => host).filter((host) => host !== ''));
    const places = [
      ...[...names].map(hostOf),
      everything,
      ...(names.size === 0 || api !== undefined ? [anywhere] : []),
    ];
    for (const place of places) {
      place.apis.add(contract.api);
      for (const { method, path } of operations)
        for (const base of bases) insert(place.root, method, base + path, { api: contract.api, template: path });
    }
  }
  const placeOf = (host: string): Host => hosts.get(host) ?? (host === '' ? everything : anywhere);
  return {
    hosts: [...hosts.keys()],
    find(host, method, path) {
      const { root } = placeOf(host);
      if (root.names.size === 0 && root.value === undefined && root.patterns.length === 0) return undefined;
      for (const spelling of spellingsOf(path)) {
        const found = lookUp(root, spelling.split('/'), 0)?.get(method);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    apiOf(host) {
      const { apis } = placeOf(host);
      return apis.size === 1 && (api !== undefined || hosts.has(host)) ? [...apis][0] : undefined;
    },
  };
}

const newHost = (): Host => ({ root: newPlace(), apis: new Set() });

/** As it is, and as most servers take it: without slashes that stand twice or at the end. */
function spellingsOf(path: string): readonly string[] {
  if (path === '/' || (!path.endsWith('/') && !path.includes('//'))) return [path];
  return [path, path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')];
}

/** Host and base path of a server's URL, which may be relative. */
export function splitUrl(url: string): { host: string; base: string } {
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
      const texts = segment.split(/\{[^{}]*\}/);
      const source = JSON.stringify(texts);
      let known = place.patterns.find(({ pattern }) => pattern.source === source);
      if (known === undefined) place.patterns.push((known = { pattern: { source, texts }, place: newPlace() }));
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
    if (segment.length > 256 || !fitsSegment(segment, pattern.texts)) continue;
    const found = lookUp(next, segments, at + 1);
    if (found !== undefined) return found;
  }
  return place.value === undefined ? undefined : lookUp(place.value, segments, at + 1);
}
