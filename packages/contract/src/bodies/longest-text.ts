import type { MediaType } from '../model.ts';
import { composed } from '../schema/composition.ts';
import { compilerOf } from '../schema/compiler.ts';
import type { SchemaNode } from '../schema/node.ts';
import type { SchemaSource } from '../schema/index.ts';
import { subschemasOf } from '../schema/subschemas.ts';

/**
 * The longest text that the schemas of a body say may come (the greatest `maxLength` at any place of them, through references): a
 * document that asks for long texts has said so.
 * @returns UTF-16 units: `maxLength` counts characters, of which each may be two; 0 where no schema says anything
 */
export function longestText(source: SchemaSource, content: readonly MediaType[]): number {
  const compiler = compilerOf(source.references, { direction: 'request' });
  const pending: SchemaNode[] = content.flatMap(({ schema, itemSchema }) =>
    [schema, itemSchema].flatMap((one) => (one === undefined ? [] : [compiler.nodes.at(one)])),
  );
  const seen = new Set<unknown>();
  let longest = 0;
  for (const node of pending) {
    const { raw } = node;
    if (typeof raw === 'boolean' || seen.has(raw)) continue;
    seen.add(raw);
    const most = raw['maxLength'];
    if (typeof most === 'number' && most > longest) longest = most;
    pending.push(...composed(compiler, node).map((part) => part.node));
    for (const { keyword, key, place, raw: inner } of subschemasOf(raw))
      if (place !== 'value' && place !== 'definition') pending.push(compiler.nodes.child(node, inner, keyword, key));
  }
  return longest * 2;
}
