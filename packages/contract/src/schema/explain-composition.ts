import type { Issue } from '../compiled.ts';
import { forbiddenNames, withWaived } from './composition.ts';
import { discriminatorOf } from './discriminator.ts';
import type { Explanation } from './explain.ts';
import { listOf, type SchemaNode } from './node.ts';
import { Tracker } from './tracker.ts';

export function explainComposition(
  explanation: Explanation,
  node: SchemaNode,
  value: unknown,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  const { compiler } = explanation;
  if (typeof raw === 'boolean' || !rules.applicator) return true;
  const forbidden = new Set([...forbiddenNames(compiler, node), ...node.waived]);
  const part = (schema: unknown, keyword: string, index?: number): SchemaNode =>
    withWaived(compiler, compiler.nodes.child(node, schema, keyword, index), forbidden);
  let valid = true;
  for (const [index, schema] of listOf(raw, 'allOf').entries()) {
    if (!valid && explanation.full) return false;
    if (!explanation.apply(part(schema, 'allOf', index), value, pointer, tracker)) valid = false;
  }
  const chosen = discriminated(explanation, node, forbidden, value, pointer, tracker);
  if (chosen?.valid === false) valid = false;
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    if (!Array.isArray(raw[keyword]) || chosen?.over === keyword) continue;
    const branches = listOf(raw, keyword).map((schema, index) => part(schema, keyword, index));
    if (!alternatives(explanation, keyword, branches, value, pointer, tracker)) valid = false;
  }
  if (
    raw['not'] !== undefined &&
    explanation.probe(compiler.nodes.child(node, raw['not'], 'not'), value, pointer, undefined)
  ) {
    valid = explanation.refuse(pointer, 'not', 'Must not be what the contract excludes', 'Send another value');
  }
  if (rules.dialect === '2020-12' && raw['if'] !== undefined) {
    const inner = tracker === undefined ? undefined : new Tracker();
    const holds = explanation.probe(compiler.nodes.child(node, raw['if'], 'if'), value, pointer, inner);
    if (holds && inner !== undefined) tracker?.merge(inner);
    const keyword = holds ? 'then' : 'else';
    if (raw[keyword] !== undefined && !explanation.apply(part(raw[keyword], keyword), value, pointer, tracker))
      valid = false;
  }
  return valid;
}

/** What the discriminator chose; undefined where there is none, or it leaves the choice to the branches. */
function discriminated(
  explanation: Explanation,
  node: SchemaNode,
  forbidden: ReadonlySet<string>,
  value: unknown,
  pointer: string,
  tracker: Tracker | undefined,
): { readonly over: 'oneOf' | 'anyOf' | 'children'; readonly valid: boolean } | undefined {
  const { compiler } = explanation;
  const discriminator = discriminatorOf(compiler.nodes, node);
  if (discriminator === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined;
  const { property, branches, over, own, fallback } = discriminator;
  const tag: unknown =
    property in Object.prototype && !Object.hasOwn(value, property)
      ? undefined
      : (value as Record<string, unknown>)[property];
  const target = (typeof tag === 'string' ? branches.get(tag) : undefined) ?? (tag === own ? undefined : fallback);
  if (target !== undefined)
    return { over, valid: explanation.applyReferred(withWaived(compiler, target, forbidden), value, pointer, tracker) };
  if (tag === own && own !== undefined) return { over, valid: true };
  return undefined;
}

function alternatives(
  explanation: Explanation,
  keyword: 'anyOf' | 'oneOf',
  branches: readonly SchemaNode[],
  value: unknown,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  let matches = 0;
  let closest: Issue[] | undefined;
  for (const branch of branches) {
    const attempt = explanation.attempt();
    const inner = tracker === undefined ? undefined : new Tracker();
    if (attempt.apply(branch, value, pointer, inner)) {
      matches++;
      if (inner !== undefined) tracker?.merge(inner);
    } else if (closest === undefined || distance(attempt.issues, pointer) < distance(closest, pointer))
      closest = attempt.issues;
  }
  if (matches === 1 || (matches > 1 && keyword === 'anyOf')) return true;
  if (matches > 1)
    return explanation.refuse(
      pointer,
      'oneOf',
      `Matches ${matches} of the ${branches.length} alternatives, where exactly one may match`,
      'Send what belongs to one alternative only',
    );
  explanation.refuse(
    pointer,
    keyword,
    `Matches none of the ${branches.length} alternatives`,
    'Send what one of the alternatives describes; what follows is wrong with the closest',
  );
  explanation.takeOver(closest ?? []);
  return false;
}

/**
 * How far a value is from an alternative: another type counts most, then another constant (the kind is another one), then how
 * many of its members are wrong. How much is wrong inside of one says little.
 */
function distance(issues: readonly Issue[], pointer: string): number {
  let sum = new Set(issues.map((issue) => issue.pointer.slice(pointer.length + 1).split('/', 1)[0])).size;
  for (const issue of issues) {
    if (issue.pointer === pointer && issue.keyword === 'type') sum += 10_000;
    else if (issue.keyword === 'const' || issue.keyword === 'enum' || issue.keyword === 'discriminator') sum += 100;
  }
  return sum;
}
