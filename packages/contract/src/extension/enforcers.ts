/** What makes a key count: where it is read, and what that changes. */
export interface Enforcer {
  /**
   * `start`, or the stage of a request's journey that does what the key says; `check` where only `castellan check` and
   * `castellan threats` read it, so that no request is refused by it.
   */
  readonly stage:
    | 'start'
    | 'route'
    | 'throttle'
    | 'authenticate'
    | 'receive'
    | 'validate'
    | 'authorize'
    | 'handler'
    | 'release'
    | 'record'
    | 'check';
  /** The file that reads it, from `packages`. */
  readonly file: string;
}

const by = (stage: Enforcer['stage'], file: string): Enforcer => ({ stage, file });

const throttle = by('throttle', 'guard/src/stages/throttle.ts');
const lifecycle = by('route', 'guard/src/lifecycle.ts');
const flow = by('authorize', 'guard/src/authorize/flow.ts');
const page = by('validate', 'guard/src/authorize/page.ts');
const budget = by('authorize', 'guard/src/authorize/spending.ts');
const url = by('validate', 'guard/src/urls/restriction.ts');
const sensitive = by('record', 'policy/src/from-contract/sensitive-properties.ts');
const ignores = by('check', 'assess/src/findings/ignores.ts');
const actions = by('authorize', 'policy/src/from-contract/declared-actions.ts');
const rules = by('authorize', 'guard/src/authorize/rules.ts');

/**
 * Who enforces each key of `x-castellan`. A key of the vocabulary without a row is refused when this is tested; what only
 * the check reads says so in `schemas/x-castellan.json`.
 */
export const enforcers: Readonly<Record<string, Enforcer>> = {
  'api.profile': by('authorize', 'guard/src/authorize/refusals.ts'),
  'api.owner': by('check', 'assess/src/posture/rules/owner-missing.ts'),
  'api.lifecycle.state': lifecycle,
  'api.lifecycle.deprecatedAt': lifecycle,
  'api.lifecycle.sunset': lifecycle,
  'api.lifecycle.successor': lifecycle,
  'api.lifecycle.information': lifecycle,
  'api.budget.records': budget,
  'api.budget.bytes': budget,
  'api.budget.objects': budget,
  'api.budget.sensitive': budget,
  'api.rateLimit.rate': throttle,
  'api.rateLimit.burst': throttle,
  'api.rateLimit.by': throttle,
  'api.rateLimit.cost': throttle,
  'api.rateLimit.counts': throttle,
  'api.context': by('authorize', 'guard/src/authorize/context.ts'),
  'api.zone': by('authorize', 'guard/src/authorize/compile.ts'),
  'api.mode.requests': by('start', 'guard/src/modes.ts'),
  'api.mode.responses': by('start', 'guard/src/modes.ts'),
  'api.undocumented.parameters': by('validate', 'guard/src/undocumented.ts'),
  'api.undocumented.requestProperties': by('validate', 'guard/src/undocumented.ts'),
  'api.undocumented.responseProperties': by('release', 'guard/src/undocumented.ts'),
  'api.undocumented.statuses': by('release', 'guard/src/undocumented.ts'),
  'api.undocumented.mediaTypes': by('release', 'guard/src/undocumented.ts'),
  'api.leniency': by('validate', 'guard/src/lenient/index.ts'),
  'operation.upgrade': by('route', 'guard/src/node/upgrades.ts'),
  'operation.leniency': by('validate', 'guard/src/lenient/index.ts'),
  'operation.undocumented.parameters': by('validate', 'guard/src/undocumented.ts'),
  'operation.undocumented.requestProperties': by('validate', 'guard/src/undocumented.ts'),
  'operation.undocumented.responseProperties': by('release', 'guard/src/undocumented.ts'),
  'operation.undocumented.statuses': by('release', 'guard/src/undocumented.ts'),
  'operation.undocumented.mediaTypes': by('release', 'guard/src/undocumented.ts'),
  'api.ignore.rule': ignores,
  'api.ignore.operation': ignores,
  'api.ignore.at': ignores,
  'api.ignore.reason': ignores,
  'api.ignore.until': ignores,
  'api.actions.name': actions,
  'api.actions.resources': actions,
  'operation.owner': by('check', 'assess/src/posture/rules/owner-missing.ts'),
  'operation.mode.requests': by('start', 'guard/src/modes.ts'),
  'operation.mode.responses': by('start', 'guard/src/modes.ts'),
  'operation.page.limit': page,
  'operation.page.max': page,
  'operation.page.offset': page,
  'operation.page.number': page,
  'operation.page.depth': page,
  'operation.page.expand': page,
  'operation.page.expansions': page,
  'operation.page.levels': page,
  'operation.page.over': page,
  'operation.budget.records': budget,
  'operation.budget.bytes': budget,
  'operation.budget.objects': budget,
  'operation.budget.sensitive': budget,
  'operation.rateLimit.rate': throttle,
  'operation.rateLimit.burst': throttle,
  'operation.rateLimit.by': throttle,
  'operation.rateLimit.cost': throttle,
  'operation.rateLimit.counts': throttle,
  'operation.concurrency': by('throttle', 'guard/src/stages/concurrency.ts'),
  'operation.resource.type': by('authorize', 'contract/src/resources/find.ts'),
  'operation.resource.id': by('authorize', 'contract/src/resources/find.ts'),
  'operation.resolve.operation': by('authorize', 'guard/src/authorize/load.ts'),
  'operation.flow.name': flow,
  'operation.flow.after': flow,
  'operation.flow.pace': flow,
  'operation.flow.ordered': flow,
  'operation.flow.within': flow,
  'operation.flow.minimum': flow,
  'operation.flow.once': flow,
  'operation.flow.per': flow,
  'operation.lifecycle.state': lifecycle,
  'operation.lifecycle.deprecatedAt': lifecycle,
  'operation.lifecycle.sunset': lifecycle,
  'operation.lifecycle.successor': lifecycle,
  'operation.lifecycle.information': lifecycle,
  'operation.maxBody': by('receive', 'guard/src/stages/receive.ts'),
  'operation.existence': by('authorize', 'guard/src/authorize/refusals.ts'),
  'operation.canary': by('record', 'detect/src/operation-view.ts'),
  'operation.denied': by('release', 'guard/src/authorize/answered-resources.ts'),
  'parameter.slashes': by('route', 'contract/src/route/routes.ts'),
  'parameter.sensitivity': sensitive,
  'parameter.url.schemes': url,
  'parameter.url.hosts': url,
  'parameter.url.private': url,
  'schema.resource': by('authorize', 'contract/src/resources/find.ts'),
  'schema.id': by('authorize', 'contract/src/resources/find.ts'),
  'schema.read': rules,
  'schema.write': rules,
  'schema.action': by('authorize', 'contract/src/resources/spot.ts'),
  'schema.sensitivity': sensitive,
  'schema.url.schemes': url,
  'schema.url.hosts': url,
  'schema.url.private': url,
};
