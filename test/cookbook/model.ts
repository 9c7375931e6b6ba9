// A model of examples/cookbook: contract, policies, scenarios, and a world of rows, callers and questions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadContract, type Contract } from '@castellan/contract';
import type { FiltersOption } from '@castellan/guard';

export const cookbook = join(import.meta.dirname, '..', '..', 'examples', 'cookbook');

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Who asks what, what comes of it, and with which body or header fields. */
type Question = readonly [
  who: string,
  what: string,
  expected: 'yes' | 'no' | readonly string[],
  given?: Readonly<Record<string, unknown>>,
  properties?: { readonly with?: readonly string[]; readonly without?: readonly string[] },
];

/** A share that ends, or has ended. */
interface Share {
  readonly of: string;
  readonly id: string;
  readonly value: string;
  readonly until: string;
}

/** What a credential says. */
interface Caller {
  readonly tenant?: string;
  readonly groups?: readonly string[];
  /** Whose name it is in, where not in that of the one who shows it. */
  readonly subject?: string;
  /** Who acts for that subject (`act`, RFC 8693). */
  readonly actor?: string;
}

interface World {
  readonly now?: string;
  /** What each caller's credential says. */
  readonly callers: Readonly<Record<string, Caller>>;
  /** Cedar's entities JSON. */
  readonly entities?: readonly never[];
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly shares?: readonly Share[];
  readonly filters: FiltersOption;
  readonly questions: readonly Question[];
}

export interface Model extends World {
  readonly name: string;
  readonly contract: Contract;
  readonly policies: string;
  readonly scenarios: unknown;
  /** Milliseconds. */
  readonly clock: number;
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

/** Reads a model. Shares that have not ended are among the rows, as the application's loaders have them. */
export async function readModel(name: string): Promise<Model> {
  const folder = join(cookbook, name);
  const world = parse(read(folder, 'world.yaml')) as World;
  const clock = Date.parse(world.now ?? '2026-11-25T10:00:00.000Z');
  const counting = (world.shares ?? []).filter(({ until }) => Date.parse(until) > clock);
  const rows = Object.entries(world.rows).map(([type, list]) => [
    type,
    list.map((row) => {
      const own = counting.filter(({ of, id }) => of.split('.')[0] === type && id === row.id);
      return own.reduce<Row>((before, { of, value }) => {
        const property = of.slice(type.length + 1);
        return { ...before, [property]: [...((before[property] as readonly string[] | undefined) ?? []), value] };
      }, row);
    }),
  ]);
  return {
    ...world,
    name,
    clock,
    rows: Object.fromEntries(rows) as World['rows'],
    contract: await loadContract(join(folder, 'openapi.yaml')),
    policies: join(folder, 'policies', `${name}.cedar`),
    scenarios: parse(read(folder, join('scenarios', `${name}.yaml`))),
  };
}
