import { castellanOf, type Contract } from '@castellan/contract';
import { isPrivilege, requestConstraints } from './bounds.ts';
import type { Change } from './change.ts';
import { digestOf } from './digest.ts';
import { isRaw } from '../posture/constraint.ts';
import { requestValues, type Value, type Values } from './flatten.ts';
import { defaultChange } from './parameters.ts';
import type { OperationPair } from './operations.ts';
import { governing, relate, takesAnything } from './relate.ts';
import { renamesOf, reportedRequired } from './presence.ts';

/** What callers may send: more than before is a possible weakening, less breaks clients. */
export function* requestChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const place = (value: Value) => value.contract.place(value.node.location);
  const old = requestValues(before, pair.before);
  const now = requestValues(after, pair.after);
  const renames = renamesOf(old, now);
  for (const [was, is] of renames)
    yield {
      kind: 'breaking',
      code: 'renamed',
      severity: 'medium',
      message: `${name}: ${was.path} is called ${is.name} now`,
      operation: name,
      place: place(is),
    };
  const renamed = new Set([...renames].flat());
  for (const [path, is] of now) {
    const was = old.get(path);
    if (is.some) {
      if (was !== undefined) yield* restrictions(name, path, was, is, place(is));
    } else if (was !== undefined) {
      yield* requestConstraints(name, path, was, is, place(is), reportedRequired(path, old, now));
      yield* restrictions(name, path, was, is, place(is));
      yield* cut(name, was, is, place(is));
      yield* discriminator(name, was, is, place(is));
      yield* required(name, was, is, place(is));
      if (is.parent !== undefined)
        yield* defaultChange(name, path, is.name, was.raw, is.raw, { operation: name, place: place(is) });
    } else if (!isBelow(is, renamed)) yield* appeared(name, is, old, place(is));
  }
  for (const [path, was] of old)
    if (!was.some && !now.has(path) && !isBelow(was, renamed)) yield* removed(name, was, now, place(was));
}

/** What is inside of something that was renamed was compared with it. */
function isBelow({ path }: Value, renamed: ReadonlySet<Value>): boolean {
  for (const one of renamed)
    if (path === one.path || path.startsWith(`${one.path}.`) || path.startsWith(`${one.path}[`)) return true;
  return false;
}

/** What was too deep or too much to be looked at. */
export function* cut(name: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  if (old.cut !== now.cut)
    yield {
      kind: 'security',
      code: 'not-judged',
      severity: 'medium',
      message: `${name}: ${now.path}: what is inside changed and could not be judged: it is too deep or too much`,
      operation: name,
      place,
    };
}

/** By what a value is told to be one of several schemas; what that one takes is compared by itself. */
export function* discriminator(name: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  const [was, is] = [old, now].map(({ contract, node }) => {
    const raw: unknown = node.raw['discriminator'];
    return isRaw(raw) ? digestOf(contract, { raw, location: node.location }) : '';
  });
  if (was !== is)
    yield {
      kind: 'security',
      code: 'not-judged',
      severity: 'low',
      message: `${name}: ${now.path}: its discriminator changed and could not be judged: values may be checked by another schema`,
      operation: name,
      place,
    };
}

function* required(name: string, old: Value, now: Value, place: Change['place']): Generator<Change> {
  if (now.required && !old.required)
    yield {
      kind: 'breaking',
      code: 'now-required',
      severity: 'medium',
      message: `${name}: ${now.path} is required now`,
      operation: name,
      place,
    };
  if (!now.required && old.required)
    yield {
      kind: 'compatible',
      code: 'no-longer-required',
      severity: 'info',
      message: `${name}: ${now.path} may be left out now`,
      operation: name,
      place,
    };
}

