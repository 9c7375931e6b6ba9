import { castellanOf, type Contract } from '@castellan/contract';
import { classifyName } from '../meaning/data-class.ts';
import type { Severity } from '../findings/risk.ts';
import { answerConstraints, isPrivilege, requestConstraints } from './bounds.ts';
import type { Change } from './change.ts';
import { requestValues, responseValues, type Value } from './flatten.ts';
import type { OperationPair } from './operations.ts';

/** What callers may send, and what they are given: now writable, now returned, bounds raised; removed, required, narrowed. */
export function* valueChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const place = (value: Value) => after.place(value.node.location);
  const sentBefore = requestValues(before, pair.before);
  const sentNow = requestValues(after, pair.after);
  for (const [path, now] of sentNow) {
    const old = sentBefore.get(path);
    if (old === undefined) yield* appeared(name, path, now, sentBefore, place(now));
    else {
      yield* requestConstraints(name, path, old, now, place(now), described(path, sentBefore, sentNow));
      yield* restrictions(name, path, old, now, place(now));
      if (now.required && !old.required)
        yield {
          kind: 'breaking',
          code: 'now-required',
          severity: 'medium',
          message: `${name}: ${path} is required now`,
          operation: name,
          place: place(now),
        };
      if (!now.required && old.required)
        yield {
          kind: 'compatible',
          code: 'no-longer-required',
          severity: 'info',
          message: `${name}: ${path} may be left out now`,
          operation: name,
          place: place(now),
        };
    }
  }
  for (const [path, old] of sentBefore)
    if (!sentNow.has(path) && !path.includes('[some]') && !hasParentGone(path, sentNow))
      yield {
        kind: 'breaking',
        code: 'request-value-removed',
        severity: 'medium',
        message: `${name}: ${path} can no longer be sent`,
        operation: name,
        place: before.place(old.node.location),
      };
  const givenBefore = responseValues(before, pair.before);
  const givenNow = responseValues(after, pair.after);
  for (const [path, now] of givenNow) {
    const old = givenBefore.get(path);
    if (old === undefined) yield* returned(name, path, now, givenBefore, place(now));
    else {
      yield* readers(name, path, old, now, place(now));
      yield* answerConstraints(name, path, old, now, place(now), described(path, givenBefore, givenNow));
      if (old.required && !now.required)
        yield {
          kind: 'breaking',
          code: 'no-longer-answered-always',
          severity: 'medium',
          message: `${name}: ${path} may be missing now`,
          operation: name,
          place: place(now),
        };
    }
  }
  for (const [path, old] of givenBefore)
    if (!givenNow.has(path) && !path.includes('[some]') && !hasParentGone(path, givenNow))
      yield {
        kind: 'breaking',
        code: 'response-value-removed',
        severity: 'medium',
        message: `${name}: ${path} is no longer answered`,
        operation: name,
        place: before.place(old.node.location),
      };
}

function* appeared(
  name: string,
  path: string,
  now: Value,
  before: ReadonlyMap<string, Value>,
  place: Change['place'],
): Generator<Change> {
  if (now.required && before.size > 0)
    yield {
      kind: 'breaking',
      code: 'now-required',
      severity: 'medium',
      message: `${name}: ${path} is new and required`,
      operation: name,
      place,
    };
  if (hasParentGone(path, before) || now.name === '' || path.endsWith('[some]')) return;
  yield {
    kind: 'security',
    code: 'now-writable',
    severity: isPrivilege(now.name) ? 'high' : 'low',
    message: `${name}: ${path} can be sent now`,
    operation: name,
    place,
  };
}

function* returned(
  name: string,
  path: string,
  now: Value,
  before: ReadonlyMap<string, Value>,
  place: Change['place'],
): Generator<Change> {
  if (hasParentGone(path, before) || now.name === '' || path.endsWith('[some]')) return;
  const said = castellanOf(now.node.raw).sensitivity;
  const data = classifyName(now.name);
  const severity: Severity =
    data === 'secret' || said === 'secret'
      ? 'high'
      : data !== undefined || said === 'personal' || said === 'confidential'
        ? 'medium'
        : 'low';
  yield {
    kind: 'security',
    code: 'now-returned',
    severity,
    message: `${name}: ${path} is answered now${data === undefined ? '' : ` (${data} data)`}`,
    operation: name,
    place,
  };
}

/** `x-castellan` on a value that callers send. */
function* restrictions(name: string, path: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  const was = castellanOf(old.node.raw);
  const is = castellanOf(now.node.raw);
  const security = (code: string, text: string): Change => ({
    kind: 'security',
    code,
    severity: 'high',
    message: `${name}: ${path}: ${text}`,
    operation: name,
    place,
  });
  if (
    was.url !== undefined &&
    (is.url === undefined ||
      (was.url.private === 'deny' && is.url.private === 'allow') ||
      (was.url.hosts !== undefined && is.url.hosts === undefined) ||
      is.url.schemes.some((scheme) => !was.url?.schemes.includes(scheme)))
  )
    yield security('url-restriction-weakened', 'the URL may lead to more places');
  if (was.write !== undefined && (is.write === undefined || is.write.some((who) => !was.write?.includes(who))))
    yield security('writers-widened', `it may be written by ${is.write?.join(', ') ?? 'everyone'}`);
}

function* readers(name: string, path: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  const was = castellanOf(old.node.raw);
  const is = castellanOf(now.node.raw);
  if (was.read !== undefined && (is.read === undefined || is.read.some((who) => !was.read?.includes(who))))
    yield {
      kind: 'security',
      code: 'readers-widened',
      severity: 'high',
      message: `${name}: ${path} may be read by ${is.read?.join(', ') ?? 'everyone'}`,
      operation: name,
      place,
    };
  if (
    was.sensitivity !== undefined &&
    was.sensitivity !== 'public' &&
    (is.sensitivity === undefined || is.sensitivity === 'public')
  )
    yield {
      kind: 'security',
      code: 'sensitivity-dropped',
      severity: 'medium',
      message: `${name}: ${path} was marked ${was.sensitivity} and is not any more`,
      operation: name,
      place,
    };
}

/** Whether something above a path is missing too: then that is the change. */
function hasParentGone(path: string, values: ReadonlyMap<string, Value>): boolean {
  const parent = path.replace(/(?:\.[^.[\]]+|\[\])$/, '');
  return parent !== path && parent.includes('.') ? !values.has(parent) : false;
}

/** Whether a name that `required` lists is a value of its own, which says itself that it is required. */
function described(path: string, ...values: readonly ReadonlyMap<string, Value>[]): (name: string) => boolean {
  return (name) => values.some((one) => one.has(`${path}.${name}`));
}
