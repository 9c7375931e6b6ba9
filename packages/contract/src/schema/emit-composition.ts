import { forbiddenNames, withWaived } from './composition.ts';
import { type Discriminator, discriminatorOf } from './discriminator.ts';
import { withoutFormatTwins } from './formatless.ts';
import { type Emission, emitSchema, emitSpend } from './emit.ts';
import { listOf, type SchemaNode } from './node.ts';
import { tagged, tagIndex, tagOf, type TagIndex } from './tags.ts';
import { Tracker } from './tracker.ts';
import type { Unit } from './unit.ts';

/** `allOf`, `anyOf`, `oneOf`, `not`, `if`, and the discriminator that stands over some of them. */
export function emitComposition(
  emission: Emission,
  node: SchemaNode,
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const { compiler } = emission;
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean' || !rules.applicator) return;
  const forbidden = new Set([
    ...(['allOf', 'anyOf', 'oneOf', 'then', 'else'].some((keyword) => raw[keyword] !== undefined)
      ? forbiddenNames(compiler, node)
      : []),
    ...node.waived,
  ]);
  const part = (value: unknown, keyword: string, index?: number): SchemaNode =>
    withWaived(compiler, compiler.nodes.child(node, value, keyword, index), forbidden);
  for (const [index, value] of listOf(raw, 'allOf').entries())
    emitSchema(emission, part(value, 'allOf', index), v, fail, t);
  const branches = (keyword: 'anyOf' | 'oneOf'): SchemaNode[] | undefined =>
    Array.isArray(raw[keyword]) ? listOf(raw, keyword).map((value, index) => part(value, keyword, index)) : undefined;
  const discriminator = discriminatorOf(compiler.nodes, node);
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const alternatives = branches(keyword);
    if (alternatives === undefined) continue;
    const told = compiler.formats || keyword === 'anyOf' ? alternatives : withoutFormatTwins(compiler, alternatives);
    const write = (): void => emitAlternatives(emission, node, keyword, told, v, fail, t);
    if (discriminator?.over === keyword) emitNamed(emission, discriminator, keyword, alternatives, v, t, write);
    else write();
  }
  if (raw['not'] !== undefined) emitNot(emission, compiler.nodes.child(node, raw['not'], 'not'), v, fail);
  if (rules.dialect === '2020-12' && raw['if'] !== undefined) emitIf(emission, node, part, v, fail, t);
}

/** Tries one schema: `write` runs where it holds. With a tracker, what it evaluated counts only then. */
function attempt(emission: Emission, node: SchemaNode, v: string, t: string | undefined, write: () => void): void {
  const { writer } = emission;
  const label = writer.fresh('b');
  const inner = t === undefined ? undefined : writer.fresh('t');
  writer.line(`${label}: {`);
  if (inner !== undefined) writer.line(`const ${inner} = new (${writer.constant(Tracker)})();`);
  emitSchema(emission, node, v, `break ${label};`, inner);
  if (inner !== undefined) writer.line(`${t}.merge(${inner});`);
  write();
  writer.line('}');
}

/** More alternatives than these are looked up by the property that tells them apart, where there is one. */
const TRIED = 8;

function emitAlternatives(
  emission: Emission,
  node: SchemaNode,
  keyword: 'anyOf' | 'oneOf',
  branches: readonly SchemaNode[],
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const index = branches.length > TRIED ? tagIndex(emission.compiler, node, keyword, branches) : undefined;
  if (index !== undefined) emitIndexed(emission, keyword, branches, index, v, fail, t);
  else if (keyword === 'anyOf') emitAnyOf(emission, branches, v, fail, t);
  else emitOneOf(emission, branches, v, fail, t);
}

/** Tries only the alternatives that the value's tag leaves, each by its own function. */
function emitIndexed(
  emission: Emission,
  keyword: 'anyOf' | 'oneOf',
  branches: readonly SchemaNode[],
  index: TagIndex,
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const { writer, compiler } = emission;
  const units = branches.map((branch) => compiler.unit(branch));
  const possible = (value: unknown): readonly Unit[] => tagged(index, value)?.flatMap((at) => units[at] ?? []) ?? units;
  const [unit, count] = [writer.fresh('u'), writer.fresh('n')];
  const counted =
    keyword === 'oneOf' ? `if (++${count} > 1) { ${fail} }` : `${count}++;${t === undefined ? ' break;' : ''}`;
  writer.line(`let ${count} = 0;\nfor (const ${unit} of ${writer.constant(possible)}(${v})) {`);
  emitSpend(emission, t === undefined ? 4 : 16);
  if (t === undefined) writer.line(`if ((${unit}.f ?? ${unit}.compile())(${v})) { ${counted} }`);
  else {
    const inner = writer.fresh('t');
    writer.line(`const ${inner} = new (${writer.constant(Tracker)})();`);
    writer.line(`if ((${unit}.t ?? ${unit}.compileTracked())(${v}, ${inner})) { ${t}.merge(${inner}); ${counted} }`);
  }
  writer.line(`}\nif (${count} === 0) { ${fail} }`);
}

