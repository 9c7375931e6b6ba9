import type { Contract } from '@castellan/contract';
import { addedFields, isOwnOrigin } from './added-fields.ts';
import { AnnouncedLifecycle } from './announced-lifecycle.ts';
import { decidedAnswer } from './decided-answer.ts';
import { problemOf, undecidedRefusal, type Answer } from './answer.ts';
import { begin } from './authorize/begin.ts';
import { asked, NotAuthorized, noPolicies, permits } from './authorize/handle.ts';
import { denied } from './authorize/refusals.ts';
import { filterOf, type RequestFilter } from './authorize/list-filter.ts';
import { Loaders, type LoadResources } from './authorize/resources.ts';
import { checkWrites } from './authorize/start.ts';
import type { GuardEvent } from './audit/event.ts';
import { endedOf } from './audit/ended-of.ts';
import { Ended } from './audit/ended.ts';
import { recordBefore } from './audit/before-answer.ts';
import { reloadEvent } from './audit/ocsf/reload.ts';
import { openPseudonyms } from './audit/open.ts';
import { openRecords } from './audit/records.ts';
import type { ReportsFared } from './report/fared.ts';
import { warnOfFailure } from './audit/unrecorded.ts';
import { Attempts } from './authenticate/attempts.ts';
import { KeptReplay } from './authenticate/kept-replay.ts';
import { evaluate, permittedActions } from './authzen/evaluate.ts';
import type { Question } from './authzen/request.ts';
import { BanList, type Ban, type Banned, type NewBan } from './bans/index.ts';
import type { GuardCore } from './core.ts';
import type { KeptState } from './compile-core.ts';
import { StageTimer } from './facts/stage-timer.ts';
import { compileScribe, type Scribe } from './facts/scribe.ts';
import { enforcementOf, type Enforcement } from './enforcement/enforcement.ts';
import { Exchange } from './exchange.ts';
import { InForce } from './in-force.ts';
import type { IncomingRequest } from './incoming.ts';
import { admit } from './journey.ts';
import type { Recorder as LearnRecorder } from './learn/recorder.ts';
import { Tap } from './learn/tap.ts';
import { limitsOf, type Principal, type PrincipalLimit } from './limits/left.ts';
import { limitHashKey } from './limits/hash-key.ts';
import { Limiters } from './limits/limiters.ts';
import { notices, type Notice } from './notices.ts';
import type { GuardOptions, Settings } from './options.ts';
import { operationOf, type AnyOperations, type GuardedOperation, type TypesOf } from './operations.ts';
import { type Plan } from './plan.ts';
import { ProblemError } from './problem-error.ts';
import { RevocationList } from './revocation/index.ts';
import { requestId } from './request-id.ts';
import { readOptions } from './read-options.ts';
import type { ListPlace } from './state/appended/place.ts';
import { stateOf } from './state/index.ts';
import { fitOf } from './fit.ts';
import { UntrustedProxy } from './untrusted-proxy.ts';

/**
 * Protects one API. Adapters carry requests through it: `open`, `admit`, the handler, `release` by the operation's
 * plan, `close`. Applications use an adapter, such as `node` from `@castellan/guard/node`.
 */
