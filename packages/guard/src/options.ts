import type {
  BodyDecoder,
  Contract,
  Leniency,
  Mode,
  ModeSetting,
  Rate,
  UndocumentedSetting,
} from '@castellan/contract';
import type { LinkInput } from '@castellan/policy';
import type { AskApi } from './authenticate/ask-api.ts';
import type { GuardEvent } from './audit/event.ts';
import type { AuditOptions } from './audit/options.ts';
import type { SchemeConfigurations } from './authenticate/index.ts';
import type { BanOptions } from './bans/index.ts';
import type { PolicyContext } from './authorize/context.ts';
import type { EntitiesOption } from './authorize/directory.ts';
import type { LoadResources, Resolver } from './authorize/resources.ts';
import type { LoadShares } from './authorize/sharing.ts';
import type { FactSink } from './facts/facts.ts';
import type { ForwardOptions } from './forward/options.ts';
import type { Modes } from './modes.ts';
import type { ProblemsOption } from './problem-form/options.ts';
import type { LearnOptions } from './learn/recorder.ts';
import type { RegistryOptions } from './report/options.ts';
import type { FiltersOption } from './authorize/stores.ts';
import type { RevocationList, RevocationOptions } from './revocation/index.ts';
import type { SourceOptions } from './source/options.ts';
import type { StateOptions } from './state/index.ts';
import type { TelemetryOptions } from './telemetry/options.ts';
import type { Reloaded } from './watch.ts';

