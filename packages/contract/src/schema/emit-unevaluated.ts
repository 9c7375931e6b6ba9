import { type Emission, emitSchema, emitSpend } from './emit.ts';
import type { SchemaNode } from './node.ts';

/** Whether a schema asks what its other keywords evaluated. */
export function needsTracker(node: SchemaNode): boolean {
  const { raw } = node;
  return (
    typeof raw === 'object' &&
    node.resource.rules.unevaluated &&
    (raw['unevaluatedProperties'] !== undefined || raw['unevaluatedItems'] !== undefined)
  );
}

/** Of a value that is an object; everything else in the schema has been written before. */
export function emitUnevaluatedProperties(
  emission: Emission,
  node: SchemaNode,
  v: string,
  fail: string,
  t: string,
): void {
  const { writer, compiler } = emission;
  if (typeof node.raw === 'boolean') return;
  const schema = node.raw['unevaluatedProperties'];
  if (schema === undefined) return;
  const [key, value] = [writer.fresh('k'), writer.fresh('p')];
  emitSpend(emission, 4);
  const code = writer.capture(() =>
    emitSchema(emission, compiler.nodes.child(node, schema, 'unevaluatedProperties'), value, fail, undefined),
  );
  if (code !== '')
    writer.line(
      `if (!${t}.allProperties) for (const ${key} in ${v}) { const ${value} = ${v}[${key}]; if (${value} === undefined || ${t}.hasProperty(${key})) continue;\n${code}\n}`,
    );
  writer.line(`${t}.allProperties = true;`);
}

/** Of a value that is an array; everything else in the schema has been written before. */
export function emitUnevaluatedItems(emission: Emission, node: SchemaNode, v: string, fail: string, t: string): void {
  const { writer, compiler } = emission;
  if (typeof node.raw === 'boolean') return;
  const schema = node.raw['unevaluatedItems'];
  if (schema === undefined) return;
  const [index, value] = [writer.fresh('i'), writer.fresh('e')];
  const code = writer.capture(() =>
    emitSchema(emission, compiler.nodes.child(node, schema, 'unevaluatedItems'), value, fail, undefined),
  );
  if (code !== '')
    writer.line(
      `if (!${t}.allItems) for (let ${index} = 0; ${index} < ${v}.length; ${index}++) { const ${value} = ${v}[${index}]; if (${t}.hasItem(${index})) continue;\n${code}\n}`,
    );
  writer.line(`${t}.allItems = true;`);
}
