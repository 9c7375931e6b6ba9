import type { Operation } from '@castellan/contract';
import type { Decision, EntityTypeModel, FastRequest, PreparedRequest } from '@castellan/policy';
import { CedarRecord, Entity, type EntityRef, type EntitySource } from '@castellan/policy/entities';
import type { Exchange } from '../exchange.ts';
import type { Unknown } from '../auth-context.ts';
import { ApiRecord, SharedRecord, Undecidable } from './attributes.ts';
import type { ActionFacts, Authority } from './authority.ts';
import { contextOf, type Told } from './context.ts';
import { Decisions } from './decisions.ts';
import { entityKey, parentsOf, type EntityJson, type EntityUid } from './directory.ts';
import type { KnownObject } from './known-object.ts';
import { isAlone, loadObjects, LoadFailure } from './load.ts';
import { principalOf } from './principal.ts';
import { hidden, refusedBy } from './refused-by.ts';
import type { Ruling } from './one-ruling.ts';
import { RequestShares, type Missing } from './request-shares.ts';
import { UnreadableObjects } from './unreadable.ts';

/** Everything that one request decided and what it was decided on. Made when first needed; nothing outlives the request. */
export class Authorization {
  readonly authority: Authority;
  readonly exchange: Exchange;
  readonly principal: Entity;
  /** Objects that the caller was allowed in this request, by type and id. */
  readonly granted = new Map<string, KnownObject>();
  /** Why the first question was allowed, where the guard explains. */
  explained: string | undefined;
  /** Which policies permitted what, for the event. */
  readonly decisions = new Decisions();
  /** What the caller's credential should say and does not. */
  readonly #unknown: readonly Unknown[];
  readonly #asked: Readonly<Record<string, unknown>> | undefined;
  readonly #spoken: Told;
  /** Of the last question: the questions of one request are about one action, seldom two. */
  #asking: Asking | undefined;
  /** Of the last entity: objects of one type come one after the other. */
  #last: { readonly type: string; readonly name: string; readonly model: EntityTypeModel | undefined } | undefined;
  /** Undefined for what is known not to be there. */
  #entities: Map<string, Entity | undefined> | undefined;
  #missing: Map<string, Missing> | undefined;
  /** All that the directory answered, asked for or not; undefined for what it was asked for and does not know. */
  readonly #told: Map<string, EntityJson | undefined>;
  /** What was loaded, so that nothing is loaded twice for one request. */
  #objects: Map<string, KnownObject> | undefined;
  readonly #shares: RequestShares;
  readonly #unreadable = new UnreadableObjects();

  /**
   * @param told what the directory answered when it was asked who calls
   * @param asked the context of a question that is asked in no request of the API
   * @param own what the application tells of the request
   */
  constructor(
    authority: Authority,
    exchange: Exchange,
    listed: EntityJson | undefined,
    told: readonly EntityJson[] = [],
    asked?: Readonly<Record<string, unknown>>,
    own?: Readonly<Record<string, unknown>>,
  ) {
    this.#spoken = { own, local: authority.clock?.(exchange.now) };
    this.#told = new Map(told.map((entity) => [entityKey(entity.uid.type, entity.uid.id), entity]));
    this.#asked = asked;
    this.authority = authority;
    this.exchange = exchange;
    this.#shares = new RequestShares(authority, exchange, (key, missing) => this.#miss(key, missing));
    this.principal = principalOf(authority, exchange.auth, listed);
    // Whose groups the directory knows needs no credential to say them.
    const unknown = exchange.auth?.unknown ?? noUnknown;
    this.#unknown = listed === undefined ? unknown : unknown.filter((of) => of !== 'groups');
  }

