import { nodeOf, type Expression, type UidInput } from '@castellan/policy';
import { within } from './formula.ts';

/** An entity by type and id. */
export interface Uid {
  readonly type: string;
  readonly id: string;
}

/** What expressions name: the values at which their decisions turn. */
export interface Constants {
  readonly texts: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
  readonly entities: ReadonlyMap<string, Uid>;
  /** Arguments of `datetime`, `duration`, `decimal` and `ip`, by name. */
  readonly extensions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Sets that stand in policies as they are: `["packed", "paid"]`. */
  readonly sets: readonly (readonly unknown[])[];
}

export function constantsOf(expressions: Iterable<Expression>): Constants {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const entities = new Map<string, Uid>();
  const extensions = new Map<string, Set<string>>();
  const sets = new Map<string, readonly unknown[]>();
  const extension = (name: string, argument: string): void => {
    extensions.set(name, (extensions.get(name) ?? new Set()).add(argument));
  };
  for (const expression of expressions)
    for (const one of within(expression)) {
      const node = nodeOf(one);
      if (node.op === 'value') {
        const { value } = node;
        if (typeof value === 'string') texts.add(value);
        else if (typeof value === 'number' || typeof value === 'bigint') numbers.add(Number(value));
        else if (typeof value === 'object' && value !== null && '__entity' in value) {
          const uid = value.__entity as Uid;
          entities.set(`${uid.type}::${uid.id}`, uid);
        }
      } else if (node.op === 'like') {
        const filled = (wild: string): string =>
          node.pattern.map((part) => (part === 'Wildcard' ? wild : part.Literal)).join('');
        texts.add(filled('')).add(filled('x'));
      } else if (node.op === 'call' && node.args.length === 1) {
        const argument = node.args[0] === undefined ? undefined : nodeOf(node.args[0]);
        if (argument?.op === 'value' && typeof argument.value === 'string') extension(node.name, argument.value);
        // A number that is held against days is a duration.
        const unit = parts.get(node.name);
        if (unit !== undefined)
          for (const number of numbersIn(expression))
            for (const near of [number - 1, number, number + 1]) extension('duration', `${near}${unit}`);
      } else if (node.op === 'set') {
        const items = node.elements.map((element) => nodeOf(element));
        const values = items.flatMap((item) => (item.op === 'value' ? [item.value] : []));
        if (values.length === items.length) sets.set(JSON.stringify(values), values);
      }
    }
  return { texts, numbers, entities, extensions, sets: [...sets.values()] };
}

/** What a duration is read as, and how such a duration is written. */
const parts: ReadonlyMap<string, string> = new Map(
  Object.entries({ toDays: 'd', toHours: 'h', toMinutes: 'm', toSeconds: 's', toMilliseconds: 'ms' }),
);

function numbersIn(expression: Expression): number[] {
  return [...within(expression)].flatMap((one) => {
    const node = nodeOf(one);
    return node.op === 'value' && (typeof node.value === 'number' || typeof node.value === 'bigint')
      ? [Number(node.value)]
      : [];
  });
}

const UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({ d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }),
);

/** Milliseconds of a duration as Cedar writes it: `1d2h`, `-78h`. */
export function millisecondsOf(duration: string): number {
  let sum = 0;
  for (const [, number, unit] of duration.matchAll(/(\d+)(ms|[dhms])/g))
    sum += Number(number) * (UNITS.get(unit ?? '') ?? 0);
  return duration.startsWith('-') ? -sum : sum;
}

/** An entity as the JSON form of requests names it. */
export function reference(uid: Uid): { readonly __entity: UidInput } {
  return { __entity: uid };
}
