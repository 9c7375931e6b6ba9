import { type Emission, emitSchema, emitSpend, turnCost } from './emit.ts';
import { unique } from './equality.ts';
import { listOf, numberOf, type SchemaNode } from './node.ts';
import { numeral } from './writer.ts';

/** The schemas of an array's items: those of the first ones, and that of the rest; in either way of writing them. */
export interface ItemSchemas {
  readonly keyword: 'items' | 'prefixItems';
  readonly prefix: readonly unknown[];
  readonly rest: { readonly keyword: 'items' | 'additionalItems'; readonly value: unknown } | undefined;
}

export function itemSchemas(node: SchemaNode): ItemSchemas {
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean' || !rules.applicator) return { keyword: 'items', prefix: [], rest: undefined };
  if (rules.itemsList || Array.isArray(raw['items'])) {
    if (!Array.isArray(raw['items']))
      return {
        keyword: 'items',
        prefix: [],
        rest: raw['items'] === undefined ? undefined : { keyword: 'items', value: raw['items'] },
      };
    const rest = raw['additionalItems'];
    return {
      keyword: 'items',
      prefix: raw['items'] as unknown[],
      rest: rest === undefined ? undefined : { keyword: 'additionalItems', value: rest },
    };
  }
  return {
    keyword: 'prefixItems',
    prefix: listOf(raw, 'prefixItems'),
    rest: raw['items'] === undefined ? undefined : { keyword: 'items', value: raw['items'] },
  };
}

/** Everything about arrays but `unevaluatedItems`, of a value that is one. */
export function emitArray(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean') return;
  if (rules.validation) {
    const fewest = numberOf(raw, 'minItems');
    const most = numberOf(raw, 'maxItems');
    if (fewest !== undefined) writer.line(`if (${v}.length < ${numeral(fewest)}) { ${fail} }`);
    if (most !== undefined) writer.line(`if (${v}.length > ${numeral(most)}) { ${fail} }`);
  }
  const { keyword, prefix, rest } = itemSchemas(node);
  for (const [index, value] of prefix.entries()) {
    const item = writer.fresh('e');
    writer.line(`if (${v}.length > ${index}) { const ${item} = ${v}[${index}];`);
    emitSchema(emission, compiler.nodes.child(node, value, keyword, index), item, fail, undefined);
    writer.line('}');
  }
  if (t !== undefined && prefix.length > 0) writer.line(`${t}.prefix(${prefix.length});`);
  if (rest !== undefined) {
    const item = writer.fresh('e');
    const index = writer.fresh('i');
    const code = writer.capture(() =>
      emitSchema(emission, compiler.nodes.child(node, rest.value, rest.keyword), item, fail, undefined),
    );
    if (code !== '') {
      writer.line(
        `for (let ${index} = ${prefix.length}; ${index} < ${v}.length; ${index}++) { const ${item} = ${v}[${index}];`,
      );
      emitSpend(emission, turnCost(code));
      writer.line(`${code}\n}`);
    }
    if (t !== undefined) writer.line(`${t}.allItems = true;`);
  }
  if (rules.dialect === '2020-12' && rules.applicator && raw['contains'] !== undefined)
    emitContains(emission, node, v, fail, t);
  if (rules.validation && raw['uniqueItems'] === true)
    writer.line(`if (!${writer.constant(unique)}(${v})) { ${fail} }`);
}

function emitContains(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { writer, compiler } = emission;
  if (typeof node.raw === 'boolean') return;
  const { validation } = node.resource.rules;
  const fewest = (validation ? numberOf(node.raw, 'minContains') : undefined) ?? 1;
  const most = validation ? numberOf(node.raw, 'maxContains') : undefined;
  const [count, index, item, attempt] = [writer.fresh('n'), writer.fresh('i'), writer.fresh('e'), writer.fresh('b')];
  writer.line(`let ${count} = 0;`);
  writer.line(
    `for (let ${index} = 0; ${index} < ${v}.length; ${index}++) { const ${item} = ${v}[${index}]; ${attempt}: {`,
  );
  emitSpend(emission, 4);
  emitSchema(
    emission,
    compiler.nodes.child(node, node.raw['contains'], 'contains'),
    item,
    `break ${attempt};`,
    undefined,
  );
  writer.line(`${count}++;`);
  if (t !== undefined) writer.line(`${t}.indexes.add(${index});`);
  writer.line('} }');
  writer.line(
    `if (${count} < ${numeral(fewest)}${most === undefined ? '' : ` || ${count} > ${numeral(most)}`}) { ${fail} }`,
  );
}