/** How a guard is set up. Everything that the contract says needs no option. */
export interface GuardOptions {
  /**
   * Where the paths of contract, overlays, policies, links, entities and key files are: a folder, a Git repository, URLs with their
   * digests, the registry. Default: the working directory.
   */
  readonly source?: SourceOptions | undefined;
  /**
   * The OpenAPI document: a path, a URL, or the parsed document. A loaded `Contract` is taken as it is. Where the `source` is the
   * registry it says which.
   */
  readonly contract?: string | URL | Readonly<Record<string, unknown>> | Contract | undefined;
  /** OpenAPI Overlay documents, applied in order. */
  readonly overlays?: readonly (string | URL | Readonly<Record<string, unknown>>)[] | undefined;
  /** Trusted issuers, keys and users, by the contract's security scheme names. */
  readonly authentication?: SchemeConfigurations | undefined;
  /** Credentials that are no longer good: a list, or where one is kept and shared. Default: one of this process. */
  readonly revocation?: RevocationList | RevocationOptions | undefined;
  /** Who may not call for a while: where the list is kept and shared. Default: with `state`, or in this process. */
  readonly bans?: BanOptions | undefined;
  /** Cedar policies: paths or globs of `*.cedar` files. */
  readonly policies?: string | readonly string[] | undefined;
  /** Policies that are made of the templates among them: a file in JSON, or the list itself. */
  readonly links?: string | readonly LinkInput[] | undefined;
  /** Tables of shares by resource type: each row links a template of the policies for somebody on one object. */
  readonly sharing?: Readonly<Record<string, LoadShares>> | undefined;
  /** Loaders by resource type, as `guard.resource` takes them. */
  readonly resources?: Readonly<Record<string, LoadResources>> | undefined;
  /**
   * Says what policies should know of each request (`context.mfa`), as `x-castellan.context` declares it. Asked once for a
   * request on which policies decide.
   */
  readonly policyContext?: PolicyContext | undefined;
  /** Tables, documents or models of the resource types: for `request.filter`, which makes conditions for the database. */
  readonly filters?: FiltersOption | undefined;
  /** Groups and attributes that no body tells: a file in Cedar's entities JSON, the list itself, or who to ask. */
  readonly entities?: EntitiesOption | undefined;
  /**
   * Refusals by policy say in their event which policies were considered and which condition failed, with the values
   * compared; those of sensitive properties are hidden. Costs time for every refusal. Default false.
   */
  readonly explain?: boolean | undefined;
  /** Fetches objects through the API's read operations. The gateway sets it. */
  readonly resolver?: Resolver | undefined;
  /** Asks an operation of the API who calls (`whoami`). The gateway sets it. */
  readonly ask?: AskApi | undefined;
  readonly limits?: LimitOptions | undefined;
  /** Where limits, budgets, steps, used proofs and revocations are kept and shared. Default: in this process. */
  readonly state?: StateOptions | undefined;
  readonly audit?: AuditOptions | undefined;
  /**
   * `enforce` refuses; `observe` decides, records and lets pass; `off` rests. For both directions, or for each:
   * `{ requests: 'enforce', responses: 'observe' }`. Default `enforce`.
   */
  readonly mode?: ModeSetting | undefined;
  /** Records what is observed, for `castellan learn`: shapes, never values. A directory, or how much it may hold. */
  readonly learn?: string | LearnOptions | undefined;
  /** The registry that gets a report every ten seconds: that this guard runs, and what it saw. Default none. */
  readonly registry?: RegistryOptions | undefined;
  /** `production` refuses mock identity providers at start. Any name. */
  readonly environment?: string | undefined;
  /** The path prefix of the API here; where not given, those of the contract's `servers`. */
  readonly basePath?: string | undefined;
  /**
   * Whether what is behind decodes a whole path before it routes: then `/users/a%3Aarchive` beside the documented
   * `/users/{id}:archive` is refused. Default false: an encoded delimiter is part of the value. True in the gateway.
   */
  readonly decodesPath?: boolean | undefined;
  /**
   * Paths that are no part of the API, as callers write them: `/health`, `GET /metrics`, `/docs/**`. They pass as they came,
   * and are recorded. Default none: what is undocumented is refused.
   */
  readonly outside?: readonly string[] | undefined;
  /**
   * What becomes of what the contract does not name, where the contract does not say so itself: `refuse`, `remove` or `pass`, by
   * what it is. Each use of the last two is recorded. Default: parameters and properties of requests are refused, properties of
   * answers removed, and of answers with an undocumented status or media type harmless errors pass and others are refused.
   */
  readonly undocumented?: UndocumentedSetting | undefined;
  /**
   * Notations that are let through in requests where the contract does not say so itself, read as what is meant and recorded: null for
   * an optional property (`absent-null`), `True` in the query (`boolean-words`), date-times without a zone (`naive-date-time`), UUIDs
   * without hyphens (`plain-uuid`). Default none.
   */
  readonly leniency?: readonly Leniency[] | undefined;
  /**
   * Who reads bodies that are no JSON, by media type or range: a function, `yaml` for the reader of this package, the name of a package
   * that exports `decode` (`cborg`, `@msgpack/msgpack`), or `pass` to let them pass unread. What is read is held to its schema. Default
   * none: bodies of such formats are refused where their schema speaks of members or items.
   */
  readonly decoders?: Readonly<Record<string, BodyDecoder | string>> | undefined;
  /** Proxies whose `X-Forwarded-For` is believed: addresses, CIDR ranges, `loopback`. Default none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * Where the client's certificate is: `connection`, the TLS connection to this process, or `header`, the field `Client-Cert` that
   * a TLS proxy of `trustedProxies` writes (RFC 9440). The proxy verifies the certificate then. Default `connection`.
   */
  readonly clientCertificate?: 'connection' | 'header' | undefined;
  /** The address that callers use, `https://api.example.com`: what proofs of possession are bound to. */
  readonly origin?: string | undefined;
  readonly cors?: CorsOptions | undefined;
  /** In which form refusals leave: a preset, a template, other statuses, or a function. Default problem details (RFC 9457). */
  readonly problems?: ProblemsOption | undefined;
  /** Where problem types are documented. Default: this server's own `/.well-known/castellan/problems`. */
  readonly problemsUrl?: string | undefined;
  /** Called with every event, after the response has left. Must not throw. */
  readonly onEvent?: ((event: GuardEvent) => void) | undefined;
  /**
   * Functions that are given the facts of every exchange, some milliseconds after it ended and several at once: for detectors and
   * telemetry. One that throws is reported once, and is called again for the next.
   */
  readonly facts?: readonly FactSink[] | undefined;
  /** Where events go beside the audit log, for a SIEM: syslog over TLS, signed webhook. */
  readonly forward?: ForwardOptions | undefined;
  /** Traces, metrics and logs by OTLP (OpenTelemetry). Default none. */
  readonly telemetry?: TelemetryOptions | undefined;
  /**
   * Whether contract, overlays, policies and entities that are files are read again when they change. What cannot be
   * read or is wrong is reported and the last good ones stay in force. Default false; true in the gateway.
   */
  readonly watch?: boolean | undefined;
  /** Called with the outcome of files that changed while `watch` is on. Without it a failure is a process warning. Must not throw. */
  readonly onReload?: ((outcome: Reloaded) => void) | undefined;
  /** Milliseconds since the epoch. For tests. */
  readonly clock?: (() => number) | undefined;
  /** Answers are read by a parser that also refuses duplicate keys: for answers that other processes wrote. */
  readonly strictResponses?: boolean | undefined;
  /** Status of `response-withheld`: 502 where an upstream wrote the response. Default 500. */
  readonly withheldStatus?: 500 | 502 | undefined;
}

