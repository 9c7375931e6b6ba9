import type { Operation } from '@castellan/contract';
import { dataClasses, segmentsOf } from '@castellan/meaning';
import type { ContractData } from '../facts/data.ts';
import type { OperationGroup } from './model.ts';

/** The most groups that one process shows. */
const MOST = 18;

/**
 * Groups operations by their first tag, or by the first segment of the path where they have none. Tags that share their
 * first words (`Shared links (files)`, `Shared links (folders)`) become one when there are too many, and the smallest
 * are put together last.
 */
export function groupsOf(operations: readonly Operation[], data: ContractData): OperationGroup[] {
  let groups = by(operations, (operation) => operation.tags[0] ?? segmentsOf(operation.path)[0] ?? '/');
  if (groups.size > MOST) groups = merged(groups, (name) => name.replace(/\s*\(.*$/, '').trim());
  if (groups.size > MOST) groups = merged(groups, (name) => /^[\p{L}\p{N}]+/u.exec(name)?.[0]?.toLowerCase() ?? name);
  if (groups.size > MOST) {
    const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    const rest = sorted.slice(MOST - 1);
    groups = new Map(sorted.slice(0, MOST - 1));
    groups.set(
      `${rest.length} others`,
      rest.flatMap(([, list]) => list),
    );
  }
  return [...groups].map(([name, list]) => ({
    name,
    operations: list,
    data: dataClasses.filter((one) =>
      list.some((operation) => data.of(operation).takes.includes(one) || data.of(operation).gives.includes(one)),
    ),
  }));
}

function by(operations: readonly Operation[], name: (operation: Operation) => string): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const key = name(operation);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [operation]);
    else list.push(operation);
  }
  return groups;
}

function merged(
  groups: ReadonlyMap<string, readonly Operation[]>,
  key: (name: string) => string,
): Map<string, Operation[]> {
  const names = new Map<string, string[]>();
  for (const name of groups.keys()) {
    const short = key(name);
    const list = names.get(short);
    if (list === undefined) names.set(short, [name]);
    else list.push(name);
  }
  const result = new Map<string, Operation[]>();
  for (const [short, list] of names) {
    const [only, second] = list;
    const shown = second === undefined && only !== undefined ? only : short.charAt(0).toUpperCase() + short.slice(1);
    result.set(
      shown,
      list.flatMap((name) => groups.get(name) ?? []),
    );
  }
  return result;
}
