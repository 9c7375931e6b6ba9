import type { Architecture } from '../../src/architecture/index.ts';
import type { Api } from '../../src/posture/api.ts';
import type { Flaw } from '../../src/posture/index.ts';
import type { Rule, Verdict } from './verdict.ts';

/** A rule with one thing wrong. */
export interface Mutant {
  readonly what: string;
  readonly mutant: Rule;
}

/**
 * Each way for a rule to be wrong in one thing that its tests must see.
 * @param expected what the rule says; a thing that it never says cannot be wrong
 */
export function mutantsOf(rule: Rule, expected: readonly Verdict[]): readonly Mutant[] {
  const each = (change: (flaw: Flaw) => Flaw): Rule => finding(rule, (flaws) => flaws.map(change));
  const mutants: Record<string, Rule> = {
    'never fires': finding(rule, () => []),
    'fires always': finding(rule, (flaws, at) => [{ at, message: 'something is wrong' }, ...flaws]),
    'fires twice': finding(rule, (flaws) =>
      flaws.flatMap((flaw) => [flaw, { ...flaw, at: elsewhere(flaw.at), cause: undefined }]),
    ),
    'another severity': each((flaw) => ({ ...flaw, severity: 'critical' })),
    'another confidence': each((flaw) => ({
      ...flaw,
      confidence: (flaw.confidence ?? rule.confidence) === 'low' ? 'high' : 'low',
    })),
    'another message': each((flaw) => ({ ...flaw, message: `${flaw.message}s` })),
    'another place': each((flaw) => ({ ...flaw, at: elsewhere(flaw.at) })),
    'another mend': each((flaw) => ({ ...flaw, mend: { ...flaw.mend, text: 'do nothing' } })),
  };
  if (expected.some(({ operations }) => operations.length > 0))
    mutants['no operations'] = each((flaw) => ({ ...flaw, operations: undefined }));
  if (expected.some(({ members }) => members !== undefined))
    mutants['no members'] = each((flaw) => ({ ...flaw, members: undefined }));
  if (expected.some(({ patch }) => patch !== undefined)) {
    mutants['no patch'] = each((flaw) => ({ ...flaw, mend: { text: flaw.mend?.text ?? rule.mend } }));
    mutants['a patch that is safe or not'] = each((flaw) =>
      flaw.mend === undefined ? flaw : { ...flaw, mend: { ...flaw.mend, safe: flaw.mend.safe !== true } },
    );
    mutants['a patch of another place'] = each((flaw) => {
      const actions = flaw.mend?.actions?.map((action) => ({ ...action, target: '$.info' }));
      return flaw.mend === undefined || actions === undefined ? flaw : { ...flaw, mend: { ...flaw.mend, actions } };
    });
  }
  return Object.entries(mutants).map(([what, mutant]) => ({ what, mutant }));
}

function finding(rule: Rule, change: (flaws: readonly Flaw[], root: Flaw['at']) => readonly Flaw[]): Rule {
  return rule.examines === 'contract'
    ? {
        ...rule,
        find: (api: Api) =>
          change([...rule.find(api)], { document: api.contract.documents[0] ?? '', pointer: '/openapi' }),
      }
    : {
        ...rule,
        find: (architecture: Architecture) => change([...rule.find(architecture)], { file: 'another', line: 1 }),
      };
}

function elsewhere(at: Flaw['at']): Flaw['at'] {
  return 'pointer' in at ? { ...at, pointer: '/info' } : { ...at, line: (at.line ?? 0) + 1 };
}
