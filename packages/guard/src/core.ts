import type { Contract, Decoders, Operation, Routes } from '@castellan/contract';
import type { AnnouncedLifecycle } from './announced-lifecycle.ts';
import type { ClientAddress } from './address.ts';
import type { Authority } from './authorize/authority.ts';
import type { IdHash } from './audit/id-hash.ts';
import type { Pseudonyms } from './audit/log/sealed.ts';
import type { Authentication } from './authenticate/index.ts';
import type { BanList } from './bans/index.ts';
import type { Cors } from './cors.ts';
import type { Limiters } from './limits/limiters.ts';
import type { UntrustedProxy } from './untrusted-proxy.ts';
import type { Settings } from './options.ts';
import type { IncomingRequest } from './incoming.ts';
import type { Outside } from './outside.ts';
import type { Forwarded } from './trace-context.ts';
import type { Modes } from './modes.ts';
import type { Undocumented } from './undocumented.ts';
import type { Plan } from './plan.ts';
import type { Counter } from './state/counter.ts';
import type { ProblemForm } from './problem-form/index.ts';

/**
 * Everything that one version of a contract compiles to. A reload makes a new core and swaps it in whole, so that a
 * request sees one contract from beginning to end; the limiters are carried over.
 */
export interface GuardCore {
  readonly contract: Contract;
  readonly settings: Settings;
  readonly routes: Routes;
  /** What is no part of the API; undefined where everything is. */
  readonly outside: Outside | undefined;
  readonly authentication: Authentication;
  /** The policies; undefined where there are none, and then nothing asks for them. */
  readonly authority: Authority | undefined;
  readonly limiters: Limiters;
  /** Who may not call for a while. */
  readonly bans: BanList;
  /** Whether what answers give away is counted for somebody beside budgets: a sink of facts. */
  readonly countsAnswers: boolean;
  /** The limit by address that every request is counted by; undefined where it is off. */
  readonly addressLimiter: Counter | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Names objects, accounts and agents in events and facts. */
  readonly hashId: IdHash;
  /** Who stands in events, where people have pseudonyms. */
  readonly pseudonyms: Pseudonyms | undefined;
  readonly clientAddress: ClientAddress;
  /** What trusted proxies say of a request; undefined where nobody is trusted. */
  readonly forwarded: ((incoming: IncomingRequest) => Forwarded | undefined) | undefined;
  /** Told of forwarded requests; undefined where proxies are trusted. */
  readonly untrustedProxy: UntrustedProxy | undefined;
  readonly cors: Cors | undefined;
  /** Who reads media types that the guard does not. */
  readonly decoders: Decoders;
  undocumentedIn(operation: Operation): Undocumented;
  /** Until the operation is known. */
  readonly modes: Modes;
  /** What the registry decided about the life cycle. */
  readonly announced: AnnouncedLifecycle;
  /** The form in which refusals leave. */
  readonly problems: ProblemForm;
  /** The path prefix of the API, where another than that of its servers is configured. */
  readonly basePath: string | undefined;
  /** The operation's plan; compiled when its first request comes. */
  planOf(operation: Operation): Plan;
}
