import type { Explanation, PolicyExplanation } from './explain.ts';

/** An explanation in words, a line each. Sensitive values stand as `(hidden)`. */
export function explainInWords(explanation: Explanation): string[] {
  const { decision, reasons, policies, forOtherActions } = explanation;
  const lines = [summary(decision, reasons)];
  const order = ['satisfied', 'not-satisfied', 'error', 'other-head'];
  const sorted = [...policies].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  for (const policy of sorted) lines.push(...policyInWords(policy));
  if (forOtherActions > 0)
    lines.push(`${forOtherActions} ${forOtherActions === 1 ? 'policy is' : 'policies are'} for other actions`);
  return lines;
}

function summary(decision: 'allow' | 'deny', reasons: readonly string[]): string {
  if (decision === 'allow') return `allow: permitted by ${reasons.join(', ')}`;
  return reasons.length === 0 ? 'deny: no policy permits it' : `deny: forbidden by ${reasons.join(', ')}`;
}

function policyInWords({ policyId, place, effect, outcome, because, determined }: PolicyExplanation): string[] {
  const name = `${policyId} (${place})`;
  const verb = effect === 'permit' ? 'permits' : 'forbids';
  switch (outcome) {
    case 'satisfied':
      return [`${name} ${verb} it${determined ? '' : ', but a forbid policy overrides it'}`];
    case 'error':
      return [
        `${name} was skipped: ${because?.expression} cannot be evaluated: ${because?.error}`,
        ...valuesInWords(because),
      ];
    case 'other-head':
      return [`${name} is for others: ${because?.expression}`, ...valuesInWords(because)];
    case 'not-satisfied':
      return [`${name} does not apply: this is ${because?.was}: ${because?.expression}`, ...valuesInWords(because)];
  }
}

function valuesInWords(because: PolicyExplanation['because']): string[] {
  return (because?.values ?? []).map(({ expression, value }) => `    ${expression} is ${value ?? '(hidden)'}`);
}
