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
}

export function constantsOf(expressions: Iterable<Expression>): Constants {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  const entities = new Map<string, Uid>();
  const extensions = new Map<string, Set<string>>();
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
        if (argument?.op !== 'value' || typeof argument.value !== 'string') continue;
        const known = extensions.get(node.name);
        if (known === undefined) extensions.set(node.name, new Set([argument.value]));
        else known.add(argument.value);
      }
    }
  return { texts, numbers, entities, extensions };
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
