import type { Compiler } from '../schema/compiler.ts';
import { composed, isOnlyReference } from '../schema/composition.ts';
import { discriminatorOf } from '../schema/discriminator.ts';
import { entriesOf, type SchemaNode } from '../schema/node.ts';

/** Schemas that count for a value only where something holds of it. */
export interface Condition {
  readonly layers: readonly SchemaNode[];
  /** One of several alternatives (`anyOf`, `oneOf`). */
  readonly alternative: boolean;
  readonly holds: (value: unknown) => boolean;
}

/** A composition, taken apart. */
export interface Expanded {
  readonly layers: SchemaNode[];
  readonly conditions: Condition[];
  /** References beside which nothing counts but extensions (OpenAPI 3.0). */
  readonly references: SchemaNode[];
  /** False where there are more schemas than are looked at. */
  readonly whole: boolean;
}

interface Pending {
  readonly node: SchemaNode;
  readonly when: readonly ((value: unknown) => boolean)[];
  readonly alternative: boolean;
}

/** Beyond this many schemas at one place, the rest is not looked at: what only they name is documented nowhere. */
const limit = 2_000;

/**
 * Takes a composition apart: the schemas that always hold for a value, through `$ref` and `allOf`, and those that hold
 * under a condition, through `anyOf`, `oneOf`, `if`, `dependentSchemas` and discriminators. `not` documents nothing.
 */
export function expand(compiler: Compiler, nodes: readonly SchemaNode[]): Expanded {
  const layers: SchemaNode[] = [];
  const conditions: Condition[] = [];
  const references: SchemaNode[] = [];
  const seen = new Set<unknown>();
  /** Those that always hold: what was met under a condition before counts without it here. */
  const certain = new Set<unknown>();
  const pending: Pending[] = nodes.map((node) => ({ node, when: [], alternative: false }));
  for (const { node, when, alternative } of pending) {
    if (typeof node.raw === 'boolean') continue;
    // The same schema under other conditions is another layer, but a composition that contains itself ends.
    if (when.length === 0 ? certain.has(node.raw) : seen.has(node.raw) && when.length > 8) continue;
    seen.add(node.raw);
    if (when.length === 0) certain.add(node.raw);
    if (seen.size > limit || conditions.length > limit) return { layers, conditions, references, whole: false };
    if (isOnlyReference(node)) references.push(node);
    else {
      if (when.length === 0) layers.push(node);
      else conditions.push({ layers: [node], alternative, holds: (value) => when.every((holds) => holds(value)) });
    }
    pending.push(...below(compiler, node, when, alternative));
  }
  return { layers, conditions, references, whole: true };
}

function below(compiler: Compiler, node: SchemaNode, when: Pending['when'], alternative: boolean): Pending[] {
  const { raw } = node;
  if (typeof raw === 'boolean') return [];
  const discriminator = discriminatorOf(compiler.nodes, node);
  const found: Pending[] = [];
  for (const { node: part, keyword } of composed(compiler, node)) {
    switch (keyword) {
      case '$ref':
      case '$dynamicRef':
        found.push({ node: part, when, alternative: alternative && saysNothing(raw) });
        break;
      case 'allOf':
        // Of several that all hold, one that says nothing frees nothing.
        found.push({ node: part, when, alternative: false });
        break;
      case 'anyOf':
      case 'oneOf': {
        const valid = validBy(compiler, part);
        const chosen =
          discriminator === undefined || discriminator.over !== keyword
            ? valid
            : (value: unknown) => !discriminator.branches.has(tagOf(value, discriminator.property)) && valid(value);
        found.push({ node: part, when: [...when, chosen], alternative: true });
        break;
      }
      case 'if':
        found.push({ node: part, when: [...when, validBy(compiler, part)], alternative: false });
        break;
      case 'then':
      case 'else': {
        const valid = validBy(compiler, compiler.nodes.child(node, raw['if'] ?? true, 'if'));
        found.push({
          node: part,
          when: [...when, keyword === 'then' ? valid : (value) => !valid(value)],
          alternative: false,
        });
        break;
      }
      case 'dependentSchemas':
      case 'dependencies': {
        const name = entriesOf(raw, keyword).find(([, value]) => value === part.raw)?.[0];
        if (name !== undefined)
          found.push({
            node: part,
            when: [...when, (value) => Object.hasOwn(value as object, name)],
            alternative: false,
          });
        break;
      }
      default:
    }
  }
  if (discriminator !== undefined) {
    for (const [name, part] of discriminator.branches)
      found.push({
        node: part,
        when: [...when, (value) => tagOf(value, discriminator.property) === name],
        alternative: true,
      });
  }
  return found;
}

/** Keywords that do not change what is valid. */
const annotations: ReadonlySet<string> = new Set(
  '$ref $dynamicRef $id $anchor $dynamicAnchor $comment $schema $defs title description default example examples deprecated externalDocs xml'.split(
    ' ',
  ),
);

/** Whether a schema only refers and describes. */
export function saysNothing(raw: object): boolean {
  return Object.keys(raw).every((keyword) => annotations.has(keyword) || keyword.startsWith('x-'));
}

function tagOf(value: unknown, property: string): string {
  const tag = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[property] : undefined;
  return typeof tag === 'string' ? tag : '';
}

function validBy(compiler: Compiler, node: SchemaNode): (value: unknown) => boolean {
  const unit = compiler.unit(node);
  return (value) => {
    try {
      return (unit.f ?? unit.compile())(value);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
}
