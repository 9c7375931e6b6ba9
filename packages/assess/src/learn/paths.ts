import type { Contract } from '@castellan/contract';
import type { ExchangeRecord } from '@castellan/guard/learn';
import { PathTree, segmentIsVariable as isValue, variableOf } from '../paths/index.ts';

/** What of an exchange says which operation it was. */
type Called = Pick<ExchangeRecord, 'method' | 'path' | 'times'> & { readonly operation?: string | undefined };

/**
 * Finds the template of undocumented paths: that of a documented path where it is one with another method, else one that is
 * made of all that was seen: `/reports/{digits}/pages` becomes `/reports/{reportId}/pages`.
 */
export function pathOfRun(contract: Contract, exchanges: readonly Called[]): (recorded: string) => string {
  const documented = [...new Set(contract.operations.map(({ path }) => path))].map((path) => ({
    path,
    segments: path.split('/'),
  }));
  const inferred = inferredOf(exchanges);
  return (path) => {
    const segments = path.split('/');
    const known = documented
      .filter(
        (one) =>
          one.segments.length === segments.length &&
          one.segments.every((segment, index) => fits(segment, segments[index] ?? '')),
      )
      .sort((a, b) => literals(b.segments) - literals(a.segments))[0];
    return (
      known?.path ??
      templateOf(
        segments,
        inferred.get(path) ?? [],
        documented.map((one) => one.segments),
      )
    );
  };
}

/** The template that the statistics of the whole run give each undocumented path, by segments. */
function inferredOf(exchanges: readonly Called[]): ReadonlyMap<string, readonly string[]> {
  const tree = new PathTree<ReadonlySet<string>>((a, b) => new Set([...a, ...b]));
  for (const { operation, method, path, times } of exchanges)
    if (operation === undefined) tree.add(method, path, new Set([path]), times);
  return new Map(
    tree.templates().flatMap(({ template, data }) => [...data].map((path) => [path, template.split('/')] as const)),
  );
}

function fits(documented: string, recorded: string): boolean {
  return documented.includes('{') ? recorded !== '' : documented === recorded;
}

function literals(segments: readonly string[]): number {
  return segments.filter((segment) => !segment.includes('{')).length;
}

function templateOf(
  segments: readonly string[],
  inferred: readonly string[],
  documented: readonly (readonly string[])[],
): string {
  const names = new Set<string>();
  return segments
    .map((segment, index) => {
      if (!isValue(segment) && !isValue(inferred[index] ?? '')) return segment;
      const same = documented.find(
        (one) =>
          one[index]?.startsWith('{') === true &&
          one.slice(0, index).every((part, at) => fits(part, segments[at] ?? '')),
      );
      if (same?.[index] !== undefined && /^\{[^{}]+\}$/.test(same[index])) {
        names.add(same[index].slice(1, -1));
        return same[index];
      }
      const name = variableOf(segments.slice(0, index), [...names]);
      names.add(name);
      return `{${name}}`;
    })
    .join('/');
}
