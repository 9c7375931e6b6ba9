import { isAlias, isCollection, isPair, isScalar, type Document, type LineCounter, type Node } from 'yaml';
import { CastellanError } from '../error.ts';
import type { LoadLimits } from './limits.ts';

/**
 * Tells every alias what it stands for: the last anchor of its name before it. By itself each alias looks through all
 * anchors and aliases of the document.
 */
export function linkAliases(document: Document): void {
  const anchors = new Map<string, Node>();
  const look = (node: unknown): void => {
    if (isPair(node)) {
      look(node.key);
      look(node.value);
    } else if (isAlias(node)) {
      const target = anchors.get(node.source) as ReturnType<typeof node.resolve>;
      node.resolve = () => target;
    } else if (isScalar(node) || isCollection(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isCollection(node)) for (const item of node.items) look(item);
    }
  };
  look(document.contents);
}

/**
 * Counts what the document is when aliases are written out, before anything writes them out: aliases of aliases
 * grow exponentially ('billion laughs'), and an alias inside its own anchor never ends.
 * @throws CastellanError `alias-bomb`, `alias-loop`
 */
export function checkAliases(
  document: Document.Parsed,
  lines: LineCounter,
  file: string,
  { maxExpandedNodes }: LoadLimits,
): void {
  let aliases = false;
  const sizes = new Map<unknown, number>();
  const placeOf = (node: Node): { file: string; line: number; column: number } => {
    const { line, col: column } = lines.linePos(node.range?.[0] ?? 0);
    return { file, line, column };
  };
  const size = (node: unknown): number => {
    if (isPair(node)) return size(node.key) + size(node.value);
    if (isAlias(node)) {
      aliases = true;
      const target = node.resolve(document);
      const known = target === undefined || isScalar(target) ? 1 : sizes.get(target);
      if (known !== undefined) return known;
      throw new CastellanError({
        code: 'alias-loop',
        message: `the alias *${node.source} stands inside of its own anchor`,
        place: placeOf(node),
        mend: 'use $ref where a part contains itself',
      });
    }
    if (!isCollection(node)) return 1;
    let total = 1;
    for (const item of node.items) total += size(item);
    sizes.set(node, total);
    if (aliases && total > maxExpandedNodes)
      throw new CastellanError({
        code: 'alias-bomb',
        message: `the document holds more than ${maxExpandedNodes} values when its aliases are written out`,
        place: placeOf(node),
        mend: 'use $ref instead of YAML aliases of aliases, or raise limits.maxExpandedNodes',
      });
    return total;
  };
  size(document.contents);
}
