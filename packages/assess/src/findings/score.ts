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

/** 0–100, and where the rest went, most first. */
export interface Score {
  readonly value: number;
  readonly losses: readonly Loss[];
}

/** The part of what is left that a rule takes where all operations are touched. */
const WEIGHT: Readonly<Record<Severity, number>> = { critical: 0.45, high: 0.25, medium: 0.1, low: 0.03, info: 0 };

/**
 * The posture score of one document. Each rule that found something takes a part of what the others left: by the
 * worst severity that it found, all of its weight where every operation is touched, four tenths where few are.
 * How often a rule found something beyond that does not count, so that a large API is not worse for being large.
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
  let left = 100;
  const losses: Loss[] = [];
  for (const [id, { title, weight, touched, findings: number }] of [...rules].sort(
    (a, b) => b[1].weight - a[1].weight,
  )) {
    if (weight === 0) continue;
    const share = touched.size === 0 ? 1 : Math.min(1, touched.size / Math.max(1, operations));
    const points = left * weight * (0.4 + 0.6 * share);
    left -= points;
    losses.push({ rule: id, title, points: Math.round(points * 10) / 10, findings: number });
  }
  return { value: Math.round(left), losses: losses.sort((a, b) => b.points - a.points) };
}
