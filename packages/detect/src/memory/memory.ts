import type { Facts, IdHash } from '@castellan/guard';
import type { Subject } from '../detector.ts';
import { networkOf } from '../network.ts';
import { viewOf, type Declared, type OperationView } from '../operation-view.ts';
import { hashed, hashPair, hashText, join } from '../sketch/hash.ts';
import { Seen } from '../sketch/seen.ts';
import type { MemoryLimits } from './limits.ts';
import { callerMeasures, credentialMeasures, operationMeasures, secretMeasures, sourceMeasures } from './measures.ts';
import { clear, emptyMoment, type Moment } from './moment.ts';
import { count } from './count.ts';
import { Predecessors } from './predecessors.ts';
import { anybody, Population, type Settled } from './population.ts';
import { Rarity } from './rarity.ts';
import { RecentShare } from './recent-share.ts';
import { OperationHealth } from './health.ts';
import { Profiles } from './profiles.ts';
import { FactClock } from './clock.ts';
import { Concentration } from './concentration.ts';
import { ClientPrograms } from './client-programs.ts';
import { Openness, Ownership } from './ownership.ts';
import { Movement, type Locate } from './movement.ts';
import { Wandering } from './wandering.ts';
import { Rhythm } from './rhythm.ts';
import { Sleepers } from './sleepers.ts';
import { Successors } from './successors.ts';
import { UnknownPaths } from './unknown-paths.ts';
import type { Column } from './table.ts';

const hour = 3600;
const day = 86_400;

/** What contracts declare of their operations, by title of the API, then by operation id. */
export type DeclaredApis = ReadonlyMap<string, ReadonlyMap<string, Declared>>;

export interface MemorySetup {
  readonly declared: DeclaredApis;
  /** Seconds of facts before anything that is compared with habits is said. */
  readonly warmUp: number;
  /** Of the hashes. */
  readonly seed: number;
  readonly locate?: Locate | undefined;
  readonly canaries: ReadonlySet<string>;
  readonly honey: readonly string[];
  /** By which facts name objects and segments of paths. */
  readonly hash: IdHash;
}

/** All that is remembered of the stream of facts, within its limits. The clock is that of the facts. */
export class Memory {
  readonly settled: Settled & { ready: boolean; days: number } = { ready: false, days: 0 };
  readonly callers: Population;
  readonly sources: Population;
  readonly operations: Population;
  readonly credentials: Population;
  readonly secrets: Population;
  /** Objects, by caller: what was handed out or asked for. */
  readonly objects: Seen;
  /** What is counted once in a while. */
  readonly once: Seen;
  /** Who uses which operation, and does what with which purpose. */
  readonly uses: Seen;
  /** Networks and client programs of principals. */
  readonly devices: Seen;
  /** Addresses from which somebody got in. */
  readonly goodAddresses: Seen;
  /** Operations by which callers sign in, as far as their names do not say so. */
  readonly doors = new Set<number>();
  readonly clock = new FactClock();
  readonly health = new OperationHealth();
  /** As the first of each caller in twenty minutes went. */
  readonly missSample = new RecentShare();
  readonly invalidShare = new RecentShare();
  readonly errorShare = new RecentShare();
  readonly failShare = new RecentShare();
  readonly busyShare = new RecentShare();
  readonly emptyShare = new RecentShare();
  readonly owners: Ownership;
  /** Whose objects who was handed. */
  readonly kin: Seen;
  readonly openness = new Openness();
  readonly newcomers: Concentration;
  readonly newcomersByDoor: Concentration;
  readonly programs = new ClientPrograms();
  /** Networks of principals by day. */
  readonly stays: Seen;
  readonly unknownPaths: UnknownPaths;
  readonly predecessors: Predecessors;
  readonly profiles = new Profiles();
  readonly newConsumers = new Rarity();
  readonly newDevices = new Rarity();
  readonly newReaders = new Rarity();
  readonly newKinds = new Rarity();
  readonly wakes = new Rarity();
  /** Principals that were seen, those that gave way included. */
  principals = 0;
  readonly movement: Movement;
  readonly sleepers = new Sleepers();
  readonly rhythm: Rhythm;
  readonly successors: Successors;
  /** Of each client program: visits of callers of other days, and of those that came within the last days. */
  readonly visitors: Column<Uint16Array>;
  readonly wandering = new Wandering();
  /** Keyed hashes of canary objects. */
  readonly canaries: ReadonlySet<string>;
  /** Hours that a credential slept at most. */
  readonly sleeps: Column<Uint16Array>;
  /** Of each credential: network and client program now and before, four numbers. */
  readonly places: Column<Uint32Array>;
  /** Of each operation: how many callers it has had, and seconds of the last new one. */
  readonly consumers: Column<Uint32Array>;
  /** Of each caller: what was counted of it last, so that it is not looked up again. */
  readonly lastShare: Column<Uint32Array>;
  readonly lastPlace: Column<Uint32Array>;
  /** Of each client program: networks in which it was seen, each once in half a day; five times with known callers. */
  readonly users: Column<Uint16Array>;
  readonly #views = new Map<string, Map<string, OperationView>>();
  #declared: DeclaredApis;
  readonly #warmUp: number;
  readonly #seed: number;
  #lastCohort = { kind: '', issuer: '', name: ' ', hash: 0 };
  #start = -1;
  #moment: Moment | undefined;

