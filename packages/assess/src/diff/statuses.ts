import type { Contract, Response } from '@castellan/contract';
import type { Change } from './change.ts';
import { plainType } from './flatten.ts';
import type { OperationPair } from './operations.ts';

function successes(responses: readonly Response[]): readonly Response[] {
  return responses.filter(({ status }) => status.startsWith('2'));
}

/** What a success was called before, by its status now: where one is gone and one is new, one took the place of the other. */
export function statusesOf({ before, after }: OperationPair): ReadonlyMap<string, string> {
  const [was, is] = [successes(before?.responses ?? []), successes(after?.responses ?? [])];
  const gone = was.filter(({ status }) => !is.some((other) => other.status === status));
  const come = is.filter(({ status }) => !was.some((other) => other.status === status));
  const [old, now] = [gone[0]?.status, come[0]?.status];
  return gone.length === 1 && come.length === 1 && old !== undefined && now !== undefined
    ? new Map([[now, old]])
    : new Map();
}

/** Statuses that are answered, and fields of answers; one change where a status took the place of another. */
export function* statusChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const renamed = statusesOf(pair);
  const [was, is] = [pair.before.responses, pair.after.responses];
  for (const now of is) {
    const old = renamed.get(now.status);
    const known = was.find(({ status }) => status === (old ?? now.status));
    const about = { operation: name, place: after.place(now.location) };
    if (old !== undefined)
      yield {
        kind: 'breaking',
        code: 'status-changed',
        severity: 'medium',
        message: `${name} answers ${now.status} where it answered ${old}`,
        ...about,
      };
    else if (known === undefined && was.length > 0)
      yield {
        kind: now.status.startsWith('2') ? 'breaking' : 'compatible',
        code: 'status-added',
        severity: now.status.startsWith('2') ? 'low' : 'info',
        message: `${name} may answer ${now.status} now${typesOf(now)}`,
        ...about,
      };
  }
  for (const old of was)
    if (![...renamed.values()].includes(old.status) && !is.some(({ status }) => status === old.status) && is.length > 0)
      yield {
        kind: old.status.startsWith('2') ? 'breaking' : 'compatible',
        code: 'status-removed',
        severity: old.status.startsWith('2') ? 'low' : 'info',
        message: `${name} no longer answers ${old.status}`,
        operation: name,
        place: before.place(old.location),
      };
}

function typesOf({ content }: Response): string {
  return content.length === 0 ? '' : ` (${content.map(({ type }) => plainType(type)).join(', ')})`;
}
