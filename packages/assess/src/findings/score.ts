import type { Finding } from './finding.ts';
import type { Severity } from './risk.ts';

/** What one rule took from the score. */
export interface Loss {
  readonly rule: string;
  readonly title: string;
  /** Points of 100, to one decimal. */
  readonly points: number;
  readonly findings: number;
}

/** 0–100, to one decimal, and where the rest went, most first. */
export interface Score {
  readonly value: number;
  readonly losses: readonly Loss[];
}

/** What a rule weighs where all operations are touched: one that is critical halves a score that was full. */
const WEIGHT: Readonly<Record<Severity, number>> = { critical: 1, high: 0.45, medium: 0.15, low: 0.04, info: 0 };

/**
 * The posture score of one document: `100 / (1 + w)`, where `w` is the sum over all rules that found something: the weight
 * of the worst severity that the rule found, whole where every operation is touched, four tenths where few are.
 * How often a rule found something beyond that does not count, so that a large API is not worse for being large;
 * and since nothing is subtracted below zero, every mend raises the score.
 *
 * @param operations how many operations the document has
 */
export function scoreOf(findings: readonly Finding[], operations: number): Score {
  const rules = new Map<
    string,
    { readonly title: string; weight: number; readonly touched: Set<string>; findings: number }
  >();
  for (const finding of findings) {
    let rule = rules.get(finding.rule);
    if (rule === undefined)
      rules.set(finding.rule, (rule = { title: finding.title, weight: 0, touched: new Set(), findings: 0 }));
    rule.weight = Math.max(rule.weight, WEIGHT[finding.severity]);
    rule.findings += 1;
    for (const operation of finding.operations) rule.touched.add(operation);
  }
  const shares = [...rules].map(([id, { title, weight, touched, findings: number }]) => {
    const share = touched.size === 0 ? 1 : Math.min(1, touched.size / Math.max(1, operations));
    return { rule: id, title, weight: weight * (0.4 + 0.6 * share), findings: number };
  });
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  const value = 100 / (1 + whole);
  const losses = shares
    .filter(({ weight }) => weight > 0)
    .map(({ weight, ...rule }) => ({ ...rule, points: tenth(((100 - value) * weight) / whole) }))
    .toSorted((a, b) => b.points - a.points);
  return { value: tenth(value), losses };
}

function tenth(number: number): number {
  return Math.round(number * 10) / 10;
}
