import type { Direction } from '../compiled.ts';
import type { Contract, Schema } from '../model.ts';
import { composed } from '../schema/composition.ts';
import { compilerOf } from '../schema/compiler.ts';
import type { SchemaNode } from '../schema/node.ts';
import { subschemasOf } from '../schema/subschemas.ts';
import { compileResourceAccess } from './access.ts';

/**
 * Texts in a schema's values whose `contentSchema` leads to objects or properties with rules of `x-castellan`: nothing looks
 * into a text, so the rules have no effect there.
 * @param read schemas of contents that something does look into
 * @returns where the texts stand, each once
 */
export function unreadContent(
  contract: Contract,
  schema: Schema,
  direction: Direction,
  read: readonly Schema[] = [],
): readonly Schema[] {
  if (!contract.extended || !hasContent(contract)) return [];
  const compiler = compilerOf(contract.references, { direction });
  const known = new Set<unknown>(read.map(({ raw }) => raw));
  const found: Schema[] = [];
  const pending: SchemaNode[] = [compiler.nodes.at(schema)];
  const seen = new Set<unknown>();
  for (const node of pending) {
    const { raw } = node;
    if (typeof raw === 'boolean' || seen.has(raw)) continue;
    seen.add(raw);
    for (const { node: part } of composed(compiler, node)) pending.push(part);
    for (const { keyword, key, raw: inner } of subschemasOf(raw)) {
      const child = compiler.nodes.child(node, inner, keyword, key);
      if (keyword !== 'contentSchema') pending.push(child);
      else if (!known.has(inner)) {
        known.add(inner);
        const content: Schema = {
          location: { document: child.resource.document, pointer: child.pointer },
          dialect: child.resource.rules.dialect,
          raw: inner,
        };
        if (isRuled(contract, content, direction)) found.push(content);
      }
    }
  }
  return found;
}

function isRuled(contract: Contract, schema: Schema, direction: Direction): boolean {
  if (compileResourceAccess(contract, schema, direction) !== undefined) return true;
  return direction === 'request' && compileResourceAccess(contract, schema, direction, { rules: 'url' }) !== undefined;
}

const withContent = new WeakMap<Contract, boolean>();

/** Whether the word stands in any document: most have none, and their schemas need not be walked. */
function hasContent(contract: Contract): boolean {
  let has = withContent.get(contract);
  if (has === undefined) {
    const pending: unknown[] = contract.documents.map((document) => contract.at({ document, pointer: '' }));
    const seen = new Set<unknown>();
    has = false;
    for (let value = pending.pop(); value !== undefined && !has; value = pending.pop()) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      has = Object.hasOwn(value, 'contentSchema');
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) pending.push(inner);
    }
    withContent.set(contract, has);
  }
  return has;
}