  /** Looks up what policies ask for beyond the request; what is not here yet is noted, to be fetched. */
  readonly source: EntitySource = (type, id) => {
    const { directory } = this.authority;
    const key = entityKey(type, id);
    if (this.#entities?.has(key) === true) return this.#entities.get(key);
    const listed = directory?.known?.get(key) ?? this.#told.get(key);
    const resource = this.authority.resourceOf(type);
    if (listed !== undefined && this.authority.loaders.get(resource) === undefined) {
      const entity = this.#entityOf(listed);
      (this.#entities ??= new Map()).set(key, entity);
      return entity;
    }
    if (directory?.ask !== undefined || this.canLoad(resource)) this.#miss(key, { type, id, whole: true });
    return undefined;
  };

  #miss(key: string, missing: Missing): void {
    this.#missing ??= new Map();
    if (missing.whole || !this.#missing.has(key)) this.#missing.set(key, missing);
  }

  /** What an object of the API is in, once a policy asks: a list says so at once, a function is asked. */
  #parentsOf(type: string, id: string): readonly EntityRef[] {
    const { directory } = this.authority;
    const key = entityKey(type, id);
    const listed = directory?.known?.get(key) ?? this.#told.get(key);
    if (listed !== undefined) return parentsOf(listed);
    // What has no id yet is nowhere.
    if (directory?.ask !== undefined && id !== '' && !this.#told.has(key)) this.#miss(key, { type, id, whole: false });
    return noParents;
  }

  /** An object of the API as an entity. What is known of its parents comes from the directory. */
  entity(type: string, id: string, value: Readonly<Record<string, unknown>> | undefined, absent?: () => void): Entity {
    const { authority } = this;
    if (this.#last?.type !== type) {
      const name = authority.nameOf(type);
      this.#last = { type, name, model: authority.typeOf(name) };
    }
    const { name, model } = this.#last;
    const shared = id === '' ? undefined : authority.sharing?.names(type);
    const attributes =
      model === undefined || (value === undefined && shared === undefined)
        ? CedarRecord.empty
        : shared === undefined
          ? new ApiRecord(value ?? {}, model.attributes, authority.ids, absent)
          : new SharedRecord(value ?? {}, model.attributes, authority.ids, absent, shared, () =>
              this.#shares.of(type, id),
            );
    if (authority.directory === undefined) return new Entity(name, id, attributes);
    return new Entity(name, id, attributes, () => this.#parentsOf(name, id));
  }

  /**
   * An object of an answer as an entity. What the answer says of it counts; what it leaves out is taken from what a handler
   * said of it, from what was loaded in this request, or where a policy asks for it, from the type's loader.
   */
  answered(type: string, id: string, value: Readonly<Record<string, unknown>>): Entity {
    const granted = this.granted.size === 0 ? undefined : this.granted.get(entityKey(type, id))?.value;
    const loaded = this.#objects?.get(entityKey(type, id));
    const known =
      granted === undefined && loaded?.value === undefined ? value : { ...loaded?.value, ...granted, ...value };
    // A handler may say less of an object than there is.
    if (loaded !== undefined || id === '' || this.authority.loaders.get(type) === undefined)
      return this.entity(type, id, known);
    const name = this.authority.nameOf(type);
    return this.entity(type, id, known, () => this.#miss(entityKey(name, id), { type: name, id, whole: true }));
  }

  /** Decides one question with what is known now. */
  rule(facts: ActionFacts, resource: EntityRef): Ruling {
    const before = this.#missing;
    this.#missing = undefined;
    const ruling = this.#rule(facts, resource);
    const needed = this.#missing as Map<string, Missing> | undefined;
    const final = needed === undefined || (ruling.allowed && this.#isFinal(facts, resource));
    this.#missing = before;
    if (!final) for (const [key, missing] of needed) this.#miss(key, missing);
    // What was concluded from what is missing must not be taken for the next object.
    else if (needed !== undefined) this.#note();
    return ruling;
  }

  /** Whether nothing that could be fetched changes a permission: nobody forbids, and one who permits needs nothing more. */
  #isFinal(facts: ActionFacts, resource: EntityRef): boolean {
    const { forbidding, set } = this.authority;
    if (forbidding.size > 0) return false;
    const request = { ...this.#askingOf(facts).request, resource };
    return set.decideFast(request).reasons.some((id) => {
      this.#missing = undefined;
      return set.satisfies(id, request) && this.#missing === undefined;
    });
  }

  /** Why nobody can say whether an action is permitted to this caller, whatever the object is. */
  doubt(facts: ActionFacts): string | undefined {
    const doubt = this.#unknown.length === 0 ? undefined : this.#unknown.find((of) => facts.heldAgainst.has(of));
    return doubt === undefined
      ? undefined
      : `the credential does not say the caller's ${doubt}, by which a policy could forbid ${facts.id}`;
  }

  /** What all questions about an action have in common. */
  requestOf(facts: ActionFacts): Omit<FastRequest, 'resource'> {
    return this.#askingOf(facts).request;
  }

  #rule(facts: ActionFacts, resource: EntityRef): Ruling {
    const doubt = this.doubt(facts);
    if (doubt !== undefined) return { allowed: false, forbidden: true, why: doubt, action: facts.id };
    const asking = this.#askingOf(facts);
    let decision: Decision;
    try {
      // The short way knows no reasons; where it does not say yes, the long one is asked for them.
      asking.prepared ??= this.authority.set.prepare(asking.request);
      if (asking.prepared.permits(resource)) return this.#allow(asking, resource);
      decision = this.authority.set.decideFast({ ...asking.request, resource });
    } catch (error) {
      if (!(error instanceof Undecidable)) throw error;
      return { allowed: false, forbidden: true, why: error.message, action: facts.id };
    }
    // Cedar skips a policy that fails. Skipping one that forbids would let through what it may have forbidden.
    const failed = decision.errors.find(({ policyId }) => this.authority.forbidding.has(policyId));
    if (failed !== undefined)
      return {
        allowed: false,
        forbidden: true,
        why: `policy ${failed.policyId}, which forbids, failed: ${hidden(this.authority, failed.message, resource)}`,
        action: facts.id,
        policies: [failed.policyId],
      };
    if (decision.decision === 'allow') {
      this.decisions.noteOne(facts.id, resource, decision.reasons);
      return this.#allow(asking, resource);
    }
    const refused = refusedBy(this.authority, decision, facts.id, resource);
    const { explain } = this.authority;
    return explain === undefined ? refused : { ...refused, why: explain({ ...asking.request, resource }) };
  }

  /** Decides a question about every object of a type: a permission that looks at the object is none. */
  ruleOnAny(facts: ActionFacts, unknown: EntityRef): Ruling {
    const ruling = this.rule(facts, unknown);
    if (!ruling.allowed) return ruling;
    const { reasons } = this.authority.set.decideFast({ ...this.#askingOf(facts).request, resource: unknown });
    if (reasons.some((id) => this.authority.blind.has(id))) return ruling;
    return {
      allowed: false,
      forbidden: false,
      why: `${facts.id} is permitted on some objects only, and none is named`,
    };
  }

  #allow(asking: Asking, resource: EntityRef): Ruling {
    const { explain } = this.authority;
    const against = this.#unreadable.any
      ? this.#unreadable.against(this.authority, { ...asking.request, resource })
      : undefined;
    if (against !== undefined) return { allowed: false, forbidden: true, why: against, action: asking.facts.id };
    if (explain !== undefined) this.explained ??= explain({ ...asking.request, resource });
    return allowed;
  }

  /**
   * Asks again, with what was missing fetched, until nothing is missing.
   * @param question must not change anything: it is asked more than once
   */
  settled<T>(question: () => T): T | Promise<T> {
    this.#forget();
    const answer = question();
    return this.#missing === undefined ? this.#keep(answer) : this.#fetchAndAsk(question, 1);
  }

  /**
   * What is known of objects that the request is about.
   * @throws LoadFailure also where the caller may not read one
   */
  async objects(type: string, ids: readonly string[], through?: Operation): Promise<readonly KnownObject[]> {
    const objects = await this.#load(type, ids, through);
    const refused = objects.find(({ refusal }) => refusal !== undefined)?.refusal;
    if (refused !== undefined) throw new LoadFailure(refused);
    return objects;
  }

  /** What is known of an object, fetched once per request. */
  async #load(type: string, ids: readonly string[], through?: Operation): Promise<readonly KnownObject[]> {
    const known = (this.#objects ??= new Map());
    const wanted = [...new Set(ids)].filter((id) => !known.has(entityKey(type, id)));
    if (wanted.length > 0)
      for (const object of await loadObjects(this.authority, this.exchange, type, wanted, through))
        known.set(entityKey(type, object.id), object);
    return ids.map((id) => known.get(entityKey(type, id)) ?? { type, id, value: undefined });
  }

  async #fetchAndAsk<T>(question: () => T, round: number): Promise<T> {
    const { levels } = this.authority;
    if (round > levels)
      throw new LoadFailure({
        type: 'forbidden',
        reason: 'too-many-levels',
        log: `more than ${levels} levels of objects had to be fetched`,
      });
    await this.#fetch([...(this.#missing ?? new Map<string, Missing>()).values()]);
    this.#forget();
    const answer = question();
    return this.#missing === undefined ? this.#keep(answer) : this.#fetchAndAsk(question, round + 1);
  }

  #keep<T>(answer: T): T {
    this.#note();
    this.decisions.keep();
    return answer;
  }

  /** What was permitted of the action that is asked about stands in the event. */
  #note(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    this.decisions.note(asking.facts.id, asking.prepared);
    asking.prepared = undefined;
  }

  /** What was missing, and what was concluded from that. */
  #forget(): void {
    this.#missing = undefined;
    this.decisions.discard();
    if (this.#asking !== undefined) this.#asking.prepared = undefined;
  }

  async #fetch(all: readonly Missing[]): Promise<void> {
    const { directory } = this.authority;
    await this.#shares.fetch(all);
    const missing = all.filter(({ shares }) => shares !== true);
    if (directory?.ask !== undefined) await this.#askFor(missing, directory.ask);
    const uids = missing.filter(({ whole }) => whole);
    const values = new Map<string, KnownObject>();
    for (const type of new Set(uids.map((uid) => uid.type))) {
      const resource = this.authority.resourceOf(type);
      if (!this.canLoad(resource)) continue;
      const ids = uids.filter((uid) => uid.type === type).map((uid) => uid.id);
      for (const object of await this.#load(resource, ids)) values.set(entityKey(type, object.id), object);
    }
    for (const { type, id } of uids) {
      const key = entityKey(type, id);
      const told = this.#told.get(key) ?? directory?.known?.get(key);
      (this.#entities ??= new Map()).set(key, this.#entityFrom(type, id, values.get(key), told));
    }
  }

  /** What was fetched of an entity, and what the directory says of it. */
  #entityFrom(
    type: string,
    id: string,
    loaded: KnownObject | undefined,
    told: EntityJson | undefined,
  ): Entity | undefined {
    const resource = this.authority.resourceOf(type);
    if (loaded?.value !== undefined) return this.entityWith(resource, id, loaded.value, told);
    if (told?.attrs !== undefined) return this.#entityOf(told);
    // Whoever may not read something is told 404 as often as 403. Only a loader knows that there is nothing.
    if (loaded !== undefined && this.authority.loaders.get(resource) === undefined)
      return this.#unreadable.add(type, id, told === undefined ? noParents : parentsOf(told));
    return told === undefined ? undefined : this.#entityOf(told);
  }

  async #askFor(missing: readonly Missing[], ask: (uids: readonly EntityUid[]) => Promise<readonly EntityJson[]>) {
    const uids = missing
      .filter(({ type, id }) => !this.#told.has(entityKey(type, id)))
      .map(({ type, id }) => ({ type, id }));
    if (uids.length === 0) return;
    for (const entity of await ask(uids)) this.#told.set(entityKey(entity.uid.type, entity.uid.id), entity);
    for (const { type, id } of uids) {
      const key = entityKey(type, id);
      if (!this.#told.has(key)) this.#told.set(key, undefined);
    }
  }

  entityWith(type: string, id: string, value: Readonly<Record<string, unknown>>, told: EntityJson | undefined): Entity {
    const plain = this.entity(type, id, value);
    return told === undefined ? plain : new Entity(plain.type, id, plain.attributes, parentsOf(told));
  }

  #entityOf(told: EntityJson): Entity {
    const { type, id } = told.uid;
    return this.entityWith(this.authority.resourceOf(type), id, told.attrs ?? {}, told);
  }

  /** Whether an object of a type can be had by its id alone. */
  canLoad(type: string): boolean {
    const { loaders, resolver } = this.authority;
    return loaders.get(type) !== undefined || (resolver !== undefined && isAlone(this.authority, type));
  }

  #askingOf(facts: ActionFacts): Asking {
    if (this.#asking?.facts === facts) return this.#asking;
    this.#note();
    const context = contextOf(this.exchange, facts.model?.context, this.authority.ids, this.#spoken, this.#asked);
    const { principal, source: entities } = this;
    return (this.#asking = {
      facts,
      request: { principal, action: facts.action, context, entities },
      prepared: undefined,
    });
  }
}

/** What the questions about one action have in common. */
interface Asking {
  readonly facts: ActionFacts;
  readonly request: Omit<FastRequest, 'resource'>;
  prepared: PreparedRequest | undefined;
}

const allowed: Ruling = { allowed: true, forbidden: false, why: '' };
const noUnknown: readonly Unknown[] = [];
const noParents: readonly EntityRef[] = [];
