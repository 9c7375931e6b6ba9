import type { Place } from '@castellan/contract';
import { catalogue } from './catalogue/index.ts';
import { controls, isAsked } from './controls.ts';
import type { AnyThreat, Need, Subject } from './definition.ts';
import { controlStates, Evidence, type ControlState } from './evidence/state.ts';
import type { EvidenceRecord } from './evidence/read.ts';
import type { DataClass } from '@castellan/meaning';
import { noReview, type Decision, type Review } from './people/model.ts';
import { riskOf, type Risk, type RiskContext } from './risk.ts';
import { idOf, nameOf, subjectsOf } from './subjects.ts';
import type { ApiSubject, SystemModel } from './system/model.ts';

/**
 * `broken`: an attack succeeded; `open`: a control is not even declared; `declared`, `enforced`: so far every control that
 * the profile asks for; `mitigated`: all are proven (or somebody answers for it until a date); `accepted`: somebody answers
 * for leaving it; `not-asked`: the profile asks for no control here.
 */
export const statuses = ['broken', 'open', 'declared', 'enforced', 'mitigated', 'accepted', 'not-asked'] as const;
export type Status = (typeof statuses)[number];

/** A need with what is evident of it. */
export interface AssessedNeed extends Need {
  readonly asked: boolean;
  readonly state: ControlState;
}

/** A threat at one subject. */
export interface AssessedThreat {
  /** `flood@shop/listOrders`: stable over runs. */
  readonly id: string;
  readonly threat: AnyThreat;
  readonly subject: Subject;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly status: Status;
  readonly risk: Risk;
  readonly needs: readonly AssessedNeed[];
  readonly decision: Decision | undefined;
  /** The API that it is counted under. */
  readonly api: ApiSubject | undefined;
}

export interface AssessOptions {
  readonly evidence?: readonly EvidenceRecord[] | undefined;
  /** Which environment's evidence counts; the one of castellan.yaml where not said. */
  readonly environment?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds that evidence counts. Default 30 days. */
  readonly maxAge?: number | undefined;
  readonly review?: Review | undefined;
  readonly threats?: readonly AnyThreat[] | undefined;
}

/** Everything that was found out. */
export interface Assessment {
  readonly system: SystemModel;
  /** Worst first. */
  readonly threats: readonly AssessedThreat[];
  readonly review: Review;
  /** Whether any evidence about any of the APIs counts; otherwise everything is declared at most. */
  readonly evident: boolean;
  /** Records that do not count any more. */
  readonly stale: number;
  /** Decisions that have ended, or that fit no threat. */
  readonly idle: readonly { readonly decision: Decision; readonly why: 'ended' | 'fits no threat' }[];
  /** Risk of a threat at a subject, should its controls be in other states. */
  readonly riskWith: (threat: AssessedThreat, states: (need: AssessedNeed) => ControlState) => Risk;
}

/** Thirty days. */
const DEFAULT_AGE = 30 * 24 * 3600 * 1000;

/**
 * Looks for every threat at every subject of a system, and says how bad each is and how far it is countered. Pure: the
 * same system, evidence, review and time give the same result.
 */
export function assess(system: SystemModel, options: AssessOptions): Assessment {
  const review = options.review ?? noReview;
  const evidence = new Map(system.apis.map((api) => [api, evidenceOf(api, options)]));
  const today = new Date(options.now).toISOString().slice(0, 10);
  const active = review.decisions.filter(({ until }) => until >= today);
  const used = new Set<Decision>();
  const contexts = new Map(system.apis.map((api) => [api, contextOf(api, review, system)]));
  const fallback = contexts.get(system.apis[0] as ApiSubject) as RiskContext;
  const found: AssessedThreat[] = [];
  for (const subject of subjectsOf(system)) {
    const api = apiOf(subject, system);
    const context = (api === undefined ? undefined : contexts.get(api)) ?? fallback;
    for (const threat of options.threats ?? catalogue) {
      const needs = threat.applies(subject);
      if (needs === undefined) continue;
      const assessed = needs.map((need) => assessNeed(need, subject, api, context, evidence, review));
      const id = `${threat.id}@${idOf(subject)}`;
      const decision = active.find((one) => matches(one.threat, id));
      if (decision !== undefined) used.add(decision);
      const asked = assessed.filter((need) => need.asked).map(({ state }) => state);
      found.push({
        id,
        threat,
        subject,
        subjectId: idOf(subject),
        subjectName: nameOf(subject),
        status: statusOf(asked, decision),
        risk: riskOf(threat, subject, asked, context),
        needs: assessed,
        decision,
        api,
      });
    }
  }
  found.sort((a, b) => rank(a) - rank(b) || b.risk.score - a.risk.score || (a.id < b.id ? -1 : 1));
  return {
    system,
    threats: found,
    review,
    evident: [...evidence.values()].some(({ known }) => known),
    stale: [...evidence.values()].reduce((total, { stale }) => total + stale, 0),
    idle: idleOf(review, used, today),
    riskWith: (threat, states) =>
      riskOf(
        threat.threat,
        threat.subject,
        threat.needs.filter(({ asked }) => asked).map(states),
        (threat.api === undefined ? undefined : contexts.get(threat.api)) ?? fallback,
      ),
  };
}

