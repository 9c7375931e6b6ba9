import { itemSchemas } from './emit-array.ts';
import { unique } from './equality.ts';
import { type Explanation, memberPointer } from './explain.ts';
import { numberOf, type SchemaNode } from './node.ts';
import type { Tracker } from './tracker.ts';

const MANY = 16;

export function explainArray(
  explanation: Explanation,
  node: SchemaNode,
  value: readonly unknown[],
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  const { nodes } = explanation.compiler;
  if (typeof raw === 'boolean') return true;
  let valid = true;
  if (rules.validation) {
    const fewest = numberOf(raw, 'minItems');
    const most = numberOf(raw, 'maxItems');
    if (fewest !== undefined && value.length < fewest)
      valid = explanation.refuse(
        pointer,
        'minItems',
        `Must have at least ${items(fewest)}`,
        `Send ${items(fewest)} or more`,
      );
    if (most !== undefined && value.length > most)
      valid = explanation.refuse(
        pointer,
        'maxItems',
        `Must have at most ${items(most)}`,
        `Send ${items(most)} or fewer`,
      );
  }
  const { keyword, prefix, rest } = itemSchemas(node);
  const last = rest === undefined ? Math.min(prefix.length, value.length) : value.length;
  const quick = explanation.byName ? undefined : restCheck(explanation, node, value.length - prefix.length);
  for (let index = 0; index < last && (valid || !explanation.full); index++) {
    if (index >= prefix.length && quick?.(value[index]) === true) continue;
    const schema =
      index < prefix.length
        ? nodes.child(node, prefix[index], keyword, index)
        : nodes.child(node, rest?.value, rest?.keyword ?? 'items');
    if (!explanation.apply(schema, value[index], memberPointer(pointer, index), undefined)) valid = false;
  }
  if (tracker !== undefined) {
    tracker.prefix(prefix.length);
    if (rest !== undefined) tracker.allItems = true;
  }
  if (
    rules.dialect === '2020-12' &&
    rules.applicator &&
    raw['contains'] !== undefined &&
    !explainContains(explanation, node, value, pointer, tracker)
  )
    valid = false;
  if (rules.validation && raw['uniqueItems'] === true && !unique(value))
    valid = explanation.refuse(pointer, 'uniqueItems', 'Must not have equal items', 'Send each item once');
  return valid;
}

/** Many items: those that hold are passed over by the compiled function. */
function restCheck(
  explanation: Explanation,
  node: SchemaNode,
  count: number,
): ((item: unknown) => boolean) | undefined {
  const { rest } = itemSchemas(node);
  if (rest === undefined || count < MANY) return undefined;
  const unit = explanation.compiler.unit(explanation.compiler.nodes.child(node, rest.value, rest.keyword));
  return unit.f ?? unit.compile();
}

function explainContains(
  explanation: Explanation,
  node: SchemaNode,
  value: readonly unknown[],
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  if (typeof node.raw === 'boolean') return true;
  const { validation } = node.resource.rules;
  const fewest = (validation ? numberOf(node.raw, 'minContains') : undefined) ?? 1;
  const most = validation ? numberOf(node.raw, 'maxContains') : undefined;
  const schema = explanation.compiler.nodes.child(node, node.raw['contains'], 'contains');
  let count = 0;
  for (const [index, item] of value.entries()) {
    if (!explanation.probe(schema, item, memberPointer(pointer, index), undefined)) continue;
    count++;
    tracker?.indexes.add(index);
  }
  if (count < fewest)
    return explanation.refuse(
      pointer,
      'contains',
      `Must have at least ${items(fewest)} of the kind that the contract asks for`,
      'Add such an item',
    );
  if (most !== undefined && count > most)
    return explanation.refuse(
      pointer,
      'maxContains',
      `Must have at most ${items(most)} of the kind that the contract limits`,
      'Remove such items',
    );
  return true;
}

export function explainUnevaluatedItems(
  explanation: Explanation,
  node: SchemaNode,
  value: readonly unknown[],
  pointer: string,
  tracker: Tracker,
): boolean {
  if (typeof node.raw === 'boolean' || node.raw['unevaluatedItems'] === undefined) return true;
  const schema = explanation.compiler.nodes.child(node, node.raw['unevaluatedItems'], 'unevaluatedItems');
  let valid = true;
  for (let index = 0; index < value.length && (valid || !explanation.full); index++) {
    if (tracker.hasItem(index)) continue;
    const at = memberPointer(pointer, index);
    const holds =
      schema.raw === false
        ? explanation.refuse(at, 'unevaluatedItems', 'The contract does not describe this item', 'Leave it out')
        : explanation.apply(schema, value[index], at, undefined);
    if (!holds) valid = false;
  }
  tracker.allItems = true;
  return valid;
}

function items(count: number | bigint): string {
  return Number(count) === 1 ? '1 item' : `${count} items`;
}
