import type { Contract, Operation, Place } from '@castellan/contract';
import {
  compilePolicies,
  policySchema,
  type AuthorizationRequest,
  type Decision,
  type FastRequest,
  type LoadedPolicy,
  type PolicySet,
} from '@castellan/policy';
import type { Change } from './change.ts';
import { areEquivalent, formulaOf, type Formula } from './policies/formula.ts';
import { changedPolicies, type PolicyPair } from './policies/pairs.ts';
import type { Namespace } from './policies/paths.ts';
import { Search } from './policies/search.ts';

/** One file of policies. */
export interface PolicyText {
  readonly file: string;
  readonly text: string;
}

const SEED = 78;
/** Actions that one policy is asked about, those that only one of both versions is for first. */
const MOST_ACTIONS = 6;

/** An operation, or an action that the contract declares. */
type Asked = Pick<Operation, 'operationId' | 'method' | 'path'>;

/** What questions told about one policy. */
interface Told {
  /** Operations that permit what they refused, and refuse what they permitted, because of it; with one who asked. */
  readonly more: Map<Asked, AuthorizationRequest>;
  readonly less: Map<Asked, AuthorizationRequest>;
  /** It holds for more, or fewer, requests, though no decision was seen to turn. */
  wider: boolean;
  narrower: boolean;
  /** It fails where it did not apply, or the other way. */
  fails: Asked | undefined;
}

const NEVER: Formula = { op: 'constant', value: false };

/**
 * What became of each policy whose text changed: it permits more, less, both, the same, or that could not be judged. Both
 * sets are asked the same questions, made from the conditions of both versions and the contract's schema: each condition
 * true, each part of it turned alone, each value just below and above those that are named. What is found is so.
 * @throws PoliciesError for policies that are wrong
 */
export function diffPolicies(
  before: readonly PolicyText[],
  after: readonly PolicyText[],
  contract: Contract,
): Change[] {
  return comparePolicies(compilePolicies({ policies: before }), compilePolicies({ policies: after }), contract);
}

/** See {@link diffPolicies}: of sets that are compiled, without a schema. */
export function comparePolicies(old: PolicySet, now: PolicySet, contract: Contract): Change[] {
  const [namespace] = Object.values(policySchema(contract).json) as Namespace[];
  if (namespace === undefined) return [];
  return changedPolicies(old, now).map((pair) => {
    const told = ask(pair, old, now, contract, namespace);
    return changeOf(pair, told);
  });
}

function ask(pair: PolicyPair, old: PolicySet, now: PolicySet, contract: Contract, namespace: Namespace): Told {
  const formulas = [pair.old, pair.now].flatMap((policy) => (policy === undefined ? [] : [formulaOf(policy.json)]));
  const told: Told = { more: new Map(), less: new Map(), wider: false, narrower: false, fails: undefined };
  if (isTemplate(pair.old) || isTemplate(pair.now)) return told;
  const search = new Search(formulas, seeded(SEED));
  for (const operation of operationsOf(pair, contract, namespace)) {
    const action = namespace.actions[operation.operationId];
    if (action === undefined) continue;
    for (const question of search.questions(operation.operationId, action, namespace)) {
      let request;
      try {
        request = now.convert(question);
      } catch {
        continue;
      }
      const was = saidBy(old, pair.id, pair.old, request);
      const is = saidBy(now, pair.id, pair.now, request);
      const [before, after] = [old.decideFast(request), now.decideFast(request)];
      if (failed(before, pair.id) !== failed(after, pair.id)) told.fails ??= operation;
      const [decided, decides] = [asGuarded(old, before), asGuarded(now, after)];
      // A policy that forbids and fails forbids: what it says is the same, and what comes of it is not.
      if (was === is && decided !== decides) (decides === 'allow' ? told.more : told.less).set(operation, question);
      if (was === is) continue;
      if (is !== 0) told.wider = true;
      if (was !== 0) told.narrower = true;
      if (decided === decides) continue;
      const list = decides === 'allow' ? told.more : told.less;
      if (is > was === (decides === 'allow') && !list.has(operation)) list.set(operation, question);
    }
  }
  return told;
}

function failed({ errors }: Decision, id: string): boolean {
  return errors.some(({ policyId }) => policyId === id);
}

/** What the guard makes of a decision: a policy that forbids and fails forbids. */
function asGuarded({ loaded }: PolicySet, { decision, errors }: Decision): Decision['decision'] {
  if (errors.length === 0) return decision;
  const effects = new Map(loaded.policies.map(({ id, json }) => [id, json.effect]));
  return errors.some(({ policyId }) => effects.get(policyId) === 'forbid') ? 'deny' : decision;
}

/** What a policy says to a request: 1 it permits, -1 it forbids, 0 nothing. */
function saidBy(set: PolicySet, id: string, policy: LoadedPolicy | undefined, request: FastRequest): number {
  if (policy === undefined || !set.satisfies(id, request)) return 0;
  return policy.json.effect === 'permit' ? 1 : -1;
}

/** A template has no part in decisions until it is linked, and links are not compared. */
function isTemplate(policy: LoadedPolicy | undefined): boolean {
  return policy !== undefined && /"slot":/.test(JSON.stringify([policy.json.principal, policy.json.resource]));
}