function idleOf(review: Review, used: ReadonlySet<Decision>, today: string): Assessment['idle'] {
  return review.decisions.flatMap((decision): Assessment['idle'] => {
    if (decision.until < today) return [{ decision, why: 'ended' }];
    return used.has(decision) ? [] : [{ decision, why: 'fits no threat' }];
  });
}

/** Threats that something is to be done about come first. */
function rank({ status }: AssessedThreat): number {
  return status === 'mitigated' || status === 'accepted' || status === 'not-asked' ? 1 : 0;
}

function evidenceOf(api: ApiSubject, options: AssessOptions): Evidence {
  return new Evidence(options.evidence ?? [], {
    apis: [api.name, api.contract.title],
    environment: options.environment ?? api.deployment?.environment,
    digest: api.contract.digest,
    now: options.now,
    maxAge: options.maxAge ?? DEFAULT_AGE,
  });
}

function assessNeed(
  need: Need,
  subject: Subject,
  api: ApiSubject | undefined,
  context: RiskContext,
  evidence: ReadonlyMap<ApiSubject, Evidence>,
  review: Review,
): AssessedNeed {
  const declared =
    need.declared || (need.control === 'retention' && api !== undefined && isRetentionDecided(api, review));
  const operationId = subject.kind === 'operation' ? subject.operation.operationId : undefined;
  const known = api === undefined ? undefined : evidence.get(api);
  // Evidence is kept per API and operation. What stands in a deployment file is judged by the file alone.
  const counts =
    known !== undefined && (subject.kind === 'operation' || subject.kind === 'api' || controls[need.control].guarded);
  const state = counts ? known.state(need.control, operationId, declared) : declared ? 'declared' : 'missing';
  return {
    ...need,
    declared,
    why: declared && !need.declared ? 'decided in the review' : need.why + whoMaySee(need, subject, api, review),
    asked: isAsked(need.control, context.profile),
    state,
  };
}

/** What people answered about who may see the data, beside the threat to it. */
function whoMaySee(need: Need, subject: Subject, api: ApiSubject | undefined, review: Review): string {
  if (need.control !== 'property-read' || subject.kind !== 'operation' || review.answers.size === 0) return '';
  const said = subject.data.gives.flatMap((data) => {
    const answer =
      review.answers.get(`who-may-see:${data}`) ?? review.answers.get(`${api?.name ?? ''}:who-may-see:${data}`);
    return answer === undefined ? [] : [`${data} data is for: ${answer.answer} (${answer.by})`];
  });
  return said.length === 0 ? '' : `; ${said.join('; ')}`;
}

function isRetentionDecided(api: ApiSubject, review: Review): boolean {
  return api.data.classes
    .filter(({ data }) => data !== 'secret')
    .every(
      ({ data }) => review.answers.has(`retention:${data}`) || review.answers.has(`${api.name}:retention:${data}`),
    );
}

function statusOf(asked: readonly ControlState[], decision: Decision | undefined): Status {
  if (asked.includes('broken')) return 'broken';
  if (decision !== undefined) return decision.status;
  if (asked.length === 0) return 'not-asked';
  const worst = controlStates.find((state) => asked.includes(state));
  if (worst === 'missing' || worst === undefined) return 'open';
  return worst === 'proven' ? 'mitigated' : (worst as 'declared' | 'enforced');
}

function matches(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id;
}

function apiOf(subject: Subject, system: SystemModel): ApiSubject | undefined {
  if (subject.kind === 'operation') return subject.api;
  if (subject.kind === 'api') return subject;
  const ids = subject.kind === 'flow' ? [subject.flow.from, subject.flow.to] : [subject.element.id];
  return (
    system.apis.find((api) => ids.includes(api.elementId)) ??
    system.apis.find((api) =>
      system.flows.some(
        ({ from, to }) => (ids.includes(from) && to === api.elementId) || (from === api.elementId && ids.includes(to)),
      ),
    ) ??
    system.apis[0]
  );
}

function contextOf(api: ApiSubject, review: Review, system: SystemModel): RiskContext {
  const answer = (name: string): string | undefined =>
    (review.answers.get(system.apis.length === 1 ? name : `${api.name}:${name}`) ?? review.answers.get(name))?.answer;
  const classImpact: Partial<Record<DataClass, number>> = {};
  for (const { data } of api.data.classes) {
    const value = Number(answer(`how-bad:${data}`));
    if (value >= 1 && value <= 5) classImpact[data] = value;
  }
  const shared = new Set(system.flows.map(({ id }) => id).filter((id) => answer(`network:${id}`) === 'no'));
  return { profile: api.profile, classImpact, safety: answer('safety') === 'yes', sharedNetworks: shared };
}

/** Where a threat can be mended: the deployment file, or the operation. */
export function placeOf(threat: AssessedThreat): Place | undefined {
  const named = threat.needs.find(({ place, state }) => place !== undefined && state === 'missing')?.place;
  if (named !== undefined) return named;
  const { subject } = threat;
  if (subject.kind === 'operation') return subject.api.contract.place(subject.operation.location);
  if (subject.kind === 'api')
    return subject.contract.place({ document: subject.contract.documents[0] ?? '', pointer: '/info' });
  return subject.kind === 'flow' ? subject.flow.place : subject.element.place;
}
