import {
  isAlias,
  isCollection,
  isMap,
  type Document,
  type LineCounter,
  type Node as YamlNode,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { composeYaml, nameOf } from './parse-yaml.ts';
import { defaultLimits } from './limits.ts';
import type { TextPositions } from './positions.ts';

/** Positions in a YAML text. An alias leads into its anchor. */
export class YamlPositions implements TextPositions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #members = new Map<YAMLMap, Members>();

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

  #member(parent: YamlNode | null | undefined, token: string): Member | undefined {
    const node = isAlias(parent) ? parent.resolve(this.#document) : parent;
    if (!isCollection(node)) return undefined;
    if (!isMap(node)) {
      const item = node.items[Number(token)] as YamlNode | undefined;
      return item === undefined ? undefined : { key: item, value: item };
    }
    let members = this.#members.get(node);
    if (members === undefined) this.#members.set(node, (members = membersOf(node)));
    const found = members.named.get(token);
    if (found !== undefined) return found;
    for (const source of members.merged) {
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

interface Member {
  readonly key: YamlNode | null;
  readonly value: YamlNode | null;
}

/** The members of a mapping by name, the last of equal ones, and what is merged into it. */
interface Members {
  readonly named: ReadonlyMap<string, Member>;
  readonly merged: readonly YamlNode[];
}

function membersOf(node: YAMLMap): Members {
  const named = new Map<string, Member>();
  const merged: YamlNode[] = [];
  for (const { key, value } of node.items as Pair<YamlNode | null, YamlNode | null>[]) {
    const name = nameOf(key);
    named.set(name, { key, value });
    if (name === '<<' && value !== null) merged.push(value);
  }
  return { named, merged };
}

function offsetOf(node: YamlNode | null | undefined): number | undefined {
  return node?.range?.[0];
}
