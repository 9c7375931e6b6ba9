import type { Contract } from '@castellan/contract';
import { isRaw } from '../posture/constraint.ts';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';

/** Keys of `x-castellan` that are compared by what they mean. */
const COMPARED: ReadonlySet<string> = new Set(
  'profile mode rateLimit ignore maxBody page concurrency budget flow resource existence'.split(' '),
);
/** Keys that decide nothing about a request. */
const SAID_ONLY: ReadonlySet<string> = new Set('owner ignore'.split(' '));

/** What else `x-castellan` says of an operation or of the whole API: changed, and for a person to judge. */
export function* extensionChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const place = after.place(pair.after.location);
  yield* keys(
    `${pair.name}: `,
    { operation: pair.name, place },
    { ...pair.before.castellan },
    { ...pair.after.castellan },
  );
}

/** The same for the whole API. */
export function* apiExtensionChanges(before: Contract, after: Contract): Generator<Change> {
  const place = after.place({ document: after.documents[0] ?? '', pointer: '/x-castellan' });
  const of = ({ document }: Contract): Readonly<Record<string, unknown>> =>
    isRaw(document['x-castellan']) ? document['x-castellan'] : {};
  yield* keys('', { place }, of(before), of(after));
}

function* keys(
  prefix: string,
  about: Pick<Change, 'operation' | 'place'>,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): Generator<Change> {
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (COMPARED.has(key) || SAID_ONLY.has(key)) continue;
    const [was, is] = [JSON.stringify(old[key]), JSON.stringify(now[key])];
    if (was === is) continue;
    // What is asked for anew takes nothing away.
    const weaker = was !== undefined;
    yield {
      kind: weaker ? 'security' : 'compatible',
      code: is === undefined ? 'control-dropped' : 'control-changed',
      severity: weaker ? (is === undefined ? 'medium' : 'low') : 'info',
      message: `${prefix}x-castellan.${key} was ${was ?? 'not said'} and is ${is ?? 'not said'}${weaker && is !== undefined ? ': read what that means' : ''}`,
      ...about,
    };
  }
}
