import type { Contract } from '@castellan/contract';
import { compilePolicies, policySchema, type PolicySet } from '@castellan/policy';
import type { Change } from './change.ts';
import { mentionsOf, probesOf, type Namespace, type Probe } from './probes.ts';

/** One file of policies. */
export interface PolicyText {
  readonly file: string;
  readonly text: string;
}

/** Questions for each operation. */
const PROBES = 1_500;
const SEED = 78;

/**
 * Policies that permit more than before, found by their decisions: both sets are asked the same questions about every
 * operation, made from the contract's schema and the values that the policies mention. What it finds is so; what it does not
 * find may still be, since not every question can be asked.
 * @throws PoliciesError for policies that are wrong
 */
export function diffPolicies(
  before: readonly PolicyText[],
  after: readonly PolicyText[],
  contract: Contract,
): Change[] {
  const schema = policySchema(contract);
  const compile = (texts: readonly PolicyText[]): PolicySet =>
    compilePolicies({
      policies: texts,
      schema: schema.json,
      validation: 'off',
    });
  const [old, now] = [compile(before), compile(after)];
  const [namespace] = Object.values(schema.json) as Namespace[];
  if (namespace === undefined) return [];
  const mentions = mentionsOf([...before, ...after].map(({ text }) => text));
  const changes: Change[] = [];
  for (const operation of contract.operations) {
    const random = seeded(SEED);
    const found = { more: new Map<string, Probe>(), less: 0, asked: 0, gained: 0 };
    for (const probe of probesOf(operation.operationId, namespace, mentions, PROBES, random)) {
      const answer = now.decide(probe);
      const was = old.decide(probe).decision;
      found.asked += 1;
      if (answer.decision === was) continue;
      if (was === 'allow') found.less += 1;
      else {
        found.gained += 1;
        for (const reason of answer.reasons) if (!found.more.has(reason)) found.more.set(reason, probe);
      }
    }
    const name = `${operation.method} ${operation.path}`;
    const place = contract.place(operation.location);
    const [first] = found.more;
    if (first !== undefined) {
      const [, { groups }] = first;
      const who = groups.length === 0 ? 'a caller in no group' : `a caller in ${groups.join(', ')}`;
      changes.push({
        kind: 'security',
        code: 'policy-permits-more',
        severity: 'high',
        message: `${name}: policies permit what they refused before, by ${[...found.more.keys()].join(', ')}: ${who}, for one (${found.gained} of ${found.asked} questions)`,
        operation: name,
        place,
      });
    }
    if (found.less > 0)
      changes.push({
        kind: 'breaking',
        code: 'policy-permits-less',
        severity: 'medium',
        message: `${name}: policies refuse what they permitted before (${found.less} of ${found.asked} questions)`,
        operation: name,
        place,
      });
  }
  return changes;
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
