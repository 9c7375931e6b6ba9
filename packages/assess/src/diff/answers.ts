import { castellanOf, type Contract } from '@castellan/contract';
import { classifyName } from '@castellan/meaning';
import type { Severity } from '../findings/risk.ts';
import { answerConstraints } from './bounds.ts';
import type { Change } from './change.ts';
import { responseValues, type Value, type Values } from './flatten.ts';
import type { OperationPair } from './operations.ts';
import { governing, relate, takesAnything } from './relate.ts';
import { renamesOf, reportedRequired } from './presence.ts';
import { cut, discriminator } from './requests.ts';

/**
 * What callers are given: more than before may be data that nobody was to see, and what clients have not met.
 * @param statuses what an answer was called, by its status now, where one took the place of another
 */
export function* answerChanges(
  pair: OperationPair,
  before: Contract,
  after: Contract,
  statuses: ReadonlyMap<string, string>,
): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  yield* givenChanges(
    pair.name,
    responseValues(before, pair.before),
    responseValues(after, pair.after, statuses),
    'answered',
  );
}

/**
 * How what somebody is given changed.
 * @param name what begins each message
 * @param verb what is done with it: answered to who called, or sent to who listens
 */
export function* givenChanges(name: string, old: Values, now: Values, verb: 'answered' | 'sent'): Generator<Change> {
  const place = (value: Value) => value.contract.place(value.node.location);
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
  const renamed = [...renames].flat().map(({ path }) => path);
  const isBelow = ({ path }: Value): boolean =>
    renamed.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  for (const [path, is] of now) {
    const was = old.get(path);
    if (is.some) {
      if (was !== undefined) yield* readers(name, path, was, is, place(is));
    } else if (was !== undefined) {
      yield* readers(name, path, was, is, place(is));
      yield* answerConstraints(name, path, was, is, place(is), reportedRequired(path, old, now));
      yield* cut(name, was, is, place(is));
      yield* discriminator(name, was, is, place(is));
      if (was.required && !is.required)
        yield {
          kind: 'breaking',
          code: 'no-longer-answered-always',
          severity: 'medium',
          message: `${name}: ${path} may be missing now`,
          operation: name,
          place: place(is),
        };
    } else if (!isBelow(is)) yield* returned(name, is, old, place(is), verb);
  }
  for (const [path, was] of old)
    if (!was.some && !now.has(path) && !isBelow(was)) yield* gone(name, was, now, place(was), verb);
}

function* returned(name: string, now: Value, before: Values, place: Change['place'], verb: string): Generator<Change> {
  // A field more does no harm; one that gives a secret does.
  if (now.name === '' || (isHeader(now) && classifyName(now.name) === undefined)) return;
  const governed = now.parent === undefined ? 'nothing' : governing(now, before);
  if (governed === undefined || now.place === 'item' || now.place === 'position' || now.place === 'others') return;
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
    message: `${name}: ${now.path} is ${verb} now${data === undefined ? '' : ` (${data} data)`}`,
    operation: name,
    place,
  };
}

/** Whether it is a header field of an answer. */
function isHeader({ parent, path }: Value): boolean {
  return parent === undefined && path.includes(' header ');
}

function* gone(name: string, old: Value, now: Values, place: Change['place'], verb: string): Generator<Change> {
  const about = { operation: name, place };
  const governed = old.parent === undefined ? 'nothing' : governing(old, now);
  if (governed === undefined || (old.parent === undefined && old.name === '')) return;
  if (old.place === 'item' || old.place === 'position') {
    const wider =
      governed === 'anything' ? !takesAnything(old.takes) : governed !== 'nothing' && relate(old, governed).more;
    if (wider)
      yield {
        kind: 'breaking',
        code: 'answer-widened',
        severity: 'low',
        message: `${name}: ${old.path}: other items are ${verb} now`,
        ...about,
      };
  } else
    yield {
      kind: 'breaking',
      code: 'response-value-removed',
      severity: 'medium',
      message: `${name}: ${old.path} is no longer ${verb}`,
      ...about,
    };
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
