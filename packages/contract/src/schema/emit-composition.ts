import { forbiddenNames, withWaived } from './composition.ts';
import { discriminatorOf } from './discriminator.ts';
import { type Emission, emitCall, emitSchema } from './emit.ts';
import { listOf, type SchemaNode } from './node.ts';
import { Tracker } from './tracker.ts';
import { literal, read } from './writer.ts';

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
  const chosen = emitDiscriminator(emission, node, forbidden, v, fail, t, (over) => {
    if (over === 'anyOf') emitAnyOf(emission, branches('anyOf') ?? [], v, fail, t);
    else if (over === 'oneOf') emitOneOf(emission, branches('oneOf') ?? [], v, fail, t);
  });
  const any = chosen === 'anyOf' ? undefined : branches('anyOf');
  const one = chosen === 'oneOf' ? undefined : branches('oneOf');
  if (any !== undefined) emitAnyOf(emission, any, v, fail, t);
  if (one !== undefined) emitOneOf(emission, one, v, fail, t);
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
 * The discriminator: the schema that the property's value names is the one that counts. Gives the keyword whose branches it stands for.
 *
 * @param plain writes what holds for values that name no schema, where those are not refused
 */
function emitDiscriminator(
  emission: Emission,
  node: SchemaNode,
  forbidden: ReadonlySet<string>,
  v: string,
  fail: string,
  t: string | undefined,
  plain: (over: 'oneOf' | 'anyOf' | 'children') => void,
): 'oneOf' | 'anyOf' | 'children' | undefined {
  const { writer, compiler } = emission;
  const discriminator = discriminatorOf(compiler.nodes, node);
  if (discriminator === undefined) return undefined;
  const { property, branches, over, own, fallback } = discriminator;
  const tag = writer.fresh('d');
  const otherwise = writer.fresh('o');
  const call = (target: SchemaNode): void => emitCall(emission, withWaived(compiler, target, forbidden), v, fail, t);
  writer.line(`let ${otherwise} = true;`);
  writer.line(
    `if (typeof ${v} === 'object' && ${v} !== null && !Array.isArray(${v})) {\nconst ${tag} = ${read(v, property)};\n${otherwise} = false;\nswitch (${tag}) {`,
  );
  for (const [value, target] of branches) {
    writer.line(`case ${literal(value)}: {`);
    call(target);
    writer.line('break; }');
  }
  if (own !== undefined && !branches.has(own)) writer.line(`case ${literal(own)}: break;`);
  writer.line('default: {');
  if (fallback !== undefined) call(fallback);
  else writer.line(`${otherwise} = true;`);
  writer.line('}\n}\n}');
  const rest = writer.capture(() => plain(over));
  if (rest !== '') writer.line(`if (${otherwise}) {\n${rest}\n}`);
  return over;
}