function* appeared(name: string, now: Value, before: Values, place: Change['place']): Generator<Change> {
  const { path } = now;
  const about = { operation: name, place };
  if (now.required && now.name !== '' && before.size > 0 && !isHolderGone(now, before))
    yield {
      kind: 'breaking',
      code: 'now-required',
      severity: 'medium',
      message: `${name}: ${path} is new and required`,
      ...about,
    };
  const writable: Change = {
    kind: 'security',
    code: 'now-writable',
    severity: isPrivilege(now.name) ? 'high' : 'low',
    message: `${name}: ${path} can be sent now`,
    ...about,
  };
  if (now.parent === undefined) {
    if (now.name !== '') yield writable;
    return;
  }
  const governed = governing(now, before);
  if (governed === undefined) return;
  if (governed === 'nothing') yield writable;
  else if (now.place === 'item' || now.place === 'position') {
    if (governed === 'anything' ? !takesAnything(now.takes) : relate(governed, now).less)
      yield {
        kind: 'breaking',
        code: 'request-narrowed',
        severity: 'medium',
        message: `${name}: ${path}: not every item is accepted any more`,
        ...about,
      };
    if (governed !== 'anything') yield* more(name, path, relate(governed, now), about);
  } else if (isPrivilege(now.name)) yield writable;
  else if (governed === 'anything')
    yield {
      kind: 'compatible',
      code: 'described-now',
      severity: 'info',
      message: `${name}: ${path} is described now`,
      ...about,
    };
  else {
    const found = relate(governed, now);
    yield* more(name, path, found, about);
    if (found.less)
      yield {
        kind: 'breaking',
        code: 'request-narrowed',
        severity: 'medium',
        message: `${name}: ${path}: it takes less than other properties did`,
        ...about,
      };
  }
}

function* removed(name: string, old: Value, now: Values, place: Change['place']): Generator<Change> {
  const { path } = old;
  const about = { operation: name, place };
  const gone: Change = {
    kind: 'breaking',
    code: 'request-value-removed',
    severity: 'medium',
    message: `${name}: ${path} can no longer be sent`,
    ...about,
  };
  if (old.parent === undefined) {
    // A media type that is gone is told by itself.
    if (old.name !== '') yield gone;
    return;
  }
  const governed = governing(old, now);
  if (governed === undefined) return;
  if (governed === 'nothing') yield gone;
  else if (governed === 'anything') {
    if (!takesAnything(old.takes))
      yield {
        kind: 'security',
        code: 'no-longer-described',
        severity: isPrivilege(old.name) ? 'high' : 'low',
        message: `${name}: ${path} is no longer described: any value is accepted`,
        ...about,
      };
  } else {
    const found = relate(old, governed);
    yield* more(name, path, found, about);
    if (found.less)
      yield { ...gone, code: 'request-narrowed', message: `${name}: ${path}: it takes what other properties take now` };
  }
}

function* more(
  name: string,
  path: string,
  found: { readonly more: boolean; readonly unjudged: boolean },
  about: Pick<Change, 'operation' | 'place'>,
): Generator<Change> {
  if (found.more)
    yield {
      kind: 'security',
      code: 'condition-dropped',
      severity: 'medium',
      message: `${name}: ${path}: what bounded it changed, and it takes more`,
      ...about,
    };
  if (found.unjudged)
    yield {
      kind: 'security',
      code: 'not-judged',
      severity: 'medium',
      message: `${name}: ${path}: what bounded it changed and could not be judged`,
      ...about,
    };
}

function isHolderGone({ parent }: Value, values: Values): boolean {
  return parent !== undefined && !values.has(parent);
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
      (was.url.hosts !== undefined &&
        (is.url.hosts === undefined || is.url.hosts.some((host) => !was.url?.hosts?.includes(host)))) ||
      is.url.schemes.some((scheme) => !was.url?.schemes.includes(scheme)))
  )
    yield security('url-restriction-weakened', 'the URL may lead to more places');
  if (was.write !== undefined && (is.write === undefined || is.write.some((who) => !was.write?.includes(who))))
    yield security('writers-widened', `it may be written by ${is.write?.join(', ') ?? 'everyone'}`);
  if (was.action !== undefined && was.action !== is.action)
    yield security(
      'action-changed',
      `the action that must be allowed was ${was.action} and is ${is.action ?? 'not asked'}`,
    );
}