/** The operations that tell most: those whose action only one version names, then others of different kinds. */
function operationsOf(pair: PolicyPair, contract: Contract, namespace: Namespace): Asked[] {
  const named = (policy: LoadedPolicy | undefined, id: string): boolean => {
    const action = policy?.json.action;
    if (action === undefined) return false;
    if (action.op !== '==' && action.op !== 'in') return true;
    const of = action.op === 'in' && action.entities !== undefined ? action.entities : [action.entity];
    const groups = new Set<string>();
    const climb = (one: string): void => {
      if (groups.has(one)) return;
      groups.add(one);
      if (action.op === 'in') for (const group of namespace.actions[one]?.memberOf ?? []) climb(group.id);
    };
    climb(id);
    return of.some((uid) => uid !== undefined && groups.has(uid.id));
  };
  const declared = (contract.castellan.actions ?? []).map(({ name }): Asked => ({
    operationId: name,
    method: 'action',
    path: name,
  }));
  const kinds = new Set<string>();
  const [one, both]: [Asked[], Asked[]] = [[], []];
  for (const operation of [...contract.operations, ...declared]) {
    const [was, is] = [named(pair.old, operation.operationId), named(pair.now, operation.operationId)];
    if (!was && !is) continue;
    const kind = JSON.stringify([was, is, namespace.actions[operation.operationId]?.appliesTo]);
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    (was === is ? both : one).push(operation);
  }
  return [...one, ...both].slice(0, MOST_ACTIONS);
}

function changeOf(pair: PolicyPair, told: Told): Change {
  const { id, old, now } = pair;
  const what = old === undefined ? 'is new' : now === undefined ? 'is gone' : 'changed';
  const name = `the policy ${id} ${what}`;
  const place = placeOf(now ?? old);
  const [more] = told.more;
  const [less] = told.less;
  const operation = more?.[0] ?? less?.[0];
  const about = { place, ...(operation === undefined ? {} : { operation: `${operation.method} ${operation.path}` }) };
  if (more !== undefined)
    return {
      kind: 'security',
      code: less === undefined ? 'policy-permits-more' : 'policy-permits-otherwise',
      severity: 'high',
      message: `${name}: policies permit what they refused before, for one ${seen(told.more)}${less === undefined ? '' : `; and refuse what they permitted, for one ${seen(told.less)}`}`,
      ...about,
    };
  if (less !== undefined)
    return {
      kind: 'breaking',
      code: 'policy-permits-less',
      severity: 'medium',
      message: `${name}: policies refuse what they permitted before, for one ${seen(told.less)}`,
      ...about,
    };
  if (told.wider || told.narrower) {
    const permits = (now ?? old)?.json.effect === 'permit';
    return {
      kind: permits === told.wider || (told.wider && told.narrower) ? 'security' : 'compatible',
      code: 'policy-overlapped',
      severity: 'medium',
      message: `${name}: it holds for ${told.wider && told.narrower ? 'other' : told.wider ? 'more' : 'fewer'} requests than before; the other policies decide those the same today`,
      ...about,
    };
  }
  if (told.fails !== undefined)
    return {
      kind: 'compatible',
      code: 'policy-fails-otherwise',
      severity: 'low',
      message: `${name}: requests are decided as before, and it fails (an attribute that is not there) where it did not, or the other way; a permit that fails permits nothing`,
      place,
      operation: `${told.fails.method} ${told.fails.path}`,
    };
  if (!isTemplate(old) && !isTemplate(now) && areEquivalent(formula(old), formula(now)) && sameEffect(pair))
    return {
      kind: 'compatible',
      code: 'policy-says-the-same',
      severity: 'info',
      message: `${name}: it says the same in other words`,
      ...about,
    };
  return {
    kind: 'security',
    code: 'policy-not-judged',
    severity: 'medium',
    message: `${name}: what that does could not be judged; read both versions`,
    ...about,
  };
}

function formula(policy: LoadedPolicy | undefined): Formula {
  return policy === undefined ? NEVER : formulaOf(policy.json);
}

function sameEffect({ old, now }: PolicyPair): boolean {
  return old === undefined || now === undefined || old.json.effect === now.json.effect;
}

/** `GET /a and 2 more: User::"at principal" in Group::"staff"`. */
function seen(found: ReadonlyMap<Asked, AuthorizationRequest>): string {
  const [first] = found;
  if (first === undefined) return '';
  const [{ method, path }, { principal, entities = [] }] = first;
  const uid = JSON.stringify(principal);
  const parents = entities.find((entity) => JSON.stringify(entity.uid) === uid)?.parents ?? [];
  const groups = parents.map((parent) => ('id' in parent ? parent.id : '')).filter((group) => group !== '');
  const more = found.size > 1 ? ` and ${found.size - 1} more` : '';
  return `${method} ${path}${more} by a caller in ${groups.length === 0 ? 'no group' : groups.join(', ')}`;
}

function placeOf(policy: LoadedPolicy | undefined): Place {
  const { source, start } = policy?.piece ?? { source: { file: '', text: '' }, start: 0 };
  const lines = source.text.slice(0, start).split('\n');
  return { file: source.file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** A small seeded generator (mulberry32, public domain). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
