import { exec, type JsonValue } from 'jsonpath-rfc9535';

/** A node that a JSONPath selected: the keys and indices that lead to it. */
export type NodePath = readonly (string | number)[];

/**
 * The nodes that a JSONPath (RFC 9535) selects, in its order, each once.
 * @throws Error where the expression is not valid
 */
export function select(document: unknown, expression: string): NodePath[] {
  const paths = new Map<string, NodePath>();
  exec(document as JsonValue, expression, (_value, path) => {
    const keys = path.map((key) => (typeof key === 'number' ? key : plainKey(key)));
    paths.set(JSON.stringify(keys), keys);
  });
  return [...paths.values()];
}

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', "'": "'", '\\': '\\' }),
);

/** The key behind its escaped form in a normalized path (RFC 9535 section 2.7). */
function plainKey(key: string): string {
  if (!key.includes('\\')) return key;
  return key.replaceAll(
    /\\(?:u([0-9a-f]{4})|([bfnrt'\\]))/gi,
    (_, hex: string | undefined, letter: string | undefined) =>
      hex === undefined ? (ESCAPES.get(letter ?? '') ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
