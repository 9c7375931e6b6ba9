// Puts the same question to the official engine and to the compiled policies.
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { CastellanError } from '@castellan/contract';
import {
  compilePolicies,
  EntityRef,
  type AuthorizationRequest,
  type EntityJson,
  type PolicySet,
} from '@castellan/policy';
import { policies, request, type Policies } from './cases.ts';
import { Random } from './random.ts';

export interface Tally {
  cases: number;
  allowed: number;
  /** Answers in which some policy erred. */
  erring: number;
  /** Answers that some policy determined. */
  determined: number;
  /** Requests that the engine refused to read. */
  refused: number;
  sets: number;
}

export interface Disagreement {
  readonly seed: number;
  readonly policies: Policies;
  readonly request: unknown;
  readonly engine: string;
  readonly compiled: string;
}

type Request = AuthorizationRequest & { readonly entities: readonly EntityJson[] };

/**
 * Compares `count` cases, from one seed on.
 * @param perSet how many requests are put to each set of policies
 */
export function compare(
  count: number,
  seed: number,
  perSet = 20,
  progress?: (tally: Tally) => void,
): { tally: Tally; disagreement?: Disagreement } {
  const tally: Tally = { cases: 0, allowed: 0, erring: 0, determined: 0, refused: 0, sets: 0 };
  while (tally.cases < count) {
    const own = (seed * 1_000_003 + tally.sets) >>> 0;
    const random = new Random(own);
    const input = policies(random);
    tally.sets += 1;
    const ready = cedar.preparsePolicySet('fuzz', {
      staticPolicies: { ...input.policies },
      templates: { ...input.templates },
      templateLinks: input.links.map((link) => ({ ...link, values: link.values as never })),
    });
    if (ready.type === 'failure')
      throw new Error(`the generator made a policy that the engine refuses: ${JSON.stringify([ready, input])}`);
    const set = compilePolicies(input);
    for (let i = 0; i < perSet && tally.cases < count; i++) {
      const question = request(random);
      const engine = ask(question, tally);
      const compiled = decide(set, question);
      if (engine !== compiled)
        return { tally, disagreement: { seed: own, policies: input, request: question, engine, compiled } };
      tally.cases += 1;
      if (progress !== undefined && tally.cases % 10_000 === 0) progress(tally);
    }
  }
  return { tally };
}

function ask(question: Request, tally: Tally): string {
  const answer = cedar.statefulIsAuthorized({
    ...(question as never as Parameters<typeof cedar.statefulIsAuthorized>[0]),
    preparsedPolicySetId: 'fuzz',
  });
  if (answer.type === 'failure') {
    tally.refused += 1;
    return 'refused';
  }
  const { decision, diagnostics } = answer.response;
  if (decision === 'allow') tally.allowed += 1;
  if (diagnostics.errors.length > 0) tally.erring += 1;
  if (diagnostics.reason.length > 0) tally.determined += 1;
  return canonical(
    decision,
    diagnostics.reason,
    diagnostics.errors.map(({ policyId }) => policyId),
  );
}

function decide(set: PolicySet, question: Request): string {
  try {
    const { decision, reasons, errors } = set.decide(question);
    checkPrepared(set, question, decision === 'allow' && errors.length === 0);
    return canonical(
      decision,
      reasons,
      errors.map(({ policyId }) => policyId),
    );
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'bad-request') return 'refused';
    throw error;
  }
}

/** The way of lists must say the same of the resource, and of the others of its type that were asked about before it. */
function checkPrepared(set: PolicySet, question: Request, expected: boolean): void {
  const { resource, ...request } = set.convert(question);
  const prepared = set.prepare(request);
  const others = question.entities.flatMap(({ uid }) => {
    const { type, id } = '__entity' in uid ? uid.__entity : uid;
    const other = request.entities(type, id);
    return other?.type === resource.type ? [other] : [];
  });
  for (const asked of [new EntityRef(resource.type, 'nobody'), ...others, resource]) {
    const { decision, errors } = set.decideFast({ ...request, resource: asked });
    const permitted = prepared.permits(asked);
    const isExpected = asked === resource ? expected : decision === 'allow' && errors.length === 0;
    if (permitted !== isExpected)
      throw new Error(`prepared, ${asked} is ${permitted ? '' : 'not '}permitted: ${JSON.stringify(question)}`);
  }
}

function canonical(decision: string, reasons: readonly string[], errors: readonly string[]): string {
  return JSON.stringify([decision, [...reasons].sort(), [...errors].sort()]);
}
