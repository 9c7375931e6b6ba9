import { PathTree } from '@castellan/assess/paths';
import type { DocumentedPaths } from './documented.ts';
import { addCounts, countsOf, type Counts, type LoggedRequest } from './sighting.ts';

/** Requests of one template, method and day. */
export interface GatheredSighting {
  readonly api: string;
  readonly host: string;
  readonly method: string;
  readonly template: string;
  readonly documented: boolean;
  /** UTC, `2026-11-29`. */
  readonly day: string;
  readonly counts: Counts;
}

/** Stands for all paths of no operation that were answered 404: nothing is there. */
export const notFound = '(not found)';

/** By day, days since the epoch. */
type Days = Map<number, Counts>;

const methods: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT PATCH DELETE OPTIONS TRACE QUERY CONNECT PROPFIND'.split(' '),
);
const dayLength = 86_400_000;
/** Hosts that are kept apart: whoever calls can send any. */
const maxHosts = 1_000;

/** Gathers requests by what they asked for: a documented operation, or a template that is inferred in the end. */
export class Gathering {
  readonly #documented: DocumentedPaths;
  readonly #corrected: (host: string, path: string) => string | undefined;
  readonly #now: number;
  readonly #known = new Map<string, { readonly key: Omit<GatheredSighting, 'day' | 'counts'>; readonly days: Days }>();
  readonly #trees = new Map<string, PathTree<Days>>();

  /**
   * @param corrected the template that somebody wrote for a path
   * @param now for requests without a time, milliseconds since the epoch
   */
  constructor(
    documented: DocumentedPaths,
    now: number,
    corrected: (host: string, path: string) => string | undefined = () => undefined,
  ) {
    this.#documented = documented;
    this.#corrected = corrected;
    this.#now = now;
  }

  add(request: LoggedRequest): void {
    const { target, status } = request;
    const method = methods.has(request.method) ? request.method : 'OTHER';
    const host = this.#hostOf(request.host);
    const path = pathOf(target);
    const found = this.#documented.find(host, method, path);
    if (found !== undefined) return this.#count(found.api, host, method, found.template, true, request);
    const corrected = this.#corrected(host, path);
    if (corrected !== undefined) return this.#count(this.#apiOf(host), host, method, corrected, false, request);
    if (status === 404) return this.#count(this.#apiOf(host), host, method, notFound, false, request);
    let tree = this.#trees.get(host);
    if (tree === undefined) this.#trees.set(host, (tree = new PathTree<Days>(joinDays)));
    addTo(
      tree.touch(method, path, () => new Map()),
      request,
      this.#now,
    );
  }

  #hostOf(host: string): string {
    return this.#trees.size < maxHosts || this.#trees.has(host) || this.#documented.apiOf(host) !== undefined
      ? host
      : '(other)';
  }

  #apiOf(host: string): string {
    return this.#documented.apiOf(host) ?? '';
  }

  #count(
    api: string,
    host: string,
    method: string,
    template: string,
    documented: boolean,
    request: LoggedRequest,
  ): void {
    const name = `${api} ${host} ${method} ${template}`;
    let known = this.#known.get(name);
    if (known === undefined)
      this.#known.set(name, (known = { key: { api, host, method, template, documented }, days: new Map() }));
    addTo(known.days, request, this.#now);
  }

  /** All that was gathered; templates of what nothing documents are inferred now. */
  sightings(): readonly GatheredSighting[] {
    const found: GatheredSighting[] = [];
    const push = (key: Omit<GatheredSighting, 'day' | 'counts'>, days: Days): void => {
      for (const [day, counts] of days)
        found.push({ ...key, day: new Date(day * dayLength).toISOString().slice(0, 10), counts });
    };
    for (const { key, days } of this.#known.values()) push(key, days);
    for (const [host, tree] of this.#trees)
      for (const { method, template, data } of tree.templates())
        push({ api: this.#apiOf(host), host, method, template, documented: false }, data);
    return found;
  }
}

function addTo(days: Days, request: LoggedRequest, now: number): void {
  const counts = countsOf(isTime(request.time) ? request : { ...request, time: now });
  const day = Math.floor(counts.first / dayLength);
  const known = days.get(day);
  if (known === undefined) days.set(day, counts);
  else addCounts(known, counts);
}

/** Whether there is such a time (ECMA-262 section 21.4.1.1). */
function isTime(time: number): boolean {
  return Math.abs(time) <= 8.64e15;
}

function joinDays(into: Days, from: Days): Days {
  const joined: Days = new Map([...into].map(([day, counts]) => [day, { ...counts }]));
  for (const [day, counts] of from) {
    const known = joined.get(day);
    if (known === undefined) joined.set(day, { ...counts });
    else addCounts(known, counts);
  }
  return joined;
}

/** The path of a target, which may be a whole URL; without its query. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  if (path.startsWith('/')) return path;
  return /^[a-z][a-z\d+.-]*:\/\/[^/]*(\/.*)?$/i.exec(path)?.[1] ?? '/';
}
