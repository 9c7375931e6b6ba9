import { Composer, isCollection, isPair, isScalar, LineCounter, Parser, type CST, type Document } from 'yaml';
import { CastellanError } from '../error.ts';
import type { LoadLimits } from './limits.ts';
import { tooDeep } from './limits.ts';
import type { Duplicate, ParsedText, SourceText } from './parse.ts';
import { checkAliases, linkAliases } from './yaml-aliases.ts';
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
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col: column } = lines.linePos(error.pos[0]);
    throw new CastellanError({
      code: 'invalid-yaml',
      message: `the document is not YAML: ${said(error.message)}`,
      place: { file: source.file, line, column },
      mend: 'correct the syntax here; check indentation, quotes and colons',
    });
  }
  checkAliases(document, lines, source.file, limits);
  return { format: 'yaml', value: document.toJS({ maxAliasCount: -1 }), duplicates: duplicateKeys(document, lines) };
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
    // The composer compares each key with all before it; `duplicateKeys` looks once.
    uniqueKeys: false,
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
  linkAliases(document);
  return { document: document as Document.Parsed, lines };
}

/** Keys that stand twice in one mapping, as they are read from JSON: `200` and `"200"` are one. */
function duplicateKeys(document: Document.Parsed, lines: LineCounter): Duplicate[] {
  const duplicates: Duplicate[] = [];
  const path: string[] = [];
  const look = (node: unknown): void => {
    if (!isCollection(node)) return;
    const seen = new Set<string>();
    for (const [index, item] of node.items.entries()) {
      const pair = isPair(item) ? item : undefined;
      const name = pair === undefined ? String(index) : nameOf(pair.key);
      if (pair !== undefined && isScalar(pair.key) && typeof pair.key.value !== 'symbol') {
        if (seen.has(name)) {
          const { line, col: column } = lines.linePos(pair.key.range?.[0] ?? 0);
          duplicates.push({ pointer: path.map((token) => `/${escapeToken(token)}`).join(''), key: name, line, column });
        }
        seen.add(name);
      }
      path.push(name);
      look(pair === undefined ? item : pair.value);
      path.pop();
    }
  };
  look(document.contents);
  return duplicates;
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
