import type { PostureEntry } from '@castellan/gateway/configuration';
import type { RawBuilder } from 'kysely';
import type { Store } from '../store/open.ts';
import { readEarlier, recordScores } from './history.ts';
import { judge, type Judgement } from './policies.ts';
import { readAllPosture, type ApiPosture } from './posture.ts';

/** One line of the overview: an API, and the environment that it is judged by. */
export interface PostureLine {
  readonly api: string;
  readonly title: string;
  readonly owner: string | null;
  readonly state: string;
  readonly profile: string;
  /** Empty where nobody knows where it runs. */
  readonly environment: string;
  /** 0 to 100; null where its contract was imported by a version that did not read controls. */
  readonly score: number | null;
  /** The score of 30 days ago, or the first one since; null where there is none. */
  readonly earlier: number | null;
  readonly states: Readonly<Record<string, number>>;
  /** Policies that are not met, and nobody answers for it. */
  readonly unmet: readonly string[];
  /** When it was computed (RFC 3339). */
  readonly at: string | null;
}

/** Days that a score is compared with. */
export const comparedWith = 30;

/** Computes the scores of all APIs anew, and keeps them as those of today. */
export async function refreshScores(
  store: Store,
  entry: PostureEntry = {},
): Promise<{ readonly postures: readonly ApiPosture[]; readonly judgement: Judgement }> {
  const postures = await readAllPosture(store);
  const judgement = judge(postures, entry, store.clock());
  await recordScores(store, postures, judgement);
  return { postures, judgement };
}

/**
 * The overview as it was computed last, by id.
 * @param limit lines at most
 */
export async function readOverview(
  store: Store,
  {
    after = '',
    limit = 1_000,
    where,
  }: {
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
    /** Which APIs somebody may see. */
    readonly where?: RawBuilder<boolean> | undefined;
  } = {},
): Promise<{ readonly lines: readonly PostureLine[]; readonly next: string | undefined }> {
  const { db } = store;
  let query = db
    .selectFrom('apis')
    .select(['id', 'title', 'owner', 'state'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit + 1);
  if (where !== undefined) query = query.where(where);
  const apis = await query.execute();
  const page = apis.slice(0, limit);
  const [first, last] = [page[0]?.id ?? '', page.at(-1)?.id ?? ''];
  const profiles = await db
    .selectFrom('contracts')
    .select(['api', 'profile'])
    .distinctOn('api')
    .where('api', '>=', first)
    .where('api', '<=', last)
    .orderBy('api')
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  const scores = await db
    .selectFrom('scores')
    .leftJoin('environments', 'environments.name', 'scores.environment')
    .select(['scores.api', 'scores.environment', 'scores.day', 'score', 'states', 'unmet', 'computed', 'production'])
    .where('scores.api', '>=', first)
    .where('scores.api', '<=', last)
    .where('scores.day', '=', (eb) =>
      eb
        .selectFrom('scores as latest')
        .select((max) => max.fn.max('latest.day').as('day'))
        .whereRef('latest.api', '=', 'scores.api'),
    )
    .execute();
  const earlier = await readEarlier(store, comparedWith);
  const profileOf = new Map(profiles.map(({ api, profile }) => [api, profile]));
  const byApi = Map.groupBy(scores, ({ api }) => api);
  const lines = page.map(({ id, ...api }): PostureLine => {
    const rows = byApi.get(id) ?? [];
    const production = rows.filter((one) => one.production === true);
    const worst = (production.length > 0 ? production : rows).toSorted((a, b) => a.score - b.score)[0];
    return {
      api: id,
      ...api,
      profile: profileOf.get(id) ?? '',
      environment: worst?.environment ?? '',
      score: worst?.score ?? null,
      earlier: worst === undefined ? null : (earlier.get(`${id} ${worst.environment}`) ?? null),
      states: worst?.states ?? {},
      unmet: [...new Set(rows.flatMap(({ unmet }) => unmet))],
      at: worst?.computed?.toISOString() ?? null,
    };
  });
  return { lines, next: apis.length > limit ? page.at(-1)?.id : undefined };
}
