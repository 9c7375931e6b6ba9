import { join } from '../sketch/hash.ts';
import { isSession } from './at-home.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';

/** Where an address is, in degrees. */
export type Locate = (address: string) => { readonly latitude: number; readonly longitude: number } | undefined;

/** Kilometres per hour that nobody travels. */
const tooFast = 1100;
/** Seconds: what was before midnight is not another day. */
const halfDay = 43_200;
/** Sets the client programs that a caller has since these hours apart from what else is counted once. */
const programs = 0x3f84_d5b5;
/** Kilometres within which places are one: databases of addresses are no better. */
const near = 300;

/** How unlikely it is that a credential goes where it is used. */
export class Movement {
  readonly #locate: Locate | undefined;
  /** Last place of credentials, for those whose network changed. */
  readonly #places = new Map<number, { readonly address: string; readonly time: number }>();

  constructor(locate: Locate | undefined) {
    this.#locate = locate;
  }

  /** 0 where the credential stays where it was. */
  weight(memory: Memory, moment: Moment): number {
    const { credential, facts, callerLow, callerHigh, time } = moment;
    const { places } = memory;
    const network = moment.networkName;
    const agent = facts.agent === '' ? 0 : memory.hash(facts.agent) >>> 0;
    const [lastNetwork, lastAgent] = [places.get(credential, 0), places.get(credential, 1)];
    // Who was there on this day with the same program is known to be: nobody need be asked.
    const stays = network === lastNetwork && agent === lastAgent;
    if (
      stays &&
      this.#locate === undefined &&
      Math.floor((time - moment.slept) / halfDay) === Math.floor(time / halfDay)
    )
      return 0;
    const newAgent = (moment.newAgent = memory.devices.add(join(callerLow, agent), callerHigh ^ 0x3a, time));
    const newNetwork = (moment.newNetwork = memory.devices.add(join(callerLow, network), callerHigh ^ 0x3b, time));
    const cohort = memory.kindOf(facts);
    if (newAgent) {
      memory.programs.count(join(cohort, agent));
      if (moment.known) memory.once.add(join(callerLow, agent ^ programs), callerHigh, time);
    }
    moment.foreignAgent = newAgent && memory.programs.isForeign(join(cohort, agent));
    if (network !== lastNetwork) memory.wandering.count(cohort, newNetwork && lastNetwork !== 0);
    this.#stay(memory, moment, network, lastNetwork);
    const travelled = this.#tooFar(credential, facts.address, time);
    if (stays) return travelled;
    const back = places.get(credential, 2) === network && places.get(credential, 3) === agent;
    places.set(credential, lastNetwork, 2);
    places.set(credential, lastAgent, 3);
    places.set(credential, network, 0);
    places.set(credential, agent, 1);
    // The first place is none that it moved to.
    if (lastNetwork === 0 && lastAgent === 0) return 0;
    if (network === lastNetwork) {
      if (back) moment.swapped = swap(memory, moment, [agent, lastAgent], cohort);
      return travelled;
    }
    if (agent === lastAgent) {
      moment.hopped = back ? 1 : 0.5;
      if (back)
        moment.alternated = alternation(memory, moment, [network, lastNetwork], memory.wandering.isUsual(cohort));
      return travelled;
    }
    if (newNetwork && newAgent) {
      // Where all wander, a network that is new says nothing.
      moment.newDevice = !memory.wandering.isUsual(cohort);
      return travelled + (moment.firstUse ? 1.5 : 1);
    }
    return travelled + (back ? 0.75 : 0.4);
  }

  /** Notes when a caller is in a network. */
  #stay({ stays }: Memory, { callerLow, callerHigh, time, slept }: Moment, network: number, lastNetwork: number): void {
    const today = Math.floor(time / halfDay);
    if (network !== lastNetwork || Math.floor((time - slept) / halfDay) !== today)
      stays.add(join(join(callerLow, network), today), callerHigh, time);
  }

  #tooFar(credential: number, address: string, time: number): number {
    if (this.#locate === undefined) return 0;
    const before = this.#places.get(credential);
    if (before?.address === address) {
      this.#places.set(credential, { address, time });
      return 0;
    }
    if (this.#places.size > 100_000) this.#places.clear();
    this.#places.set(credential, { address, time });
    if (before === undefined) return 0;
    const [from, to] = [this.#locate(before.address), this.#locate(address)];
    if (from === undefined || to === undefined) return 0;
    const way = kilometres(from, to);
    return way > near && way / Math.max(1 / 60, (time - before.time) / 3600) > tooFast ? 2 : 0;
  }
}

/** What it counts to go back and forth between two networks: less where all wander, or where both are new or both old. */
function alternation(
  memory: Memory,
  moment: Moment,
  [here, there]: readonly [number, number],
  wandering: boolean,
): number {
  if (wasHere(memory, moment, here) !== wasHere(memory, moment, there)) return wandering ? 0.4 : 1;
  return wandering ? 0 : 0.6;
}

/**
 * What it counts to go back and forth between two client programs in one network: a session is of one program, and a second one with
 * its token is a page within an app, or whoever took it. Nothing where both or none are of other days, hardly anything where several of
 * its kind go between these two, and less where many have the new one.
 */
function swap(memory: Memory, moment: Moment, [here, there]: readonly [number, number], cohort: number): number {
  if (!moment.known || !isSession(moment.facts)) return 0;
  const [had, hadOther] = [hadProgram(memory, moment, here), hadProgram(memory, moment, there)];
  if (had === hadOther) return 0;
  const pair = join(cohort, here ^ there);
  if (memory.devices.add(join(moment.callerLow, here ^ there), moment.callerHigh ^ 0x3c, moment.time))
    memory.programs.count(pair);
  if (!memory.programs.isForeign(pair)) return 0.1;
  return memory.programs.isForeign(join(cohort, had ? there : here)) ? 1 : 0.6;
}

/** Whether a caller that is known had one of its client programs on other days. */
function hadProgram({ once }: Memory, { callerLow, callerHigh }: Moment, agent: number): boolean {
  return !once.has(join(callerLow, agent ^ programs), callerHigh);
}

/** Whether the caller was in this network half a day to a week ago. */
export function wasHere({ stays }: Memory, { callerLow, callerHigh, time }: Moment, network: number): boolean {
  const today = Math.floor(time / halfDay);
  const place = join(callerLow, network);
  for (let ago = 2; ago <= 14; ago++) if (stays.has(join(place, today - ago), callerHigh)) return true;
  return false;
}

type Place = NonNullable<ReturnType<Locate>>;

/** The great circle between two places. */
function kilometres(a: Place, b: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [lat1, lat2] = [radians(a.latitude), radians(b.latitude)];
  const half =
    Math.sin((lat2 - lat1) / 2) ** 2 +
    Math.cos(lat1) * Math.cos(lat2) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(half)));
}
