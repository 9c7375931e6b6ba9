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

/** Operations of which a part is not described, by operationId, and how much of it: 0 to 1. */
export type Unseen = ReadonlyMap<string, number>;

/** What one rule would look at, had somebody described it. */
export interface Hidden {
  readonly rule: string;
  readonly severity: Severity;
  readonly operations: Unseen;
}

/** What a rule weighs where all operations are touched: one that is critical halves a score that was full. */
const WEIGHT: Readonly<Record<Severity, number>> = { critical: 1, high: 0.45, medium: 0.15, low: 0.04, info: 0 };

/** What is not described weighs a little more than what is described and weak: nobody can even look. */
const NOT_SEEN = 1.3;

/**
 * The posture score of one document: `100 / (1 + w)`, where `w` is the sum over all rules that found something: the weight
 * of the worst severity that the rule found, whole where every operation is touched, four tenths where few are.
 * How often a rule found something beyond that does not count, so that a large API is not worse for being large;
 * and since nothing is subtracted below zero, every mend raises the score.
 *
 * What no schema describes is not safer than what is described and weak: each rule over data counts as having found
 * something in the part of an operation that may hold anything, so that taking descriptions away never raises the score.
 *
 * @param operations how many operations the document has
 * @param hidden what rules over data cannot see, since nobody described it
 */
export function scoreOf(findings: readonly Finding[], operations: number, hidden: Iterable<Hidden> = []): Score {
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
  const blind = new Set<string>();
  let unseen = 0;
  for (const { rule, severity, operations: parts } of hidden) {
    for (const operation of parts.keys()) blind.add(operation);
    unseen += NOT_SEEN * weightOfHidden(rules.get(rule), severity, parts, operations);
  }
  if (unseen > 0)
    shares.push({ rule: 'undescribed', title: 'Data that nothing describes', weight: unseen, findings: blind.size });
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  const value = 100 / (1 + whole);
  const losses = shares
    .filter(({ weight }) => weight > 0)
    .map(({ weight, ...rule }) => ({ ...rule, points: tenth(((100 - value) * weight) / whole) }))
    .toSorted((a, b) => b.points - a.points);
  return { value: tenth(value), losses };
}

/** What a rule would take beyond what it found, had it found something in each part that nobody described. */
function weightOfHidden(
  found: { readonly weight: number; readonly touched: ReadonlySet<string> } | undefined,
  severity: Severity,
  parts: Unseen,
  operations: number,
): number {
  const weight = Math.max(found?.weight ?? 0, WEIGHT[severity]);
  const all = Math.max(1, operations);
  const touched = found === undefined ? 0 : found.touched.size === 0 ? all : found.touched.size;
  const more = [...parts].filter(([operation]) => found?.touched.has(operation) !== true).map(([, part]) => part);
  const share = Math.min(1, (touched + more.reduce((sum, part) => sum + part, 0)) / all);
  const known = found === undefined ? 0 : found.weight * (0.4 + 0.6 * Math.min(1, touched / all));
  return Math.max(0, weight * (0.4 * (found === undefined ? Math.max(0, ...more) : 1) + 0.6 * share) - known);
}

function tenth(number: number): number {
  return Math.round(number * 10) / 10;
}

/** What the score rises by where all findings of one rule are mended. */
export interface Gain {
  readonly rule: string;
  readonly title: string;
  /** Points of 100, to one decimal. */
  readonly points: number;
  /** One sentence without a full stop. */
  readonly mend: string;
  readonly findings: number;
}

/** What to do first: the rules whose fixes give most points, at most five. */
export function gainsOf(score: Score, findings: readonly Finding[]): readonly Gain[] {
  if (score.value === 0) return [];
  // The whole weight, and each rule's share of it, by what they took.
  const whole = 100 / score.value - 1;
  const taken = 100 - score.value;
  return score.losses
    .flatMap(({ rule, title, points, findings: number }): Gain[] => {
      const mend = findings.find((finding) => finding.rule === rule)?.mend.text;
      const left = whole * (1 - (taken === 0 ? 0 : points / taken));
      const gain = tenth(100 / (1 + left) - score.value);
      if (mend === undefined && rule !== 'undescribed') return [];
      return gain > 0
        ? [
            {
              rule,
              title,
              points: gain,
              mend: mend ?? 'give each body, answer and parameter a schema',
              findings: number,
            },
          ]
        : [];
    })
    .toSorted((a, b) => b.points - a.points)
    .slice(0, 5);
}
