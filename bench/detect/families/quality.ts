import { detectors } from '@castellan/detect';
import { families } from './index.ts';
import { measureFamily, type Attacked, type AttackSet } from './measure.ts';

export interface FamilyOptions {
  readonly first: number;
  readonly seeds: number;
  readonly attacked: 'none' | 'some' | 'all';
  /** Which attacks. */
  readonly sets: readonly AttackSet[];
  /** Names of families; default all. */
  readonly only?: readonly string[] | undefined;
  /** Tells of each false incident, and each attack that was missed. */
  readonly details: boolean;
}

/** Ordinary requests of each family at least. */
const enough = 40_000;

const share = (part: number, of: number): string => (of === 0 ? '-' : `${((part / of) * 100).toFixed(0)} %`);
const first = ({ delays }: Attacked): number | undefined =>
  delays.size === 0 ? undefined : Math.min(...delays.values());

/** Tells how all families of traffic are judged, beside what is aimed at. */
export async function familyQuality({
  first: from,
  seeds,
  attacked,
  sets,
  only,
  details,
}: FamilyOptions): Promise<void> {
  console.log(
    '| traffic | looked at while changing | normal requests | false incidents | per 100,000 | attacks noticed | within 50 of their requests | innocents named |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const all: Attacked[] = [];
  const wrongBy = new Map<string, number>();
  const total = { normal: 0, wrong: 0 };
  for (const family of families) {
    if (only !== undefined && !only.includes(family.name)) continue;
    let [normal, wrong] = [0, 0];
    const attacks: Attacked[] = [];
    // Small worlds are played more often, so that what goes wrong now and then is seen there as well.
    for (let seed = from; seed < from + seeds || (normal < enough && seed < from + 12); seed++) {
      const outcome = await measureFamily(family, seed, seed < from + seeds ? attacked : 'none', sets);
      normal += outcome.normal;
      wrong += outcome.wrong.length;
      attacks.push(...outcome.attacks);
      for (const one of outcome.failures.slice(0, 3)) console.error(`  failed: ${one}`);
      for (const { detectors: ids, title, detections, principals } of outcome.wrong) {
        for (const id of ids) wrongBy.set(id, (wrongBy.get(id) ?? 0) + 1);
        if (details && !family.heldOut)
          console.error(
            `  false: ${family.name} ${seed}: ${ids.join(', ')}: ${title}: ${principals.length} callers: ${detections[0]?.why}`,
          );
      }
      if (details && !family.heldOut)
        for (const one of outcome.attacks)
          if (one.delays.size === 0 || one.innocents.length > 0)
            console.error(
              `  ${one.delays.size === 0 ? 'missed' : `innocents ${one.innocents.slice(0, 4).join(' ')}`}: ${family.name} ${seed}: ${one.name} ${[...one.delays.keys()].join(' ')}`,
            );
    }
    all.push(...attacks);
    total.normal += normal;
    total.wrong += wrong;
    line(family.name, family.heldOut ? 'no' : 'yes', normal, wrong, attacks);
  }
  line('all', '', total.normal, total.wrong, all);
  console.log(
    '\naims: at most 1 false incident per 100,000, at least 95 % noticed, at least 50 % within 50 requests\n',
  );
  console.log(
    '| detector | true | false | precision | attacks of its kind | seen by it | median delay in requests |\n| --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const { id } of detectors) {
    const right = all.filter(({ delays }) => delays.has(id)).length;
    const wrong = wrongBy.get(id) ?? 0;
    const meant = all.filter(({ detector }) => detector === id);
    const seen = meant.flatMap(({ delays }) => delays.get(id) ?? []).sort((a, b) => a - b);
    console.log(
      `| ${id} | ${right} | ${wrong} | ${share(right, right + wrong)} | ${meant.length} | ${share(seen.length, meant.length)} | ${seen[Math.floor(seen.length / 2)] ?? '-'} |`,
    );
  }
}

function line(name: string, looked: string, normal: number, wrong: number, attacks: readonly Attacked[]): void {
  const noticed = attacks.filter(({ delays }) => delays.size > 0).length;
  const soon = attacks.filter((one) => (first(one) ?? Infinity) <= 50).length;
  const innocents = attacks.filter((one) => one.innocents.length > 0).length;
  console.log(
    `| ${name} | ${looked} | ${normal.toLocaleString('en')} | ${wrong} | ${((wrong / normal) * 1e5).toFixed(1)} | ${noticed} of ${attacks.length} (${share(noticed, attacks.length)}) | ${soon} (${share(soon, attacks.length)}) | ${innocents} |`,
  );
}
