import { castellanOf, type Contract } from '@castellan/contract';
import { classifyName } from '../posture/data-class.ts';
import type { Severity } from '../findings/risk.ts';
import type { Change } from './change.ts';
import { requestValues, responseValues, type Value } from './flatten.ts';
import type { OperationPair } from './operations.ts';

/** Keywords by which a larger number lets more through. */
const UPPER = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum', 'maxProperties'] as const;
const LOWER = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum', 'minProperties'] as const;

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
      yield* bounds(name, path, old, now, place(now));
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
    }
  }
  for (const [path, old] of sentBefore)
    if (!sentNow.has(path) && !hasParentGone(path, sentNow))
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
      if (typeChanged(old, now))
        yield {
          kind: 'breaking',
          code: 'type-changed',
          severity: 'medium',
          message: `${name}: ${path} was ${typeOf(old)} and is ${typeOf(now)}`,
          operation: name,
          place: place(now),
        };
    }
  }
  for (const [path, old] of givenBefore)
    if (!givenNow.has(path) && !hasParentGone(path, givenNow))
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
  if (hasParentGone(path, before) || now.name === '') return;
  const privilege =
    /^(?:is)?(?:admin|role|roles|owner|ownerid|userid|balance|permissions?|verified|approved|price|status)$/i.test(
      now.name.replaceAll(/[_-]/g, ''),
    );
  yield {
    kind: 'security',
    code: 'now-writable',
    severity: privilege ? 'high' : 'low',
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
  if (hasParentGone(path, before) || now.name === '') return;
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

function* bounds(name: string, path: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  const security = (code: string, text: string): Change => ({
    kind: 'security',
    code,
    severity: 'medium',
    message: `${name}: ${path}: ${text}`,
    operation: name,
    place,
  });
  const breaking = (text: string): Change => ({
    kind: 'breaking',
    code: 'request-narrowed',
    severity: 'medium',
    message: `${name}: ${path}: ${text}`,
    operation: name,
    place,
  });
  for (const [keywords, wider] of [
    [UPPER, 1],
    [LOWER, -1],
  ] as const)
    for (const keyword of keywords) {
      const was = numberOf(old.raw[keyword]);
      const is = numberOf(now.raw[keyword]);
      if (was === is) continue;
      const text = `${keyword} was ${was ?? 'not set'} and is ${is ?? 'not set'}`;
      if (is === undefined || (was !== undefined && (is - was) * wider > 0)) {
        if (wider === 1 || is === undefined) yield security('limit-raised', text);
        else
          yield {
            kind: 'compatible',
            code: 'request-widened',
            severity: 'info',
            message: `${name}: ${path}: ${text}`,
            operation: name,
            place,
          };
      } else yield breaking(text);
    }
  const [patternWas, patternIs] = [old.raw['pattern'], now.raw['pattern']];
  if (patternWas !== patternIs)
    yield patternIs === undefined
      ? security('pattern-dropped', 'the pattern is gone')
      : breaking('the pattern changed');
  const [listWas, listIs] = [listOf(old), listOf(now)];
  if (listWas !== undefined && listIs === undefined) yield security('enum-dropped', 'any value is taken now');
  const missing = listWas?.filter((value) => listIs !== undefined && !listIs.includes(value)) ?? [];
  if (missing.length > 0)
    yield breaking(`${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} no longer taken`);
  if (listWas === undefined && listIs !== undefined) yield breaking('only listed values are taken now');
  if (old.raw['additionalProperties'] === false && now.raw['additionalProperties'] !== false)
    yield security('unknown-properties-accepted', 'unknown properties are accepted now');
  if (typeChanged(old, now)) yield breaking(`it was ${typeOf(old)} and is ${typeOf(now)}`);
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

function typeChanged(old: Value, now: Value): boolean {
  return typeOf(old) !== 'anything' && typeOf(now) !== 'anything' && typeOf(old) !== typeOf(now);
}

function typeOf({ raw }: Value): string {
  const type = raw['type'];
  return Array.isArray(type)
    ? type
        .filter((one) => one !== 'null')
        .toSorted()
        .join(' or ')
    : typeof type === 'string'
      ? type
      : 'anything';
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function listOf({ raw }: Value): readonly string[] | undefined {
  return Array.isArray(raw['enum']) ? raw['enum'].map(String) : undefined;
}