export interface Guard {
  readonly contract: Contract;
  /** What is not protected, and what is weak: said at start-up. */
  readonly notices: readonly Notice[];
  readonly settings: Settings;
  /**
   * Why what is in force is not what the files or the source say now: they cannot be read, or are wrong. Undefined where it is.
   */
  readonly stale: string | undefined;
  /** Takes credentials back before they expire. */
  readonly revocations: RevocationList;
  /** Who may not call for a while. */
  readonly bans: BanList;
  /**
   * Bans an address, a network, a principal or a credential. In force here when this returns, on all instances that share the state
   * within a second.
   * @throws CastellanError `bad-ban`, `cannot-write`
   */
  ban(ban: NewBan): Promise<Ban>;
  /** Takes a ban back. */
  lift(whom: Banned, reason?: string): Promise<void>;
  /** Where the state has detection keep what was dismissed; undefined where a restart forgets it. */
  readonly incidents: ListPlace | undefined;
  /** Whether there are policies. */
  readonly decides: boolean;
  /**
   * Registers what loads the objects of a resource type, so that writes are decided before the handler runs. Before the
   * guard is put in front of anything.
   * @throws CastellanError `unknown-resource`
   */
  resource(type: string, load: LoadResources): this;
  /**
   * Says that everything is registered. Adapters call it.
   * @throws CastellanError `undecidable-write`: a write whose object nobody can load would be decided on nothing
   */
  start(): void;
  /**
   * Decides on an object for a handler.
   * @throws NotAuthorized where the caller may not; CastellanError `no-policies`, `not-a-resource`
   */
  authorize(exchange: Exchange, type: string, object: object, action?: string): Promise<void>;
  /** The same question with a plain answer. */
  permits(exchange: Exchange, type: string, object: object, action?: string): Promise<boolean>;
  /**
   * What of a type the caller may have in a list, as a condition for the database.
   * @throws CastellanError `no-policies`, `not-a-resource`, `unknown-action`
   */
  filter(exchange: Exchange, type: string, action?: string): Promise<RequestFilter>;
  /**
   * Decides a question that is asked in no request of the API (OpenID AuthZEN). What is not known is denied.
   * @throws CastellanError `no-policies`
   */
  evaluate(question: Question): Promise<boolean>;
  /** The operations that are permitted on a resource. */
  actions(search: Omit<Question, 'action'>): Promise<readonly string[]>;
  /**
   * How well its document fits a request: 0 not at all, 1 for a path of `outside`, 2 for a path that has other methods, 3 and more for an
   * operation, the more the fewer variables its path has.
   * @param target as received
   */
  knows(method: string, target: string): number;
  /** What is enforced of each operation, and in which mode: read from the plans that requests go through. */
  enforcement(): Promise<Enforcement>;
  /** What one principal took of each limit and budget, and may still take. Rejects where the state does not answer. */
  limitsOf(principal: Principal): Promise<readonly PrincipalLimit[]>;
  /** Begins an exchange. */
  open(incoming: IncomingRequest): Exchange;
  /** Takes the request to the handler's door; true where it may pass. A promise only where something waits. */
  admit(exchange: Exchange): boolean | Promise<boolean>;
  /** The guard's own answer after `admit` said no or `exchange.verdict` was set. */
  answer(exchange: Exchange): Answer;
  /** Whether a page of this origin is the API's own, or one that `cors` names: for upgrades, which no preflight precedes. */
  isOwnOrigin(exchange: Exchange, origin: string): boolean;
  /** The refusal as an error, for error handlers of the application. */
  problem(exchange: Exchange): ProblemError;
  /** The fields of CORS and of the life cycle that this request's answer carries, name and value. */
  addedFields(exchange: Exchange): readonly (readonly [name: string, value: string])[];
  /** Ends an exchange: writes its event. Call once, after the answer left; `exchange.status` says with which status. */
  close(exchange: Exchange): void;
  /**
   * Reads the contract, overlays, policies and entities again; `watch` does so by itself. When anything is wrong with them this rejects with a
   * `CastellanError` and the last good ones stay in force. An audit file that was renamed is opened anew in any case.
   * @param changed options that take the place of the others; what is open stays: `audit`, `revocation`, `bans`, `state`, `learn`,
   *   `clock`, `watch`, `resources`, `onEvent`, `facts` and `onReload` (`needs-restart` where one of the first five is another)
   */
  reload(changed?: GuardOptions): Promise<void>;
  /** Audit events that were lost since the start, because the file did not take them. */
  readonly lostEvents: number;
  /** How reports to the option `registry` fare: how many wait, and what was lost since the start. */
  reports(): ReportsFared;
  /** Exchanges that `learn` did not record since the start, because there were too many at once. */
  readonly lostRecords: number;
  /** Ends timers, connections and the audit file. */
  end(): Promise<void>;
}

