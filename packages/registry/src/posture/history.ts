import type { Store } from '../store/open.ts';
import type { Judgement } from './policies.ts';
import type { ApiPosture } from './posture.ts';

/** The score of one day. */
export interface DayScore {
  readonly environment: string;
  /** UTC, `2026-11-29`. */
  readonly day: string;
  readonly score: number;
  /** What took points that day, most first. */
  readonly lost: readonly { readonly control: string; readonly points: number }[];
}

/** Rows of one statement. */
const chunk = 500;

/** Keeps the scores of today; what was kept of today before is replaced. */
export async function recordScores(
  { db, clock }: Store,
  postures: readonly ApiPosture[],
  { violations }: Pick<Judgement, 'violations'>,
): Promise<void> {
  const computed = new Date(clock());
  const day = computed.toISOString().slice(0, 10);
  const unmet = Map.groupBy(
    violations.filter(({ exception }) => exception === undefined),
    ({ api, environment }) => `${api} ${environment}`,
  );
  const rows = postures.flatMap(({ api, environments }) =>
    environments.map(({ environment, score }) => ({
      api,
      environment,
      day,
      computed,
      score: score.value,
      states: JSON.stringify(score.states),
      unmet: JSON.stringify([...new Set((unmet.get(`${api} ${environment}`) ?? []).map(({ policy }) => policy))]),
      parts: JSON.stringify(score.lost.map(({ control, points }) => ({ what: control, points }))),
    })),
  );
  for (let at = 0; at < rows.length; at += chunk)
    await db
      .insertInto('scores')
      .values(rows.slice(at, at + chunk))
      .onConflict((conflict) =>
        conflict.columns(['api', 'environment', 'day']).doUpdateSet((eb) => ({
          score: eb.ref('excluded.score'),
          parts: eb.ref('excluded.parts'),
          states: eb.ref('excluded.states'),
          unmet: eb.ref('excluded.unmet'),
          computed: eb.ref('excluded.computed'),
        })),
      )
      .execute();
  // An environment that is no more is not judged by what it was this morning.
  for (const { api, environments } of postures)
    if (environments.every(({ environment }) => environment !== ''))
      await db
        .deleteFrom('scores')
        .where('api', '=', api)
        .where('environment', '=', '')
        .where('day', '=', day)
        .execute();
}

/**
 * The scores of the last days, oldest first.
 * @param days how many
 */
export async function readScores({ db, clock }: Store, api: string, days: number): Promise<readonly DayScore[]> {
  const since = new Date(clock() - days * 86_400_000).toISOString().slice(0, 10);
  const rows = await db
    .selectFrom('scores')
    .select(['environment', 'day', 'score', 'parts'])
    .where('api', '=', api)
    .where('day', '>', since)
    .orderBy('day')
    .orderBy('environment')
    .execute();
  return rows.map(({ parts, ...one }) => ({
    ...one,
    lost: parts.map(({ what, points }) => ({ control: what, points })),
  }));
}

/**
 * The score of each API and environment as of a day so long ago, or the first one after it, before today.
 * @param api undefined for all
 */
export async function readEarlier(
  { db, clock }: Store,
  days: number,
  api?: string,
): Promise<ReadonlyMap<string, number>> {
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  let query = db
    .selectFrom('scores')
    .select(['api', 'environment', 'score'])
    .distinctOn(['api', 'environment'])
    .where('day', '>=', dayOf(clock() - days * 86_400_000))
    .where('day', '<', dayOf(clock()))
    .orderBy('api')
    .orderBy('environment')
    .orderBy('day');
  if (api !== undefined) query = query.where('api', '=', api);
  return new Map((await query.execute()).map((row) => [`${row.api} ${row.environment}`, row.score]));
}
