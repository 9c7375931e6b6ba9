import { isDeepStrictEqual } from 'node:util';
import { judge, type Rule, type Verdict } from './verdict.ts';

/** Where a rule says something else about its examples than it should; empty where it passes. A rule that throws does not. */
export async function differences(rule: Rule, expected: readonly (readonly Verdict[])[]): Promise<readonly object[]> {
  const found: object[] = [];
  try {
    if (rule.bad.length !== expected.length) found.push({ examples: rule.bad.length, verdicts: expected.length });
    for (const [index, example] of rule.bad.entries()) {
      const verdicts = await judge(rule, example);
      if (!isDeepStrictEqual(verdicts, expected[index])) found.push({ example, verdicts, expected: expected[index] });
    }
    for (const example of rule.good) {
      const verdicts = await judge(rule, example);
      if (verdicts.length > 0) found.push({ example, verdicts, expected: [] });
    }
  } catch (error) {
    found.push({ error });
  }
  return found;
}
