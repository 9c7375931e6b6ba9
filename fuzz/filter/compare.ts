// A filter selects the documents that the official engine permits one by one, in every store.
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { CastellanError } from '@castellan/contract';
import { compilePolicies, EntityRef, type PolicySet } from '@castellan/policy';
import { Random } from '../policy/random.ts';
import { policies } from './policies.ts';
import { mongodb, postgresql, sqlite, type Store } from './stores.ts';
import {
  documentEntity,
  documents,
  folderEntities,
  people,
  schema,
  sqlMapping,
  users,
  type DocumentRow,
} from './world.ts';

export interface Tally {
  /** Documents decided on, once in each store. */
  cases: number;
  sets: number;
  permitted: number;
  /** Sets that tell documents apart. */
  some: number;
  /** Filters that a store refused, by store. */
  readonly refused: Record<string, number>;
  /** Documents on which a `forbid` erred. */
  failing: number;
}

export interface Disagreement {
  readonly seed: number;
  readonly store: string;
  readonly policies: string;
  readonly principal: string;
  readonly query: unknown;
  readonly expected: readonly string[];
  readonly selected: readonly string[];
}

const now = '2026-01-04T06:00:00.000Z';
const perTable = 24;

/**
 * Compares `count` sets of policies from one seed on.
 * @param judged how many documents of each set the official engine is asked about; the compiled policies decide on all
 */
export async function compare(
  count: number,
  seed: number,
  judged: number,
  progress?: (tally: Tally) => void,
): Promise<{ tally: Tally; disagreement?: Disagreement }> {
  const tally: Tally = { cases: 0, sets: 0, permitted: 0, some: 0, refused: {}, failing: 0 };
  const rows = documents(seed, perTable);
  const stores: readonly Store[] = [await postgresql(rows), await sqlite(rows), mongodb(rows)];
  try {
    for (; tally.sets < count; tally.sets++) {
      const disagreement = await one((seed * 1_000_003 + tally.sets) >>> 0, rows, stores, judged, tally);
      if (disagreement !== undefined) return { tally, disagreement };
      if (tally.sets % 100 === 0) progress?.(tally);
    }
    return { tally };
  } finally {
    for (const store of stores) await store.close();
  }
}

async function one(
  seed: number,
  rows: readonly DocumentRow[],
  stores: readonly Store[],
  judged: number,
  tally: Tally,
): Promise<Disagreement | undefined> {
  const random = new Random(seed);
  const text = policies(random);
  const who = random.pick(Object.keys(users) as [string, ...string[]]);
  const strict = random.chance(0.5);
  const set = compilePolicies({ policies: text, schema, validation: 'off' });
  const expected = rows
    .filter((row, index) => permits(set, text, who, row, strict, index < judged, tally))
    .map(({ id }) => id);
  const action = new EntityRef('Action', 'view');
  const { entities } = set.convert(question(who, rows[0] ?? (documents(seed, 1)[0] as DocumentRow)));
  const filter = set.filter({
    principal: entities('User', who) ?? new EntityRef('User', who),
    action,
    type: 'Document',
    context: set.context(action, { now }),
    entities,
    failingForbid: strict ? 'forbids' : 'skipped',
  });
  if (filter.scope === 'some') tally.some += 1;
  else if (expected.length !== (filter.scope === 'all' ? rows.length : 0))
    return { seed, store: 'scope', policies: text, principal: who, query: filter.scope, expected, selected: [] };
  for (const store of stores) {
    let selected: readonly string[];
    try {
      selected = await store.select(filter);
    } catch (error) {
      if (!(error instanceof CastellanError) || error.code !== 'untranslatable')
        throw new Error(`${store.name}, seed ${seed}: ${text}`, { cause: error });
      tally.refused[store.name] = (tally.refused[store.name] ?? 0) + 1;
      continue;
    }
    tally.cases += rows.length;
    if (String([...selected].sort()) === String([...expected].sort())) continue;
    const query = store.name === 'mongodb' ? filter.condition : filter.sql(sqlMapping);
    return { seed, store: store.name, policies: text, principal: who, query, expected, selected };
  }
  tally.permitted += expected.length;
  return undefined;
}

const question = (who: string, row: DocumentRow) => ({
  principal: { type: 'User', id: who },
  action: { type: 'Action', id: 'view' },
  resource: { type: 'Document', id: row.id },
  context: { now: { __extn: { fn: 'datetime', arg: now } } },
  entities: [...people, ...folderEntities, documentEntity(row)],
});

/** The decision on one document, by the compiled policies, and by the official engine where it is asked. */
function permits(
  set: PolicySet,
  text: string,
  who: string,
  row: DocumentRow,
  strict: boolean,
  judge: boolean,
  tally: Tally,
): boolean {
  const asked = question(who, row);
  const { decision, errors } = set.decide(asked);
  if (judge) {
    const answer = cedar.isAuthorized({
      ...(JSON.parse(
        JSON.stringify(asked, (_, value: unknown) => (typeof value === 'bigint' ? `long ${value}` : value)).replace(
          /"long (-?\d+)"/g,
          '$1',
        ),
      ) as never as Parameters<typeof cedar.isAuthorized>[0]),
      policies: { staticPolicies: text },
    });
    if (answer.type === 'success' && answer.response.decision !== decision)
      throw new Error(`the compiled policies say ${decision} of ${row.id} to ${who}: ${text}`);
  }
  const forbids = errors.some(({ policyId }) =>
    set.loaded.policies.some(({ id, json }) => id === policyId && json.effect === 'forbid'),
  );
  if (forbids) tally.failing += 1;
  return decision === 'allow' && !(strict && forbids);
}