  constructor(limits: MemoryLimits, { declared, warmUp, seed, locate, canaries, honey, hash }: MemorySetup) {
    this.movement = new Movement(locate);
    this.canaries = canaries;
    this.unknownPaths = new UnknownPaths(honey, hash);
    const { settled } = this;
    this.callers = new Population(callerMeasures.list, limits.callers, settled);
    this.sources = new Population(sourceMeasures.list, limits.sources, settled);
    this.operations = new Population(operationMeasures.list, limits.operations, settled);
    this.credentials = new Population(credentialMeasures.list, limits.credentials, settled);
    this.secrets = new Population(secretMeasures.list, limits.secrets, settled);
    this.sleeps = this.credentials.table.column((length) => new Uint16Array(length));
    this.places = this.credentials.table.column((length) => new Uint32Array(length), 4);
    this.consumers = this.operations.table.column((length) => new Uint32Array(length), 4);
    this.newcomers = new Concentration(this.sources.table);
    this.newcomersByDoor = new Concentration(this.operations.table);
    this.lastShare = this.callers.table.column((length) => new Uint32Array(length));
    this.lastPlace = this.callers.table.column((length) => new Uint32Array(length));
    this.users = this.sources.table.column((length) => new Uint16Array(length));
    this.predecessors = new Predecessors(this.callers.table);
    this.rhythm = new Rhythm(this.callers.table);
    this.successors = new Successors(this.sources.table);
    this.visitors = this.sources.table.column((length) => new Uint16Array(length), 2);
    this.objects = new Seen(3 * day, limits.pairBytes);
    this.once = new Seen(12 * hour, limits.pairBytes / 4);
    this.uses = new Seen(28 * day, limits.pairBytes / 4);
    this.devices = new Seen(28 * day, limits.pairBytes / 4);
    this.stays = new Seen(8 * day, limits.pairBytes / 4);
    this.kin = new Seen(28 * day, limits.pairBytes / 4);
    this.owners = new Ownership(limits.pairBytes / 2);
    this.goodAddresses = new Seen(14 * day, limits.pairBytes / 16);
    this.#declared = declared;
    this.#warmUp = warmUp;
    this.#seed = seed;
  }

