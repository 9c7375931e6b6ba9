import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  Parser,
  type CST,
  type Document,
  type Node as YamlNode,
} from 'yaml';
import { CastellanError } from '../error.ts';
import type { LoadLimits } from './limits.ts';
import { tooDeep } from './limits.ts';
import type { Duplicate, ParsedText, SourceText } from './parse.ts';
import { escapeToken } from './pointer.ts';

/** A YAML document with its positions, as `place` needs it again. */
export interface ComposedYaml {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/**
 * YAML 1.2 core schema (so `no` is a string and dates stay strings), with merge keys, because real documents use them.
 * @throws CastellanError `invalid-yaml`, `document-too-deep`, `alias-bomb`, `alias-loop`
 */
export function parseYaml(source: SourceText, limits: LoadLimits): Omit<ParsedText, 'positionsOf'> {
  const { document, lines } = composeYaml(source, limits);
  const duplicates: Duplicate[] = [];
  for (const error of document.errors) {
    const { line, col: column } = lines.linePos(error.pos[0]);
    if (error.code === 'DUPLICATE_KEY') {
      const path = pathAt(document, error.pos[0]);
      const key = path.pop() ?? '';
      duplicates.push({
        pointer: path.map((token) => `/${escapeToken(token)}`).join(''),
        key,
        line,
        column,
      });
      continue;
    }
    throw new CastellanError({
      code: 'invalid-yaml',
      message: `the document is not YAML: ${said(error.message)}`,
      place: { file: source.file, line, column },
      mend: 'mend the syntax here; check indentation, quotes and colons',
    });
  }
  checkAliases(document, lines, source.file, limits);
  return { format: 'yaml', value: document.toJS({ maxAliasCount: -1 }), duplicates };
}

export function composeYaml(source: SourceText, limits: LoadLimits): ComposedYaml {
  const { bytes, file } = source;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const lines = new LineCounter();
  // The parser keeps its own stack; the composer recurses, so the depth is checked between the two.
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (nestedDeeper(tokens, limits.maxDepth)) throw tooDeep({ file }, limits.maxDepth);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: true,
    uniqueKeys: true,
    logLevel: 'silent',
    prettyErrors: false,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    throw new CastellanError({
      code: 'invalid-yaml',
      message: document === undefined ? 'the document is empty' : 'the file holds more than one YAML document',
      place: {
        file,
        line: second === undefined ? 1 : lines.linePos(second.range[0]).line,
        column: 1,
      },
      mend: document === undefined ? 'write an OpenAPI document into it' : 'keep one document per file',
    });
  }
  return { document: document as Document.Parsed, lines };
}

/** Walks the token tree with a stack of its own. Every collection is one level. */
function nestedDeeper(tokens: readonly CST.Token[], limit: number): boolean {
  const stack: [CST.Token, number][] = tokens.map((token) => [token, 0]);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [token, depth] = next;
    if (token.type === 'document') {
      if (token.value) stack.push([token.value, depth]);
      continue;
    }
    if (!('items' in token)) continue;
    if (depth + 1 > limit) return true;
    for (const item of token.items) {
      if (item.key) stack.push([item.key, depth + 1]);
      if (item.value) stack.push([item.value, depth + 1]);
    }
  }
  return false;
}

/**
 * Counts what the document is when aliases are written out, before anything writes them out: aliases of aliases
 * grow exponentially ('billion laughs'), and an alias inside its own anchor never ends.
 */
function checkAliases(document: Document.Parsed, lines: LineCounter, file: string, limits: LoadLimits): void {
  const anchors = new Map<string, YamlNode>();
  let aliases = false;
  const sizes = new Map<YamlNode, number>();
  const open = new Set<YamlNode>();
  const size = (node: unknown): number => {
    if (isPair(node)) return size(node.key) + size(node.value);
    if (isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return 1;
    }
    if (isAlias(node)) {
      aliases = true;
      const target = anchors.get(node.source);
      if (target === undefined) return 1;
      const known = sizes.get(target) ?? (isScalar(target) ? 1 : undefined);
      if (known !== undefined) return known;
      const at = lines.linePos(node.range?.[0] ?? 0);
      throw new CastellanError({
        code: 'alias-loop',
        message: `the alias *${node.source} stands inside of its own anchor`,
        place: { file, line: at.line, column: at.col },
        mend: 'use $ref where a part contains itself',
      });
    }
    if (!isCollection(node)) return 1;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    open.add(node);
    let total = 1;
    for (const item of node.items) total += size(item);
    open.delete(node);
    sizes.set(node, total);
    if (aliases && total > limits.maxExpandedNodes) {
      const at = lines.linePos(node.range?.[0] ?? 0);
      throw new CastellanError({
        code: 'alias-bomb',
        message: `the document holds more than ${limits.maxExpandedNodes} values when its aliases are written out`,
        place: { file, line: at.line, column: at.col },
        mend: 'use $ref instead of YAML aliases of aliases, or raise limits.maxExpandedNodes',
      });
    }
    return total;
  };
  size(document.contents);
}

/** The keys that lead to the innermost node around an offset. */
function pathAt(document: Document.Parsed, offset: number): string[] {
  const path: string[] = [];
  let node: unknown = document.contents;
  while (isCollection(node)) {
    let next: unknown;
    let token: string | undefined;
    for (const [index, item] of node.items.entries()) {
      if (isMap(node) && isPair(item)) {
        const key = item.key as YamlNode | null;
        const value = item.value as YamlNode | null;
        if (covers(key, offset)) return [...path, nameOf(key)];
        if (covers(value, offset)) {
          next = value;
          token = nameOf(key);
          break;
        }
      } else if (covers(item as YamlNode, offset)) {
        next = item;
        token = String(index);
        break;
      }
    }
    if (token === undefined) break;
    path.push(token);
    node = next;
  }
  return path;
}

function covers(node: YamlNode | null | undefined, offset: number): boolean {
  const range = node?.range;
  return range !== undefined && range !== null && range[0] <= offset && offset < Math.max(range[1], range[0] + 1);
}

/** A mapping key as the string that it becomes in JSON: `200` and `true` are names too. */
export function nameOf(key: unknown): string {
  if (!isScalar(key)) return '';
  if (typeof key.value === 'symbol') return '<<';
  return key.value === null ? '' : String(key.value);
}

/** The parser's messages may quote the text; only the part that names the mistake is kept. */
function said(message: string): string {
  const first = message.split('\n')[0] ?? message;
  return first
    .replace(/:\s*".*$/s, '')
    .replace(/\.$/, '')
    .slice(0, 120);
}