/** A guard that knows the types of its operations: those that `castellan types` wrote. */
export interface TypedGuard<Operations> extends Guard {
  /**
   * One operation of the contract, typed by what `castellan types` wrote: `createGuard<Operations>(…)`.
   * @throws CastellanError `unknown-operation`
   */
  operation<Id extends keyof Operations & string>(id: Id): GuardedOperation<TypesOf<Operations[Id]>>;
}

/**
 * Loads a contract and compiles a guard for it.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createGuard } from '@castellan/guard';
 * import { node } from '@castellan/guard/node';
 *
 * const guard = await createGuard({ contract: './openapi.yaml', authentication: { oauth: { issuer: 'https://login.example.com', audience: 'orders' } } });
 * createServer(node(guard, (request, response) => response.end(JSON.stringify({ hello: request.auth?.subject })))).listen(8080);
 * ```
 *
 * @throws CastellanError for a document, option or key that can't be used: one line with the place and the mend
 */
export async function createGuard<Operations = AnyOperations>(given: GuardOptions): Promise<TypedGuard<Operations>> {
  let options = readOptions(given);
  const { onEvent } = options;
  const clock = options.clock ?? Date.now;
  const limiters = new Limiters(clock, await stateOf(options.state), limitHashKey(options));
  const { state } = limiters;
  await state.open();
  const ownList = !(options.revocation instanceof RevocationList);
  const revocations =
    options.revocation instanceof RevocationList
      ? options.revocation
      : await new RevocationList({ clock, ...state.revocation, ...options.revocation }).open();
  const bans = await new BanList({ clock, ...state.bans, ...options.bans }).open();
  const loaders = new Loaders();
  const kept: KeptState = {
    limiters,
    revocations,
    bans,
    attempts: new Attempts(state),
    replay: new KeptReplay((scheme) => state.replay(scheme)),
    clock,
    loaders,
    untrustedProxy: new UntrustedProxy(),
    announced: new AnnouncedLifecycle(),
    pseudonyms: options.audit === undefined ? undefined : await openPseudonyms(options.audit, clock),
  };
  const closing = async (error: unknown): Promise<never> => {
    if (ownList) await revocations.close();
    await bans.close();
    await state.close();
    throw error;
  };
  const force = await InForce.open(options, kept).catch(closing);
  let { core, settings } = force;
  force.changed = () => void ({ core, settings, options } = force);
  for (const [type, load] of Object.entries(options.resources ?? {})) loaders.add(core.contract, type, load);
  // What is told by options can be checked at once; loaders may still be registered on the guard.
  if (options.resources !== undefined || options.resolver !== undefined) start();

  function start(): void {
    if (force.started) return;
    checkWrites(core);
    force.started = true;
  }
  const records = await openRecords(options, clock, () => ({ core, options, settings })).catch(closing);
  const { journal, durable } = records;
  force.heard = (error) =>
    journal?.note(reloadEvent({ time: clock(), contract: core.contract, since: force.since, error }));
  // A start with the last good state of an earlier run.
  if (force.sourceFailure !== undefined) force.heard(force.sourceFailure);
  // A guard that records nothing does not load what records.
  const learner: LearnRecorder | undefined =
    options.learn === undefined
      ? undefined
      : new (await import('./learn/recorder.ts')).Recorder(
          { directory: options.learn.directory, maxBytes: options.learn.maxBytes ?? 64 * 1024 * 1024 },
          clock,
        );
  const strangers = new WeakMap<GuardCore, Scribe>();

  const scribeOf = (of: GuardCore, plan: Plan | undefined): Scribe => {
    if (plan !== undefined) return plan.scribe;
    let scribe = strangers.get(of);
    if (scribe === undefined) strangers.set(of, (scribe = compileScribe(of, undefined)));
    return scribe;
  };

  const beginOf = (exchange: Exchange): ReturnType<typeof begin> | undefined =>
    core.authority === undefined ? undefined : begin(core.authority, exchange);

  const guard: TypedGuard<Operations> = {
    get contract() {
      return core.contract;
    },
    get notices() {
      return [...notices(core, options), ...force.notices];
    },
    get stale() {
      return force.failure;
    },
    get settings() {
      return settings;
    },
    get lostRecords() {
      return learner?.lost ?? 0;
    },
    get lostEvents() {
      return journal?.lost ?? 0;
    },
    reports: records.reports,
    operation: (id) => operationOf(core.contract, id),
    revocations,
    bans,
    ban: (ban) => bans.ban(ban),
    lift: (whom, reason) => bans.lift(whom, reason),
    incidents: state.incidents,
    get decides() {
      return core.authority !== undefined;
    },
    resource(type, load) {
      loaders.add(core.contract, type, load);
      return guard;
    },
    start,
    async authorize(exchange, type, object, action) {
      const { allowed, why, decision } = await asked(() => permits(exchange, beginOf, type, object, action));
      const { operation } = exchange;
      if (!allowed)
        throw new NotAuthorized(
          operation === undefined
            ? { type: 'forbidden', reason: 'policy-denied', log: why, decision }
            : denied(core, operation, why, 'policy-denied', decision),
        );
    },
    async permits(exchange, type, object, action) {
      return (await asked(() => permits(exchange, beginOf, type, object, action))).allowed;
    },
    async filter(exchange, type, action) {
      return asked(async () => filterOf(exchange, (await beginOf(exchange)) ?? (await noPolicies()), type, action));
    },
    evaluate: (question) => (core.authority === undefined ? noPolicies() : evaluate(core.authority, question, clock())),
    actions: (search) =>
      core.authority === undefined ? noPolicies() : permittedActions(core.authority, search, clock()),
    knows: (method, target) => fitOf(core, method, target),
    enforcement: () => enforcementOf(core),
    limitsOf: (principal) => limitsOf(core, settings, principal),
    open(incoming) {
      if (!force.started) start();
      const forwarded = core.forwarded?.(incoming);
      const id = forwarded?.requestId ?? requestId();
      const exchange = new Exchange(id, incoming, clock(), performance.now(), settings.origin);
      exchange.trace = forwarded?.trace;
      if (records.hasFacts) exchange.timer = new StageTimer(exchange.startedAt);
      if (learner?.hasRoom === true) exchange.tap = new Tap();
      return exchange;
    },
    admit(exchange) {
      const passes = admit(() => core, exchange);
      if (durable === undefined) return passes;
      const line = (): string => scribeOf(core, exchange.plan).line(new Ended(exchange, performance.now()).asBegun());
      return recordBefore(durable, exchange, passes, line, options.audit?.durability === 'required');
    },
    answer: (exchange) => decidedAnswer(core, exchange),
    isOwnOrigin: (exchange, origin) => isOwnOrigin(core, exchange, origin),
    problem(exchange) {
      const refusal = exchange.verdict?.refusal ?? undecidedRefusal;
      return new ProblemError(problemOf(core, exchange, refusal), decidedAnswer(core, exchange));
    },
    addedFields: (exchange) => addedFields(core, exchange),
    close(exchange) {
      exchange.finish?.();
      learner?.add(core, exchange);
      // What the handler answered, not what the guard did.
      if (exchange.auth !== undefined && exchange.verdict === undefined)
        core.authentication.answered?.(exchange, exchange.auth.schemes, exchange.status);
      if (options.audit === undefined && onEvent === undefined) warnOfFailure(exchange, performance.now());
      if (journal === undefined && onEvent === undefined) return;
      const ended = endedOf(core, exchange, records.hasAttempts);
      const scribe = scribeOf(core, exchange.plan);
      if (onEvent !== undefined) ended.line = scribe.line(ended);
      journal?.add(scribe, ended);
      if (ended.line !== undefined) onEvent?.(JSON.parse(ended.line) as GuardEvent);
    },
    async reload(changed) {
      await journal?.reopen();
      await force.reload(changed);
    },
    async end() {
      await force.close();
      await core.authentication.close();
      if (ownList) await revocations.close();
      await bans.close();
      await state.close();
      await learner?.close();
      await records.close();
    },
  };
  return guard;
}