  /** Bytes of everything that grows with the number of callers. */
  get bytes(): number {
    const populations = [this.callers, this.sources, this.operations, this.credentials, this.secrets];
    const filters = [
      this.objects,
      this.once,
      this.uses,
      this.devices,
      this.stays,
      this.kin,
      this.goodAddresses,
      this.owners,
    ];
    return [...populations.map(({ table }) => table), ...filters].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Takes what contracts declare now. */
  describe(declared: DeclaredApis): void {
    this.#declared = declared;
    this.#views.clear();
  }

  hash(text: string): number {
    return hashText(text, this.#seed);
  }

  /** Takes facts in; gives what is new about them: an object that is another one after the next facts. */
  observe(facts: Facts): Moment {
    const time = this.clock.take(Math.floor(facts.time / 1000));
    if (this.#start < 0) this.#start = time;
    this.settled.days = (time - this.#start) / day;
    this.settled.ready = time - this.#start >= this.#warmUp;
    const { principal } = facts;
    const operation = this.#view(facts);
    const callerLow =
      principal === undefined
        ? hashPair('@', facts.address, this.#seed)
        : hashPair(principal.issuer, principal.subject, this.#seed);
    const callerHigh = hashed.high;
    const cohort = principal === undefined ? anybody : this.#cohort(principal.credentialKind, principal.issuer).name;
    const before = this.callers.table.find(callerHigh, callerLow);
    if (before < 0 && principal !== undefined) this.principals += 1;
    const lastSeen = before < 0 ? time : this.callers.table.last(before);
    const caller = this.callers.touch(callerHigh, callerLow, time, cohort);
    const { status } = facts;
    const network = networkOf(facts.address);
    // One object for all exchanges: nothing keeps it.
    const moment = (this.#moment ??= emptyMoment(facts, operation));
    clear(moment);
    moment.facts = facts;
    moment.operation = operation;
    moment.time = time;
    moment.caller = caller;
    moment.address = this.#source('address', facts.address, time);
    moment.network = this.#source('network', network, time);
    moment.networkName = this.hash(network) >>> 0;
    moment.agent = facts.agent === '' ? -1 : this.#source('agent', facts.agent, time);
    moment.door = this.operations.touch(mixIndex(operation.index), operation.index, time, 'operations');
    moment.callerHigh = callerHigh;
    moment.callerLow = callerLow;
    if (principal !== undefined) this.successors.visit(this, moment, before < 0);
    moment.known = this.callers.isKnown(caller, time);
    moment.isNew = this.settled.days > 2 && this.callers.age(caller, time) < day;
    moment.ok = status >= 200 && status < 400;
    moment.idle = time - lastSeen;
    this.#credential(moment);
    count(this, moment);
    return moment;
  }

  /** Kind and issuer of the credential, as a hash. */
  kindOf({ principal }: Facts): number {
    return principal === undefined ? 0 : this.#cohort(principal.credentialKind, principal.issuer).hash;
  }

  /** Whether somebody got in from this address within two weeks. */
  isGood(address: string): boolean {
    const low = this.hash(address);
    return this.goodAddresses.has(low, hashed.high);
  }

  /** Says who is part of an incident, so that it does not become habit. */
  flag(moment: Moment): void {
    this.callers.flag(moment.caller, moment.time);
    if (moment.credential >= 0) this.credentials.flag(moment.credential, moment.time);
  }

  /** Says that what a caller did was right (an incident was dismissed). */
  accept(callerHigh: number, callerLow: number): void {
    const slot = this.callers.table.find(callerHigh, callerLow);
    if (slot >= 0) this.callers.accept(slot);
  }

  /** The same of whom a detection was about, where that is somebody who calls. */
  acceptSubject({ kind, id, issuer = '' }: Subject): void {
    if (kind !== 'principal' && kind !== 'address') return;
    const low = kind === 'address' ? hashPair('@', id, this.#seed) : hashPair(issuer, id, this.#seed);
    this.accept(hashed.high, low);
  }

  #view(facts: Facts): OperationView {
    const { api, operation, method, template } = facts;
    let of = this.#views.get(api);
    if (of === undefined) {
      if (this.#views.size > 1000) this.#views.clear();
      this.#views.set(api, (of = new Map()));
    }
    // What reached no operation is one, whatever was asked for.
    const isNone = operation === '';
    let view = of.get(operation);
    if (view === undefined) {
      if (of.size > 20_000) of.clear();
      view = viewOf(
        isNone ? { ...facts, template: '', method: '' } : facts,
        this.hash(isNone ? `${api}\n` : `${api}\n${operation}\n${method} ${template}`) >>> 0,
        this.#declared.get(api)?.get(operation),
      );
      of.set(operation, view);
    }
    return view;
  }

  /** `jwt https://login.example.com` and its hash, made once: it is asked for with each exchange. */
  #cohort(kind: string, issuer: string): { readonly name: string; readonly hash: number } {
    if (kind !== this.#lastCohort.kind || issuer !== this.#lastCohort.issuer) {
      const name = `${kind} ${issuer}`;
      this.#lastCohort = { kind, issuer, name, hash: this.hash(name) };
    }
    return this.#lastCohort;
  }

  #source(kind: string, name: string, time: number): number {
    const low = hashPair(kind, name, this.#seed);
    return this.sources.touch(hashed.high, low, time, kind);
  }

  #credential(moment: Moment): void {
    const { principal } = moment.facts;
    if (principal === undefined || principal.credentialId === '') return;
    const { time } = moment;
    const { table } = this.credentials;
    const low = join(moment.callerLow, this.hash(principal.credentialId));
    const high = join(moment.callerHigh, hashed.high);
    const before = table.find(high, low);
    if (before >= 0) moment.slept = time - table.last(before);
    const cohort = this.#cohort(principal.credentialKind, principal.issuer).name;
    const slot = (moment.credential = this.credentials.touch(high, low, time, cohort));
    moment.sleptBefore = this.sleeps.get(slot) * hour;
    if (moment.slept > moment.sleptBefore) this.sleeps.set(slot, Math.min(65_535, Math.ceil(moment.slept / hour)));
  }
}

const mixIndex = (index: number): number => join(index, 0x51ed270b);
