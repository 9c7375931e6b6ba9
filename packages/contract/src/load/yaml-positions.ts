import { isAlias, isCollection, isMap, isPair, type Document, type LineCounter, type Node as YamlNode } from 'yaml';
import { composeYaml, nameOf } from './parse-yaml.ts';
import { defaultLimits } from './limits.ts';
import type { TextPositions } from './positions.ts';

/** Positions in a YAML text. An alias leads into its anchor. */
export class YamlPositions implements TextPositions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(bytes: Uint8Array) {
    // Its limits were kept when it was loaded, and they may have been raised then.
    const { document, lines } = composeYaml(
      { file: '', bytes, format: 'yaml' },
      { ...defaultLimits, maxDepth: Number.POSITIVE_INFINITY },
    );
    this.#document = document;
    this.#lines = lines;
  }

  at(tokens: readonly string[], key: boolean): { readonly line: number; readonly column: number } {
    let node: YamlNode | null | undefined = this.#document.contents;
    let shown = offsetOf(node);
    for (const token of tokens) {
      const next = this.#member(node, token);
      if (next === undefined) break;
      node = next.value;
      shown = (key ? offsetOf(next.key) : undefined) ?? offsetOf(node) ?? offsetOf(next.key) ?? shown;
    }
    const { line, col } = this.#lines.linePos(shown ?? 0);
    return { line, column: col };
  }

  #member(
    parent: YamlNode | null | undefined,
    token: string,
  ): { key: YamlNode | null; value: YamlNode | null } | undefined {
    const node = isAlias(parent) ? parent.resolve(this.#document) : parent;
    if (!isCollection(node)) return undefined;
    if (!isMap(node)) {
      const item = node.items[Number(token)] as YamlNode | undefined;
      return item === undefined ? undefined : { key: item, value: item };
    }
    let found: { key: YamlNode | null; value: YamlNode | null } | undefined;
    const merged: YamlNode[] = [];
    for (const item of node.items) {
      if (!isPair(item)) continue;
      const key = item.key as YamlNode | null;
      const value = item.value as YamlNode | null;
      if (nameOf(key) === token) found = { key, value };
      else if (nameOf(key) === '<<' && value !== null) merged.push(value);
    }
    if (found !== undefined) return found;
    for (const source of merged) {
      const target = isAlias(source) ? source.resolve(this.#document) : source;
      const sources = isCollection(target) && !isMap(target) ? (target.items as YamlNode[]) : [target];
      for (const one of sources) {
        const inherited = this.#member(one, token);
        if (inherited !== undefined) return inherited;
      }
    }
    return undefined;
  }
}

function offsetOf(node: YamlNode | null | undefined): number | undefined {
  return node?.range?.[0];
}
