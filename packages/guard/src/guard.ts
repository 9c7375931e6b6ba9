import { randomUUID } from 'node:crypto';
import { compileRoutes, loadContract, type Contract, type Operation } from '@castellan/contract';
import { compileClientAddress } from './address.ts';
import { answerOf, type Answer } from './answer.ts';
import type { GuardEvent } from './audit/event.ts';
import { compileRecord, type Recorder } from './audit/record.ts';
import { openAuditFile, type AuditSink } from './audit/sink.ts';
import { Attempts } from './authenticate/attempts.ts';
import { createAuthentication } from './authenticate/index.ts';
import type { GuardCore } from './core.ts';
import { compileCors } from './cors.ts';
import { Exchange } from './exchange.ts';
import type { IncomingRequest } from './incoming.ts';
import { admit } from './journey.ts';
import { Limiters } from './limits/limiters.ts';
import { notices, type Notice } from './notices.ts';
import type { GuardOptions, Settings } from './options.ts';
import { operationOf, type AnyOperations, type GuardedOperation, type TypesOf } from './operations.ts';
import { compilePlan, type Plan } from './plan.ts';
import { RevocationList } from './revocation/index.ts';
import { readSettings } from './settings.ts';

/**
 * Protects one API. Adapters carry requests through it: `open`, `admit`, the handler, `release` by the operation's
 * plan, `close`. Applications use an adapter, such as `node` from `@castellan/guard/node`.
 */
export interface Guard {
  readonly contract: Contract;
  /** What is not protected, and what is weak: said at start-up. */
  readonly notices: readonly Notice[];
  readonly settings: Settings;
  /** Takes credentials back before they expire. */
  readonly revocations: RevocationList;
  /** Begins an exchange. */
  open(incoming: IncomingRequest): Exchange;
  /** Takes the request to the handler's door; true where it may pass. A promise only where something waits. */
  admit(exchange: Exchange): boolean | Promise<boolean>;
  /** The guard's own answer after `admit` said no or `exchange.verdict` was set. */
  answer(exchange: Exchange): Answer;
  /** The CORS fields that this request's answer carries, name and value. */
  crossOrigin(exchange: Exchange): readonly (readonly [name: string, value: string])[];
  /** Ends an exchange: writes its event. Call once, after the answer left; `exchange.status` says with which status. */
  close(exchange: Exchange): void;
  /**
   * Reads the contract, overlays and policies again. When anything is wrong with them this rejects with a
   * `CastellanError` and the last good ones stay in force.
   */
  reload(): Promise<void>;
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
export async function createGuard<Operations = AnyOperations>(options: GuardOptions): Promise<TypedGuard<Operations>> {
  const settings = readSettings(options);
  const limiters = new Limiters();
  const clock = options.clock ?? Date.now;
  const ownList = !(options.revocation instanceof RevocationList);
  const revocations = ownList
    ? await new RevocationList({ clock, ...(options.revocation as object | undefined) }).open()
    : (options.revocation as RevocationList);
  const identity: IdentityState = { revocations, attempts: new Attempts(), clock };
  let core = await compileCore(options, settings, limiters, identity).catch(async (error: unknown) => {
    if (ownList) await revocations.close();
    throw error;
  });
  const sink: AuditSink | undefined = options.audit === undefined ? undefined : openAuditFile(options.audit.file);
  const strangers = new WeakMap<GuardCore, Recorder>();

  const recorderOf = (of: GuardCore, plan: Plan | undefined): Recorder => {
    if (plan !== undefined) return plan.record;
    let recorder = strangers.get(of);
    if (recorder === undefined) strangers.set(of, (recorder = compileRecord(of, undefined)));
    return recorder;
  };

  const guard: TypedGuard<Operations> = {
    get contract() {
      return core.contract;
    },
    get notices() {
      return notices(core, options);
    },
    settings,
    operation: (id) => operationOf(core.contract, id),
    revocations,
    open(incoming) {
      return new Exchange(randomUUID(), incoming, clock(), performance.now(), settings.origin);
    },
    admit(exchange) {
      return admit(core, exchange);
    },
    answer(exchange) {
      const { answer, verdict } = exchange;
      const own: Answer =
        answer !== undefined && verdict === undefined
          ? answer
          : answerOf(
              exchange,
              verdict?.refusal ?? { type: 'internal-error', reason: 'no-decision' },
              settings.problemsUrl,
            );
      const cors = exchange.answer === undefined ? guard.crossOrigin(exchange) : none;
      return cors.length === 0 ? own : { ...own, headers: { ...own.headers, ...Object.fromEntries(cors) } };
    },
    crossOrigin(exchange) {
      const origin = exchange.fields?.origin;
      const fields = origin === undefined ? undefined : core.cors?.fields(origin);
      return fields === undefined ? none : Object.entries(fields);
    },
    close(exchange) {
      exchange.finish?.();
      if (sink === undefined && options.onEvent === undefined) return;
      const line = recorderOf(core, exchange.plan)(exchange, performance.now());
      sink?.write(line);
      options.onEvent?.(JSON.parse(line) as GuardEvent);
    },
    async reload() {
      const previous = core;
      core = await compileCore(options, settings, limiters, identity);
      await previous.authentication.close();
    },
    async end() {
      await core.authentication.close();
      if (ownList) await revocations.close();
      await sink?.close();
    },
  };
  return guard;
}

const none: readonly (readonly [string, string])[] = [];

/** What is known of credentials and callers, kept over a reload. */
interface IdentityState {
  readonly revocations: RevocationList;
  readonly attempts: Attempts;
  readonly clock: () => number;
}

async function compileCore(
  options: GuardOptions,
  settings: Settings,
  limiters: Limiters,
  identity: IdentityState,
): Promise<GuardCore> {
  const contract = isContract(options.contract)
    ? options.contract
    : await loadContract(options.contract, options.overlays === undefined ? {} : { overlays: options.overlays });
  const authentication = await createAuthentication({
    contract,
    authentication: options.authentication ?? {},
    ...identity,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  const plans = new Map<Operation, Plan>();
  const core: GuardCore = {
    contract,
    settings,
    limiters,
    authentication,
    routes: compileRoutes(contract, options.basePath === undefined ? {} : { basePath: options.basePath }),
    addressLimiter: settings.perAddress === undefined ? undefined : limiters.get('address', settings.perAddress),
    clientAddress: compileClientAddress(options.trustedProxies ?? []),
    cors: options.cors === undefined ? undefined : compileCors(options.cors),
    planOf(operation) {
      let plan = plans.get(operation);
      if (plan === undefined) plans.set(operation, (plan = compilePlan(core, operation)));
      return plan;
    },
  };
  return core;
}

function isContract(value: GuardOptions['contract']): value is Contract {
  return typeof value === 'object' && 'operations' in value && 'place' in value && typeof value.place === 'function';
}
