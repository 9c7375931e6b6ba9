import type { Contract, Operation, Routes } from '@castellan/contract';
import type { ClientAddress } from './address.ts';
import type { Authority } from './authorize/authority.ts';
import type { Authentication } from './authenticate/index.ts';
import type { Cors } from './cors.ts';
import type { Gcra } from './limits/gcra.ts';
import type { Limiters } from './limits/limiters.ts';
import type { UntrustedProxy } from './untrusted-proxy.ts';
import type { Settings } from './options.ts';
import type { Plan } from './plan.ts';

/**
 * Everything that one version of a contract compiles to. A reload makes a new core and swaps it in whole, so that a
 * request sees one contract from beginning to end; the limiters are carried over.
 */
export interface GuardCore {
  readonly contract: Contract;
  readonly settings: Settings;
  readonly routes: Routes;
  readonly authentication: Authentication;
  /** The policies; undefined where there are none, and then nothing asks for them. */
  readonly authority: Authority | undefined;
  readonly limiters: Limiters;
  /** The limit by address that every request is counted by; undefined where it is off. */
  readonly addressLimiter: Gcra | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly clientAddress: ClientAddress;
  /** Told of forwarded requests; undefined where proxies are trusted. */
  readonly untrustedProxy: UntrustedProxy | undefined;
  readonly cors: Cors | undefined;
  /** The path prefix of the API, where another than that of its servers is configured. */
  readonly basePath: string | undefined;
  /** The operation's plan; compiled when its first request comes. */
  planOf(operation: Operation): Plan;
}