export interface LimitOptions {
  /** `600/minute`, `100/15m`: counted before authentication. Default `1200/minute`; `off` for none. */
  readonly perAddress?: string | undefined;
  /** Counted per authenticated subject. Default `1200/minute`; `off` for none. */
  readonly perPrincipal?: string | undefined;
  /**
   * Whether operations for sign-in, one-time codes, recovery, registration, search and export get limits of their own under profile
   * `standard` and `bank`, where the document gives them none. Default true.
   */
  readonly byMeaning?: boolean | undefined;
  /**
   * Sheds calls while the service takes longer than it usually does: the least important first, with 503. Default false.
   */
  readonly overload?: boolean | undefined;
  /** Milliseconds that a call waits for its turn while `overload` sheds. Default 250. */
  readonly patience?: number | undefined;
  /** Largest request body in bytes, or as a size such as `10MB`, where the operation says nothing. Default 1 MiB. */
  readonly maxBody?: number | string | undefined;
  /** Largest response body that is checked, in bytes or as a size; a larger one is withheld. Default 16 MiB. */
  readonly maxResponse?: number | string | undefined;
  /**
   * Values of any kind that a body may hold, 1,000 to 1,000,000. Checking takes some 10 ms for each 25,000, during which nobody else
   * is served. Default 25,000.
   */
  readonly maxNodes?: number | undefined;
  /**
   * How often data may be fetched for one decision: an object, what it is in, what that is in… 1 to 1,000. More is a
   * refusal (`too-many-levels`). Default 25.
   */
  readonly levels?: number | undefined;
}

export interface CorsOptions {
  /** Exact origins: `https://app.example.com`. `*` is refused where credentials are allowed. */
  readonly origins: readonly string[];
  readonly credentials?: boolean | undefined;
  /** Request header fields that scripts may send. Default: `authorization`, `content-type`, and those that the contract names. */
  readonly headers?: readonly string[] | undefined;
  /** Response header fields that scripts may read. */
  readonly expose?: readonly string[] | undefined;
  /** Seconds for which a preflight answer may be kept. Default 600. */
  readonly maxAge?: number | undefined;
}

/** The options with every default filled in. */
export interface Settings {
  /** Of requests. */
  readonly mode: Mode;
  readonly modes: Modes;
  readonly perAddress: Rate | undefined;
  readonly perPrincipal: Rate | undefined;
  readonly byMeaning: boolean;
  /** Milliseconds that a call waits while others are shed; undefined where none are. */
  readonly patience: number | undefined;
  readonly maxBody: number;
  readonly maxResponse: number;
  readonly maxNodes: number;
  readonly leniency: readonly Leniency[] | undefined;
  readonly origin: string | undefined;
  readonly strictResponses: boolean;
  readonly withheldStatus: 500 | 502;
  readonly problemsUrl: string;
}
