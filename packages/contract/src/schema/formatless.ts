import type { Compiler } from './compiler.ts';
import { followed } from './composition.ts';
import type { SchemaNode } from './node.ts';
import { subschemasOf } from './subschemas.ts';

/** Keywords that say nothing of a value. */
const saysNothing: ReadonlySet<string> = new Set(
  'title description example examples deprecated externalDocs $comment'.split(' '),
);

/**
 * Alternatives of which no two differ by formats alone, where formats only describe: `oneOf` of a date and a date-time has one then, and a
 * text is not refused for being both. Two that are the same in every word stay two: no value is exactly one of them.
 */
export function withoutFormatTwins(compiler: Compiler, branches: readonly SchemaNode[]): readonly SchemaNode[] {
  const seen = new Map<string, string>();
  return branches.filter((branch) => {
    const said = textOf(compiler, branch, true);
    const plain = textOf(compiler, branch, false);
    const before = seen.get(plain);
    if (before === undefined) seen.set(plain, said);
    return before === undefined || before === said;
  });
}

function textOf(compiler: Compiler, branch: SchemaNode, formats: boolean): string {
  const target = followed(compiler, branch, '$ref');
  const raw = target !== undefined && Object.keys(branch.raw).length === 1 ? target.raw : branch.raw;
  if (typeof raw === 'boolean') return String(raw);
  const schemas = new Set<unknown>();
  const pending: unknown[] = [raw];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (typeof one !== 'object' || one === null || schemas.has(one)) continue;
    schemas.add(one);
    for (const { raw: inner } of subschemasOf(one as Readonly<Record<string, unknown>>)) pending.push(inner);
  }
  // A property may be called `format`: only of schemas is it a keyword.
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const isSaid = (key: string): boolean => !saysNothing.has(key) && (formats || key !== 'format');
    const said = Object.entries(value).filter(([key]) => !schemas.has(value) || isSaid(key));
    return said.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner)]);
  };
  return JSON.stringify(plain(raw));
}
