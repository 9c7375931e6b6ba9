import { loadContract, type Contract } from '@castellan/contract';
import { createDetection, type Incident } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import { familyAttacks, strengths, type FamilyAttack } from './attacks.ts';
import { laterAttacks } from './later-attacks.ts';
import { day, hour, type Family, type World } from './traffic.ts';

export const familyDays = 9;
/** Attacks that are put into one stream, one after the other. */
const together = 6;

/** What became of an attack. */
export interface Attacked {
  readonly name: string;
  readonly detector: string;
  /** Requests of it until a detector spoke, by detector; empty where it was not noticed. */
  readonly delays: ReadonlyMap<string, number>;
  /** Callers that an incident of this attack names and that took no part in it. */
  readonly innocents: readonly string[];
}

/** Attacks that detectors were changed because of, and those that were written afterwards. */
export const attackSets = { first: familyAttacks, later: laterAttacks } as const;
export type AttackSet = keyof typeof attackSets;

export interface FamilyOutcome {
  readonly normal: number;
  readonly wrong: readonly Incident[];
  readonly attacks: readonly Attacked[];
  readonly failures: readonly string[];
}

/** What the document of this API deprecates and which its canaries are. */
async function contractOf({ facts, roles }: World): Promise<Contract> {
  const paths: Record<string, Record<string, unknown>> = {};
  const calls = [...Object.values(roles).filter((one) => typeof one === 'object'), ...facts];
  for (const { operation, method, template } of calls)
    if (operation !== '')
      (paths[template] ??= {})[method.toLowerCase()] ??= {
        operationId: operation,
        deprecated: operation === roles.deprecated?.operation,
        ...(operation === roles.canary?.operation ? { 'x-castellan': { canary: true } } : {}),
        parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        responses: { 200: { description: 'ok' } },
      };
  return loadContract({ openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths });
}

interface Planted {
  readonly name: string;
  readonly detector: string;
  readonly facts: readonly Facts[];
}

function play(normal: readonly Facts[], planted: readonly Planted[], contract: Contract, seed: number) {
  const of = new Map<string, { readonly attack: Planted; readonly nth: number }>();
  for (const attack of planted) for (const [i, { id }] of attack.facts.entries()) of.set(id, { attack, nth: i + 1 });
  const stream = [...normal, ...planted.flatMap(({ facts }) => facts)].sort((a, b) => a.time - b.time);
  const delays = new Map<Planted, Map<string, number>>();
  const incidentsOf = new Map<string, Set<Planted>>();
  const detection = createDetection({
    seed,
    contracts: [contract],
    memory: { callers: 50_000, sources: 50_000, credentials: 100_000, pairBytes: 4 * 1024 * 1024 },
    onDetection({ detector, request }, incident) {
      const found = of.get(request);
      if (found === undefined) return;
      const seen = delays.get(found.attack) ?? new Map<string, number>();
      delays.set(found.attack, seen);
      if (!seen.has(detector)) seen.set(detector, found.nth);
      incidentsOf.set(incident, (incidentsOf.get(incident) ?? new Set()).add(found.attack));
    },
  });
  const all = new Map<string, Incident>();
  for (const facts of stream) {
    detection.sink(facts);
    if (detection.count % 500 === 0) for (const one of detection.incidents) all.set(one.id, one);
  }
  for (const one of detection.incidents) all.set(one.id, one);
  const wrong = [...all.values()].filter(({ id }) => !incidentsOf.has(id));
  const attacks = planted.map((attack): Attacked => {
    const guilty = new Set(attack.facts.map(({ principal, address }) => principal?.subject ?? address));
    const named = [...all.values()]
      .filter(({ id }) => incidentsOf.get(id)?.has(attack))
      .flatMap(({ principals }) => principals.map(({ name }) => name));
    const others = new Set(
      [...incidentsOf.values()]
        .flatMap((ones) => [...ones])
        .flatMap(({ facts }) => facts.map(({ principal }) => principal?.subject)),
    );
    return {
      name: attack.name,
      detector: attack.detector,
      delays: delays.get(attack) ?? new Map(),
      innocents: [...new Set(named.filter((one) => !guilty.has(one) && !others.has(one)))],
    };
  });
  return { wrong, attacks, failures: detection.failures };
}

/** Plays a family as it is, and with attacks in it. */
export async function measureFamily(
  family: Family,
  seed: number,
  attacked: 'none' | 'some' | 'all',
  sets: readonly AttackSet[] = ['first', 'later'],
): Promise<FamilyOutcome> {
  const world = family.make(seed, familyDays);
  const contract = await contractOf(world);
  const alone = play(world.facts, [], contract, seed);
  const attacks: Attacked[] = [];
  const failures = [...alone.failures];
  for (const set of sets) {
    const chosen = chosenOf(attackSets[set], world, seed, attacked);
    const runs = Math.ceil(chosen.length / together);
    for (let run = 0; run < runs; run++) {
      const planted = chosen
        .filter((_, i) => i % runs === run)
        .map(({ attack, strength }, i): Planted => ({
          name: `${attack.kind} (${strength})`,
          detector: attack.detector,
          facts: attack.run(world, world.begin + 6 * day + (1 + i * 10 + world.random.between(0, 6)) * hour, strength),
        }));
      const outcome = play(world.facts, planted, contract, seed);
      attacks.push(...outcome.attacks);
      failures.push(...outcome.failures);
    }
  }
  return { normal: world.facts.length, wrong: alone.wrong, attacks, failures };
}

/** The attacks that are possible in a world, each at all strengths or at one of them. */
function chosenOf(set: readonly FamilyAttack[], world: World, seed: number, attacked: 'none' | 'some' | 'all') {
  const possible = set.filter(
    ({ needs }) => needs === undefined || (needs === 'dormant' ? world.dormant : world.roles[needs]) !== undefined,
  );
  return possible.flatMap((attack, i) =>
    strengths
      .filter((_, n) => attacked === 'all' || (attacked === 'some' && n === (i + seed) % 3))
      .map((strength) => ({ attack, strength })),
  );
}
