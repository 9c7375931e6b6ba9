import type { Issue } from '../compiled.ts';
import { Applied } from './applied.ts';
import { forbiddenNames, withWaived } from './composition.ts';
import { type Discriminator, discriminatorOf } from './discriminator.ts';
import { memberPointer, type Explanation } from './explain.ts';
import { spend } from './fuel.ts';
import { entriesOf, listOf, type SchemaNode } from './node.ts';
import { tagged, tagIndex, tagOf } from './tags.ts';
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
  const discriminator = discriminatorOf(compiler.nodes, node);
  if (discriminator?.over === 'children' && explanation.byName) {
    const heir = discriminator.branches.get(tagOf(value, discriminator.property) ?? '');
    if (
      heir !== undefined &&
      !explanation.applyReferred(withWaived(compiler, heir, forbidden), value, pointer, tracker)
    )
      valid = false;
  }
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    if (!Array.isArray(raw[keyword])) continue;
    const branches = listOf(raw, keyword).map((schema, index) => part(schema, keyword, index));
    const named = discriminator?.over === keyword ? namedBy(discriminator, branches, value) : undefined;
    const holds =
      named === undefined
        ? alternatives(explanation, node, keyword, branches, value, pointer, tracker)
        : namedOrOther(explanation, keyword, named, branches, value, pointer, tracker);
    if (!holds) valid = false;
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

/** The alternative that an object's discriminator names; undefined where it leaves the choice to all of them. */
function namedBy(
  { property, branches, positions, fallback }: Discriminator,
  alternatives: readonly SchemaNode[],
  value: unknown,
): SchemaNode | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const position = positions.get(tagOf(value, property) ?? '');
  if (position !== undefined) return alternatives[position];
  const otherwise = [...branches].find(([, { raw }]) => raw === fallback?.raw)?.[0];
  return otherwise === undefined ? undefined : alternatives[positions.get(otherwise) ?? -1];
}

/** What is wrong with a value of a named kind is what is wrong with that kind, unless it is a value of another one. */
function namedOrOther(
  explanation: Explanation,
  keyword: 'anyOf' | 'oneOf',
  named: SchemaNode,
  branches: readonly SchemaNode[],
  value: unknown,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const attempt = explanation.attempt();
  const inner = tracker === undefined ? undefined : new Tracker();
  const holds = attempt.apply(named, value, pointer, inner);
  if (holds && inner !== undefined) tracker?.merge(inner);
  if (holds && (keyword === 'oneOf' || tracker === undefined)) return true;
  if (!holds && explanation.byName) {
    explanation.takeOver(attempt.issues);
    return false;
  }
  let matches = holds ? 1 : 0;
  for (const branch of branches) {
    const other = tracker === undefined ? undefined : new Tracker();
    if (branch === named || !explanation.probe(branch, value, pointer, other)) continue;
    matches++;
    if (other !== undefined) tracker?.merge(other);
  }
  if (matches === 1 || (matches > 1 && keyword === 'anyOf')) return true;
  explanation.takeOver(attempt.issues);
  return false;
}

function alternatives(
  explanation: Explanation,
  node: SchemaNode,
  keyword: 'anyOf' | 'oneOf',
  branches: readonly SchemaNode[],
  value: unknown,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  let matches = 0;
  let closest: Issue[] | undefined;
  let nearest = Infinity;
  const index = tagIndex(explanation.compiler, node, keyword, branches);
  const possible = index === undefined ? undefined : tagged(index, value)?.flatMap((at) => branches[at] ?? []);
  for (const branch of possible ?? branches) {
    const attempt = explanation.attempt();
    const inner = tracker === undefined ? undefined : new Tracker();
    if (attempt.apply(branch, value, pointer, inner)) {
      matches++;
      if (inner !== undefined) tracker?.merge(inner);
      continue;
    }
    const far = distance(attempt.issues, pointer) + unnamed(explanation, branch, value);
    if (far >= nearest) continue;
    nearest = far;
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
  if (closest === undefined && index !== undefined)
    explanation.refuse(
      memberPointer(pointer, index.property),
      'enum',
      'Names none of the alternatives',
      'Send a value that one of the alternatives allows',
    );
  explanation.takeOver(closest ?? []);
  return false;
}

/**
 * How far a value is from an alternative: another type counts most, then another constant (the kind is another one), then how
 * many of its members are wrong. How much is wrong inside of one says little, and only where nothing else differs.
 */
function distance(issues: readonly Issue[], pointer: string): number {
  let sum = new Set(issues.map((issue) => issue.pointer.slice(pointer.length + 1).split('/', 1)[0])).size;
  sum += issues.length / 1_000;
  for (const issue of issues) {
    if (issue.pointer === pointer && issue.keyword === 'type') sum += 10_000;
    else if (issue.keyword === 'const' || issue.keyword === 'enum' || issue.keyword === 'discriminator') sum += 100;
  }
  return sum;
}

/** How many members of a value an alternative does not name, where it names any: who sends a `code` means the one that has one. */
function unnamed({ compiler }: Explanation, alternative: SchemaNode, value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0;
  const { layers } = new Applied(compiler, [alternative]);
  const known = new Set(
    layers.flatMap(({ raw }) => (typeof raw === 'boolean' ? [] : entriesOf(raw, 'properties').map(([name]) => name))),
  );
  if (known.size === 0) return 0;
  const sent = Object.keys(value);
  spend(sent.length);
  let count = 0;
  for (const name of sent) if (!known.has(name)) count++;
  return count;
}
