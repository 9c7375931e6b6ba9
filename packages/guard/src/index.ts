export { createGuard, type Guard, type TypedGuard } from './guard.ts';
export { several } from './several.ts';
export type { AnyOperations, Call, GuardedOperation, OperationTypes } from './operations.ts';
export type { Answered, AskApi } from './authenticate/ask-api.ts';
export { compileIdHash, type IdHash } from './audit/id-hash.ts';
export type { AuthContext, Credential } from './auth-context.ts';
export type { Exchange, Verdict } from './exchange.ts';
export { traceParent, type TraceContext } from './trace-context.ts';
export type { LoadShares, Share } from './authorize/sharing.ts';
export type { LoadContext, LoadResources, Resolved, Resolver } from './authorize/resources.ts';
export type { EntitiesOption, EntityJson, EntityUid } from './authorize/directory.ts';
export { NotAuthorized, type Authorize, type Permits } from './authorize/handle.ts';
export type { ContextRequest, PolicyContext } from './authorize/context.ts';
export type { Filter, RequestFilter } from './authorize/list-filter.ts';
export type { FiltersOption } from './authorize/stores.ts';
export type { IncomingRequest } from './incoming.ts';
export type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from './scheme.ts';
export type { AnchorOptions, AuditOptions, Durability, RetentionOptions } from './audit/options.ts';
export type { CorsOptions, GuardOptions, LimitOptions, Settings } from './options.ts';
export type { RegistryOptions } from './report/options.ts';
export type { ForwardOptions, ForwardedEvents, SyslogOptions, WebhookOptions } from './forward/options.ts';
export type { TelemetryOptions } from './telemetry/options.ts';
export type { Ban, Banned, BanOptions, NewBan } from './bans/index.ts';
export type { Principal, PrincipalLimit } from './limits/left.ts';
export { effectiveLimits, type SaidLimit } from './limits/said.ts';
export type { EnforcedGroup, Enforcement } from './enforcement/enforcement.ts';
export { enforceableControls, type EnforceableControl } from './enforcement/names.ts';
export type { DecidedLifecycle } from './announced-lifecycle.ts';
export type { StateOptions } from './state/index.ts';
export type { Reloaded } from './watch.ts';
export type { GuardEvent, CastellanEvent, RefusedEvent } from './audit/event.ts';
export type { StageTimings } from './facts/stage-timer.ts';
export type {
  AttemptFact,
  ChangeFact,
  Facts,
  FactSink,
  ObjectFact,
  PrincipalFact,
  RefusedFact,
} from './facts/facts.ts';
export type { Notice } from './notices.ts';
export type { Answer } from './answer.ts';
export type { Release, Released } from './stages/release.ts';
export { securityFields, strictTransport, revealingFields } from './security-fields.ts';
export { ProblemError, type RaiseOptions } from './problem-error.ts';
export { problems, type ProblemType, type Refusal } from './problem.ts';
export { problemFixes, problemsPath } from './problems-page.ts';
export type {
  Problem,
  ProblemAnswer,
  ProblemIssue,
  ProblemExchange,
  ProblemOptions,
  ProblemsOption,
  WriteProblem,
} from './problem-form/options.ts';
