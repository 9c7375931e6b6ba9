import type { Expression } from '@castellan/policy';
import type { Built } from './built.ts';
import { millisecondsOf, reference, type Constants, type Uid } from './constants.ts';
import type { CedarType, Path } from './paths.ts';

/** What may be put at a place: nothing, a value of the JSON form, or what is at another place. */
export type Candidate =
  | { readonly is: 'absent' }
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'same'; readonly as: string; readonly listed: boolean }
  | { readonly is: 'built'; readonly expression: Expression; readonly listed: boolean; readonly near: number };

/** Noon of a fixed day: questions must be the same each time. */
const NOW = Date.parse('2026-01-15T12:00:00Z');

const absent: Candidate = { is: 'absent' };
const value = (one: unknown): Candidate => ({ is: 'value', value: one });
const extension = (fn: string, arg: string): unknown => ({ __extn: { fn, arg } });
/** An entity of its own at each place. */
export const freshAt = (type: string, key: string): Uid => ({ type, id: `at ${key}` });

/**
 * The values that one place is tried with: those that the policies name, just below and above, and what is at other places
 * of the same type. The first is what it has where nothing asks otherwise.
 * @param others places of the same question with their types
 */
export function candidatesFor(
  path: Path,
  type: CedarType | undefined,
  optional: boolean,
  constants: Constants,
  others: ReadonlyMap<string, CedarType>,
  built: readonly Built[],
): Candidate[] {
  if (type === undefined) return [absent, ...[...constants.texts].map(value), value(true)];
  const same = [...others].flatMap(([as, other]): Candidate[] =>
    as !== path.key && other.type === type.type && other.name === type.name && type.type !== 'Record'
      ? [{ is: 'same', as, listed: false }]
      : [],
  );
  const of = path.kind === 'parents' ? parents(path, constants, others) : valuesOf(path, type, constants, others);
  const steps = type.type === 'Long' || type.name === 'datetime' ? [0, -1, 1] : [0];
  const made = built
    .filter(({ at, listed }) => at === path.key && listed === (type.type === 'Set' && listed))
    .flatMap(({ expression, listed }): Candidate[] => steps.map((near) => ({ is: 'built', expression, listed, near })));
  return [...of, ...same, ...made, ...(optional ? [absent] : [])];
}

function parents(path: Path, { entities }: Constants, others: ReadonlyMap<string, CedarType>): Candidate[] {
  const named = [...entities.values()].map(reference);
  const placed = [...others].flatMap(([as, { type }]): Candidate[] =>
    as !== path.of && (type === 'Entity' || type === 'Set') ? [{ is: 'same', as, listed: type === 'Entity' }] : [],
  );
  return [value([]), ...named.map((one) => value([one])), ...placed, value(named)];
}

function valuesOf(
  path: Path,
  type: CedarType,
  constants: Constants,
  others: ReadonlyMap<string, CedarType>,
): Candidate[] {
  switch (type.type) {
    case 'Boolean':
      return [value(false), value(true)];
    case 'Long':
      return [...new Set([...[...constants.numbers].flatMap((n) => [n - 1, n, n + 1]), 0, 1, 7])].map(value);
    case 'String':
      return ['something else', ...constants.texts, ''].map(value);
    case 'Entity':
    case 'EntityOrCommon':
      return entitiesOf(path, type, constants).map((uid) => value(reference(uid)));
    case 'Extension':
      return extensionsOf(type.name ?? '', constants).map((arg) => value(extension(functionOf(type.name ?? ''), arg)));
    case 'Record':
      return [value({})];
    case 'Set': {
      const element = type.element;
      if (element === undefined) return [value([])];
      const items = valuesOf(path, element, constants, others).map((one) =>
        one.is === 'value' ? one.value : undefined,
      );
      const placed = [...others].flatMap(([as, other]): Candidate[] =>
        other.type === element.type && other.name === element.name ? [{ is: 'same', as, listed: true }] : [],
      );
      // Sets as policies name them, and each without one of its elements.
      const whole = constants.sets
        .filter((list) => list.every((one) => isOf(one, element)))
        .flatMap((list) => [list, ...(list.length > 2 ? list.map((_, n) => list.filter((_one, m) => m !== n)) : [])]);
      return [value([]), ...items.map((one) => value([one])), value(items), ...whole.map(value), ...placed];
    }
    default:
      return [value('something else')];
  }
}

/** Whether a value of a policy may stand in a set of a type. */
function isOf(one: unknown, { type, name }: CedarType): boolean {
  if (typeof one === 'object' && one !== null && '__entity' in one)
    return type === 'Entity' && (one.__entity as Uid).type === name;
  return type === (typeof one === 'string' ? 'String' : typeof one === 'boolean' ? 'Boolean' : 'Long');
}

function entitiesOf(path: Path, { name = '' }: CedarType, { entities }: Constants): Uid[] {
  return [freshAt(name, path.key), ...[...entities.values()].filter(({ type }) => type === name)];
}

function functionOf(name: string): string {
  return name === 'ipaddr' ? 'ip' : name;
}

function extensionsOf(name: string, { extensions }: Constants): string[] {
  const named = [...(extensions.get(functionOf(name)) ?? [])];
  const durations = [...(extensions.get('duration') ?? [])].map(millisecondsOf);
  const near = (list: readonly number[]): number[] => [...new Set(list.flatMap((n) => [n, n - 1, n + 1]))];
  switch (name) {
    case 'datetime': {
      const sums = durations.flatMap((one) => durations.map((other) => one + other));
      const offsets = [0, ...durations, ...(durations.length < 5 ? sums : [])].flatMap((one) => [one, -one]);
      const times = [...offsets.map((one) => NOW + one), ...named.map((one) => Date.parse(one)), 0];
      return near(times.filter((time) => Number.isFinite(time))).map((time) => new Date(time).toISOString());
    }
    case 'duration':
      return near([...durations, 0]).map((one) => `${one}ms`);
    case 'decimal': {
      const units = near([...named.map((one) => Math.round(Number(one) * 10_000)), 0, 10_000, 20_000]);
      return units.map((one) => (one / 10_000).toFixed(4));
    }
    default:
      return [
        ...named.flatMap((one) => [one.replace(/\/\d+$/, ''), one]),
        '203.0.113.7',
        '127.0.0.1',
        '224.0.0.1',
        '::1',
      ];
  }
}
