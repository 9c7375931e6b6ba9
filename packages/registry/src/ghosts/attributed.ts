import type { DocumentedPaths } from '../sightings/documented.ts';
import { notFound } from '../sightings/gather.ts';
import type { Known, KnownSighting } from './known.ts';

/** So many documented operations below one prefix show that a proxy adds it. */
const fewest = 3;

/**
 * Finds the documented operation of what was seen before its document was imported, of what a proxy has put a prefix before, and of
 * what comes by another host than the document names (a CDN, a second gateway, a new name): neither is a shadow.
 */
export function attributed(known: Known, documented: DocumentedPaths): Known {
  const hosts = new Map<string, string>();
  const found = (one: KnownSighting, prefix: string): KnownSighting | undefined => {
    if (one.documented || one.template === notFound || !one.template.startsWith(prefix)) return undefined;
    const operation = documented.find(hosts.get(one.host) ?? one.host, one.method, one.template.slice(prefix.length));
    if (operation === undefined || (one.api !== '' && one.api !== operation.api)) return undefined;
    return { ...one, api: operation.api, template: operation.template, documented: true };
  };
  for (const [host, name] of otherHosts(known.sightings, documented)) hosts.set(host, name);
  const direct = known.sightings.map((one) => found(one, '') ?? one);
  const prefixes = prefixesOf(direct, found);
  return {
    ...known,
    sightings: direct.map((one) => {
      for (const prefix of prefixes.get(one.host) ?? []) {
        const below = found(one, prefix);
        if (below !== undefined) return below;
      }
      return one;
    }),
  };
}

/** Hosts of no document where most of what was answered is what documents of other hosts have, and which of those it is. */
function otherHosts(sightings: readonly KnownSighting[], documented: DocumentedPaths): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const ofHost = Map.groupBy(sightings, ({ host }) => host);
  for (const [host, seen] of ofHost) {
    const answered = seen.filter((one) => !one.documented && one.answered > 0 && one.template !== notFound);
    if (host === '' || answered.length < fewest || documented.apiOf(host) !== undefined) continue;
    for (const name of documented.hosts) {
      const operations = new Set(
        answered.flatMap(({ method, template }) => {
          const operation = documented.find(name, method, template);
          return operation === undefined ? [] : [`${operation.api} ${method} ${operation.template}`];
        }),
      );
      if (operations.size < fewest || operations.size * 2 < answered.length) continue;
      found.set(host, name);
      break;
    }
  }
  return found;
}

/** Prefixes of one or two segments below which most of what was answered is documented, by host. */
function prefixesOf(
  sightings: readonly KnownSighting[],
  found: (one: KnownSighting, prefix: string) => KnownSighting | undefined,
): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, Map<string, { all: number; operations: Set<string> }>>();
  for (const one of sightings) {
    if (one.documented || one.answered === 0) continue;
    const segments = one.template.split('/');
    for (const length of [2, 3]) {
      if (segments.length <= length) continue;
      const prefix = segments.slice(0, length).join('/');
      if (prefix.includes('{')) continue;
      const ofHost = below.get(one.host) ?? new Map<string, { all: number; operations: Set<string> }>();
      below.set(one.host, ofHost);
      const counted = ofHost.get(prefix) ?? { all: 0, operations: new Set<string>() };
      ofHost.set(prefix, counted);
      counted.all += 1;
      const operation = found(one, prefix);
      if (operation !== undefined) counted.operations.add(`${operation.method} ${operation.template}`);
    }
  }
  return new Map(
    [...below].map(([host, prefixes]) => [
      host,
      [...prefixes]
        .filter(([, { all, operations }]) => operations.size >= fewest && operations.size * 2 >= all)
        .map(([prefix]) => prefix),
    ]),
  );
}
