import type { Direction } from '../compiled.ts';
import type { Contract, Operation, Schema } from '../model.ts';
import { compilerOf, type Compiler } from './compiler.ts';
import { composed, forbiddenNames, withWaived } from './composition.ts';
import type { SchemaNode } from './node.ts';
import { subschemasOf } from './subschemas.ts';
import type { Unit } from './unit.ts';

/** Parts that are excused from requiring what others forbid. */
const excused: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'then',
  'else',
  'dependentSchemas',
  'dependencies',
]);

/**
 * Takes apart every schema that requests and answers of a contract are held to, as compiling them will, without writing any
 * code: a contract that would be too much work is refused when it starts, not when the first request comes.
 * @throws CastellanError `schemas-too-complex`
 */
export function weighSchemas(contract: Contract): void {
  for (const direction of ['request', 'response'] as const) {
    const compiler = compilerOf(contract.references, { direction });
    const seen = new Set<Unit>();
    for (const operation of contract.operations)
      for (const schema of schemasOf(operation, direction)) weigh(compiler, compiler.nodes.at(schema), seen);
  }
}

function schemasOf({ body, parameters, responses }: Operation, direction: Direction): Schema[] {
  const content =
    direction === 'request'
      ? [...(body?.content ?? []), ...parameters.flatMap((parameter) => parameter.content ?? [])]
      : responses.flatMap((response) => response.content);
  const single = direction === 'request' ? parameters.flatMap(({ schema }) => schema ?? []) : [];
  return [...single, ...content.flatMap(({ schema, itemSchema }) => [schema ?? [], itemSchema ?? []].flat())];
}

function weigh(compiler: Compiler, root: SchemaNode, seen: Set<Unit>): void {
  const pending = [root];
  for (const node of pending) {
    const { raw } = node;
    if (typeof raw === 'boolean') continue;
    const unit = compiler.unit(node);
    if (seen.has(unit)) continue;
    seen.add(unit);
    const parts = composed(compiler, node);
    const forbidden = parts.some(({ keyword }) => excused.has(keyword))
      ? new Set([...forbiddenNames(compiler, node), ...node.waived])
      : new Set(node.waived);
    for (const { node: part, keyword, referred } of parts) {
      if (excused.has(keyword) || keyword === 'discriminator') pending.push(withWaived(compiler, part, forbidden));
      else pending.push(referred && node.waived.length > 0 ? { ...part, waived: node.waived } : part);
    }
    for (const { keyword, key, place, raw: inner } of subschemasOf(raw))
      if (place !== 'value' && place !== 'definition') pending.push(compiler.nodes.child(node, inner, keyword, key));
  }
}