function emitAnyOf(
  emission: Emission,
  branches: readonly SchemaNode[],
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const { writer } = emission;
  if (t === undefined) {
    const label = writer.fresh('a');
    writer.line(`${label}: {`);
    for (const branch of branches) attempt(emission, branch, v, undefined, () => writer.line(`break ${label};`));
    writer.line(`${fail}\n}`);
    return;
  }
  const found = writer.fresh('o');
  writer.line(`let ${found} = false;`);
  for (const branch of branches) attempt(emission, branch, v, t, () => writer.line(`${found} = true;`));
  writer.line(`if (!${found}) { ${fail} }`);
}

function emitOneOf(
  emission: Emission,
  branches: readonly SchemaNode[],
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const { writer } = emission;
  const count = writer.fresh('n');
  writer.line(`let ${count} = 0;`);
  for (const branch of branches) attempt(emission, branch, v, t, () => writer.line(`if (++${count} > 1) { ${fail} }`));
  writer.line(`if (${count} === 0) { ${fail} }`);
}

function emitNot(emission: Emission, node: SchemaNode, v: string, fail: string): void {
  attempt(emission, node, v, undefined, () => emission.writer.line(fail));
}

function emitIf(
  emission: Emission,
  node: SchemaNode,
  part: (value: unknown, keyword: string) => SchemaNode,
  v: string,
  fail: string,
  t: string | undefined,
): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  const { then: consequence, else: alternative } = raw;
  if (consequence === undefined && alternative === undefined && t === undefined) return;
  const holds = writer.fresh('h');
  writer.line(`let ${holds} = false;`);
  attempt(emission, compiler.nodes.child(node, raw['if'], 'if'), v, t, () => writer.line(`${holds} = true;`));
  if (consequence !== undefined) {
    writer.line(`if (${holds}) {`);
    emitSchema(emission, part(consequence, 'then'), v, fail, t);
    writer.line('}');
  }
  if (alternative !== undefined) {
    writer.line(`if (!${holds}) {`);
    emitSchema(emission, part(alternative, 'else'), v, fail, t);
    writer.line('}');
  }
}

/**
 * A discriminator over alternatives: the one that a value's property names is tried first, and the others only where the value is
 * none of that kind. It saves time; what is valid, the alternatives say (OpenAPI 3.1.1, Discriminator Object).
 */
function emitNamed(
  emission: Emission,
  { property, branches, positions, fallback }: Discriminator,
  keyword: 'anyOf' | 'oneOf',
  alternatives: readonly SchemaNode[],
  v: string,
  t: string | undefined,
  write: () => void,
): void {
  const { writer, compiler } = emission;
  // What is evaluated, all of several matching ones say.
  if (t !== undefined && keyword === 'anyOf') return write();
  // A schema that is none of the alternatives makes nothing valid.
  const units = new Map<string, Unit>();
  let otherwise: Unit | undefined;
  for (const [name, position] of positions) {
    const listed = alternatives[position];
    if (listed === undefined) continue;
    units.set(name, compiler.unit(listed));
    if (branches.get(name)?.raw === fallback?.raw) otherwise = compiler.unit(listed);
  }
  if (units.size === 0 && otherwise === undefined) return write();
  const named = (value: unknown): Unit | undefined =>
    units.get(tagOf(value, property) ?? '') ??
    (typeof value === 'object' && value !== null && !Array.isArray(value) ? otherwise : undefined);
  const [unit, label] = [writer.fresh('u'), writer.fresh('d')];
  writer.line(`${label}: {\nconst ${unit} = ${writer.constant(named)}(${v});\nif (${unit} !== undefined) {`);
  emitSpend(emission, t === undefined ? 4 : 16);
  if (t === undefined) writer.line(`if ((${unit}.f ?? ${unit}.compile())(${v})) break ${label};`);
  else {
    const inner = writer.fresh('t');
    writer.line(`const ${inner} = new (${writer.constant(Tracker)})();`);
    writer.line(
      `if ((${unit}.t ?? ${unit}.compileTracked())(${v}, ${inner})) { ${t}.merge(${inner}); break ${label}; }`,
    );
  }
  writer.line('}');
  write();
  writer.line('}');
}
