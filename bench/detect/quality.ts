import { loadContract, type Contract } from '@castellan/contract';
import { detectors } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import { attacks, strengths } from './simulator/attacks.ts';
import { measure, type Outcome } from './simulator/measure.ts';
import { Feed, feedAttacks, feedBegin } from './simulator/feed.ts';
import { plantAttacks } from './simulator/plant-attacks.ts';
import { Plant, plantBegin } from './simulator/plant.ts';
import { begin, day, operations, Shop } from './simulator/shop.ts';

const days = 10;

/** The document of the shop: what is deprecated, what is a canary. */
export async function shopContract(): Promise<Contract> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { operation, method, template } of Object.values(operations))
    (paths[template] ??= {})[method.toLowerCase()] = {
      operationId: operation,
      deprecated: operation === 'oldListProducts',
      ...(operation === 'internalKeys' ? { 'x-castellan': { canary: true } } : {}),
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

class Table {
  normal = 0;
  wrong = 0;
  readonly delays: (number | undefined)[] = [];
  readonly #right = new Map<string, number>();
  readonly #wrong = new Map<string, number>();
  readonly #meant = new Map<string, (number | undefined)[]>();
  readonly missed: string[] = [];
  failures = 0;

  ordinary({ normal, wrong, failures }: Outcome): void {
    this.normal += normal;
    this.wrong += wrong.length;
    this.failures += failures.length;
    for (const { detectors: ids, title, detections } of wrong) {
      for (const id of ids) this.#wrong.set(id, (this.#wrong.get(id) ?? 0) + 1);
      console.error(`  false: ${ids.join(', ')}: ${title}: ${detections[0]?.why}`);
    }
  }

  attack(name: string, meant: string | undefined, { delay, delays, failures }: Outcome): void {
    this.delays.push(delay);
    this.failures += failures.length;
    if (delay === undefined) this.missed.push(name);
    for (const id of delays.keys()) this.#right.set(id, (this.#right.get(id) ?? 0) + 1);
    if (meant !== undefined) this.#meant.set(meant, [...(this.#meant.get(meant) ?? []), delays.get(meant)]);
  }

  print(title: string): void {
    const noticed = this.delays.filter((one) => one !== undefined);
    const soon = this.delays.filter((one) => one !== undefined && one <= 50);
    const share = (part: number, of: number): string => (of === 0 ? '-' : `${((part / of) * 100).toFixed(0)} %`);
    console.log(`\n${title}\n`);
    console.log(
      `- ${this.normal} normal requests, ${this.wrong} false incidents: ${((this.wrong / this.normal) * 1e5).toFixed(2)} per 100,000`,
    );
    console.log(
      `- ${this.delays.length} attacks, ${noticed.length} noticed (${share(noticed.length, this.delays.length)}), ${soon.length} within 50 of their requests (${share(soon.length, this.delays.length)}); median ${median(this.delays)} requests`,
    );
    if (this.missed.length > 0) console.log(`- not noticed: ${this.missed.join('; ')}`);
    if (this.failures > 0) console.log(`- ${this.failures} failures of detectors`);
    console.log(
      '\n| detector | true | false | precision | attacks of its kind | seen by it | median delay |\n| --- | --- | --- | --- | --- | --- | --- |',
    );
    for (const { id } of detectors) {
      const [right, wrong] = [this.#right.get(id) ?? 0, this.#wrong.get(id) ?? 0];
      const meant = this.#meant.get(id) ?? [];
      const seen = meant.filter((one) => one !== undefined);
      console.log(
        `| ${id} | ${right} | ${wrong} | ${share(right, right + wrong)} | ${meant.length} | ${share(seen.length, meant.length)} | ${seen.length === 0 ? '-' : median(seen)} |`,
      );
    }
  }
}

function median(values: readonly (number | undefined)[]): number {
  return values.map((one) => one ?? Infinity).sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** What guards tell that have no policies, in front of an application with a login of its own. */
function plain(facts: readonly Facts[]): Facts[] {
  return facts.map((one) => ({ ...one, objects: [], objectCount: 0, attempt: undefined, sensitive: {} }));
}

export interface QualityOptions {
  /** Seeds on which nothing was set. */
  readonly first: number;
  readonly ordinary: number;
  readonly attacked: number;
}

/** The shop, on seeds on which no threshold was set. */
export async function shopQuality({ first, ordinary, attacked }: QualityOptions): Promise<void> {
  const contract = await shopContract();
  const table = new Table();
  const without = new Table();
  for (let seed = first; seed < first + ordinary; seed++) {
    const { facts } = new Shop({ seed, days, users: 40 + ((seed * 53) % 200) });
    table.ordinary(measure(facts, [], contract, seed));
    if (seed < first + attacked) without.ordinary(measure(plain(facts), [], contract, seed));
  }
  for (let seed = first; seed < first + attacked; seed++) {
    const shop = new Shop({ seed, days, users: 40 + ((seed * 53) % 200) });
    for (const { kind, detector, run } of attacks)
      for (const strength of strengths) {
        const attack = run(shop, begin + day * (6 + shop.random.between(0.3, 2.5)), strength);
        table.attack(`${kind} (${strength})`, detector, measure(shop.facts, attack, contract, seed));
      }
  }
  table.print(`Shop, seeds ${first} to ${first + ordinary - 1}; attacks on ${attacked} of them`);
  console.log(
    `\nThe same without objects, attempts and sensitive values: ${without.wrong} false incidents of ${without.normal} requests`,
  );
}

/** The plant: written when the thresholds were frozen. */
export function plantQuality({ first, ordinary, attacked }: QualityOptions): void {
  const table = new Table();
  for (let seed = first; seed < first + ordinary; seed++)
    table.ordinary(measure(new Plant(seed, days).facts, [], undefined, seed));
  for (let seed = first; seed < first + attacked; seed++) {
    const plant = new Plant(seed, days);
    for (const { kind, run } of plantAttacks)
      for (const slow of [false, true]) {
        const attack = run(plant, plantBegin + day * (6 + plant.random.between(0.2, 2)), slow);
        table.attack(`${kind} (${slow ? 'slow' : 'fast'})`, undefined, measure(plant.facts, attack, undefined, seed));
      }
  }
  table.print(`Plant, seeds ${first} to ${first + ordinary - 1}; attacks on ${attacked} of them`);
}

/** The feed: written when what the plant had shown was mended. */
export function feedQuality({ first, ordinary, attacked }: QualityOptions): void {
  const table = new Table();
  for (let seed = first; seed < first + ordinary; seed++)
    table.ordinary(measure(new Feed(seed, days).facts, [], undefined, seed));
  for (let seed = first; seed < first + attacked; seed++) {
    const feed = new Feed(seed, days);
    for (const { kind, run } of feedAttacks)
      for (const slow of [false, true]) {
        const attack = run(feed, feedBegin + day * (6 + feed.random.between(0.2, 2)), slow);
        table.attack(`${kind} (${slow ? 'slow' : 'fast'})`, undefined, measure(feed.facts, attack, undefined, seed));
      }
  }
  table.print(`Feed, seeds ${first} to ${first + ordinary - 1}; attacks on ${attacked} of them`);
}
