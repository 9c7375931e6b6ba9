import {
  allowNodes,
  compileRoutes,
  loadContract,
  weighSchemas,
  type Contract,
  type Operation,
} from '@castellan/contract';
import type { AnnouncedLifecycle } from './announced-lifecycle.ts';
import { compileClientAddress } from './address.ts';
import { compileIdHash } from './audit/id-hash.ts';
import type { BanList } from './bans/index.ts';
import { checkBudgets } from './authorize/spending.ts';
import type { Pseudonyms } from './audit/log/sealed.ts';
import { Loaders } from './authorize/resources.ts';
import { checkFilters } from './authorize/stores.ts';
import { Attempts } from './authenticate/attempts.ts';
import { createAuthentication } from './authenticate/index.ts';
import { forwardedCertificates } from './authenticate/forwarded-certificate.ts';
import { KeptReplay } from './authenticate/kept-replay.ts';
import type { GuardCore } from './core.ts';
import { loadDecoders } from './decoders.ts';
import { compileCors } from './cors.ts';
import { checkRates } from './limits/fitting.ts';
import { Limiters } from './limits/limiters.ts';
import type { GuardOptions, Settings } from './options.ts';
import { modesIn } from './modes.ts';
import { compileOutside } from './outside.ts';
import { compilePlan, type Plan } from './plan.ts';
import { compileProblemForm } from './problem-form/index.ts';
import { RevocationList } from './revocation/index.ts';
import { type ReadOptions } from './read-options.ts';
import { requireDigest } from './source/digest.ts';
import { compileForwarded } from './trace-context.ts';
import { undocumentedIn } from './undocumented.ts';
import { UntrustedProxy } from './untrusted-proxy.ts';

/** What is known of credentials, callers and objects, kept over a reload. */
export interface KeptState {
  readonly limiters: Limiters;
  readonly revocations: RevocationList;
  readonly bans: BanList;
  readonly attempts: Attempts;
  readonly replay: KeptReplay;
  readonly clock: () => number;
  readonly loaders: Loaders;
  readonly untrustedProxy: UntrustedProxy;
  readonly pseudonyms: Pseudonyms | undefined;
  readonly announced: AnnouncedLifecycle;
}

/** Operations of a contract whose schemas are weighed before the first request. */
const weighedAtStart = 200;

/** Everything that a guard of these options decides with, compiled. */
export async function compileCore(
  options: ReadOptions,
  settings: Settings,
  kept: KeptState,
  previous?: GuardCore,
): Promise<GuardCore> {
  const contract = await contractOf(options);
  checkRates(contract, settings);
  checkBudgets(contract);
  allowNodes(settings.maxNodes);
  // A large contract would start slower than people wait; its first requests are held to the same budget.
  if (contract.operations.length <= weighedAtStart) weighSchemas(contract);
  if (options.policies === undefined) checkFilters(options.filters, undefined, new Map());
  // A guard without policies does not load what compiles them.
  const authority =
    options.policies === undefined
      ? undefined
      : await (
          await import('./authorize/compile.ts')
        ).compileAuthority(contract, options, kept.loaders, previous?.authority);
  const authentication = await createAuthentication({
    contract,
    authentication: options.authentication ?? {},
    revocations: kept.revocations,
    attempts: kept.attempts,
    replay: kept.replay,
    clock: kept.clock,
    mode: settings.mode,
    ask: options.ask,
    origin: settings.origin,
    basePath: options.basePath,
    origins: options.cors?.origins ?? [],
    forwarded: options.clientCertificate === 'header' ? forwardedCertificates(options.trustedProxies ?? []) : undefined,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  const decoders = await loadDecoders(options.decoders, contract, options.policies !== undefined);
  const { limiters } = kept;
  limiters.shed(settings.patience);
  const routes = compileRoutes(contract, { basePath: options.basePath, decodesPath: options.decodesPath });
  const plans = new Map<Operation, Plan>();
  const core: GuardCore = {
    contract,
    settings,
    authority,
    limiters,
    bans: kept.bans,
    countsAnswers: (options.facts ?? []).length > 0 || options.telemetry !== undefined,
    clock: kept.clock,
    authentication,
    routes,
    outside: compileOutside(options.outside, routes),
    addressLimiter: settings.perAddress === undefined ? undefined : limiters.get('address', settings.perAddress),
    hashId: compileIdHash(options.audit?.key),
    pseudonyms: kept.pseudonyms,
    announced: kept.announced,
    clientAddress: compileClientAddress(options.trustedProxies ?? []),
    forwarded: compileForwarded(options.trustedProxies ?? []),
    untrustedProxy: (options.trustedProxies ?? []).length === 0 ? kept.untrustedProxy : undefined,
    basePath: options.basePath,
    cors: options.cors === undefined ? undefined : compileCors(options.cors, contract, authentication.browserFields),
    decoders,
    undocumentedIn: (operation) => undocumentedIn(contract, operation, options.undocumented),
    modes: modesIn(contract, undefined, settings),
    problems: compileProblemForm(contract, options.problems),
    planOf(operation) {
      let plan = plans.get(operation);
      if (plan === undefined) plans.set(operation, (plan = compilePlan(core, operation)));
      return plan;
    },
  };
  return core;
}

async function contractOf({ contract, overlays, snapshot }: ReadOptions): Promise<Contract> {
  if (isContract(contract)) return contract;
  // The reader of options asks for it, and a source gives it.
  if (contract === undefined) throw new TypeError('options without a contract were read');
  const loaded = await loadContract(contract, { overlays, within: snapshot?.root });
  requireDigest(snapshot, loaded.digest);
  return loaded;
}

function isContract(value: GuardOptions['contract']): value is Contract {
  return typeof value === 'object' && 'operations' in value && 'place' in value && typeof value.place === 'function';
}
