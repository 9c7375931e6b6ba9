import type { Compiler } from './compiler.ts';
import { followed } from './composition.ts';
import type { SchemaNode } from './node.ts';
import { subschemasOf } from './subschemas.ts';

/** Keywords that say nothing where formats only describe. */
const saysNothing: ReadonlySet<string> = new Set(
  'format title description example examples deprecated externalDocs $comment'.split(' '),
);

/**
 * Alternatives of which each says something else where formats only describe: `oneOf` of a date and a date-time has one then, and a
 * text is not refused for being both.
 */
export function withoutFormatTwins(compiler: Compiler, branches: readonly SchemaNode[]): readonly SchemaNode[] {
  const seen = new Set<string>();
  return branches.filter((branch) => {
    const said = textOf(compiler, branch);
    const isNew = !seen.has(said);
    seen.add(said);
    return isNew;
  });
}

function textOf(compiler: Compiler, branch: SchemaNode): string {
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
    const said = Object.entries(value).filter(([key]) => !schemas.has(value) || !saysNothing.has(key));
    return said.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner)]);
  };
  return JSON.stringify(plain(raw));
}
