import { subschemasOf, type Contract, type Operation, type SubschemaPlace } from '@castellan/contract';
import { follow, partsOf, type SchemaNode } from '../posture/constraint.ts';
import { nodeOf } from '../posture/bodies.ts';
import { alternativesOf, conjunctsOf, type Constraints } from './constraints.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A value by its path: `body.address.city`, `query.limit`, `200.items[].id`; path parameters by their segment's number, since they may be renamed. */
export interface Value {
  readonly path: string;
  readonly name: string;
  /** The keywords that bound it, those of `allOf` and references merged. */
  readonly raw: Raw;
  readonly node: SchemaNode;
  /** What it takes: alternatives of which one holds. */
  readonly takes: readonly Constraints[];
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
}

const DEEPEST = 12;
const MOST = 5_000;

/** Everything that callers send. */
export function requestValues(contract: Contract, operation: Operation): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const parameter of operation.parameters) {
    const raw = parameter.schema?.raw;
    if (parameter.schema === undefined || typeof raw !== 'object') continue;
    add(
      contract,
      values,
      parameter.in === 'path'
        ? `path.${operation.path.split('/').findIndex((part) => part.includes(`{${parameter.name}}`))}`
        : `${parameter.in}.${parameter.name}`,
      parameter.name,
      { raw, location: parameter.schema.location },
      parameter.required,
      [],
    );
  }
  for (const media of operation.body?.content ?? []) {
    const node = nodeOf(media);
    if (node !== undefined) add(contract, values, 'body', '', node, operation.body?.required ?? false, []);
  }
  for (const [path, { readOnly }] of values) if (readOnly) values.delete(path);
  return values;
}

/** Everything that successful answers give. */
export function responseValues(contract: Contract, operation: Operation): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const response of operation.responses) {
    if (!response.status.startsWith('2') && response.status !== 'default') continue;
    for (const media of response.content) {
      const node = nodeOf(media);
      if (node !== undefined) add(contract, values, response.status, '', node, true, []);
    }
  }
  for (const [path, { writeOnly }] of values) if (writeOnly) values.delete(path);
  return values;
}

function add(
  contract: Contract,
  values: Map<string, Value>,
  path: string,
  name: string,
  node: SchemaNode,
  required: boolean,
  above: readonly Raw[],
): void {
  const target = follow(contract, node) ?? node;
  // A schema inside itself adds nothing new.
  if (above.includes(target.raw) || above.length > DEEPEST || values.size > MOST) return;
  const inside = [...above, target.raw];
  const parts = [node, target, ...partsOf(target, 'allOf').map((part) => follow(contract, part) ?? part)];
  const raw: Raw = Object.assign({}, ...parts.toReversed().map((part) => part.raw)) as Raw;
  if (!values.has(path))
    values.set(path, {
      path,
      name,
      raw,
      node: target,
      takes: alternativesOf(contract, node),
      required,
      readOnly: raw['readOnly'] === true,
      writeOnly: raw['writeOnly'] === true,
    });
  // What `required` names may be described by another part of `allOf`.
  const always = conjunctsOf(contract, node, 0).flatMap((part) => requiredOf(part));
  for (const part of new Set([target, ...allParts(contract, target, 0)])) {
    const needed: readonly unknown[] = [...always, ...requiredOf(part)];
    for (const { key, place, raw: value, pointer } of subschemasOf(part.raw)) {
      const step = stepOf(place, key ?? '');
      if (step === undefined) continue;
      const { document } = part.location;
      const inner = { raw: value, location: { document, pointer: part.location.pointer + pointer } };
      const property = place === 'property';
      add(
        contract,
        values,
        path + step,
        property ? (key ?? '') : name,
        inner,
        property && needed.includes(key),
        inside,
      );
    }
  }
}

/** How a value within a value is called; undefined where a schema is about the value itself, or about none. */
function stepOf(place: SubschemaPlace, key: string): string | undefined {
  switch (place) {
    case 'property':
      return `.${key}`;
    case 'pattern':
      return `.{${key}}`;
    case 'others':
      return '.{}';
    case 'item':
      return '[]';
    // What some items are bounds no other one.
    case 'some-item':
      return '[some]';
    case 'position':
      return `[${key}]`;
    case 'text':
      return '()';
    default:
      return undefined;
  }
}

function requiredOf({ raw }: SchemaNode): readonly unknown[] {
  return Array.isArray(raw['required']) ? raw['required'] : [];
}

/** The parts that a value may be made of, by any of the composing keywords. */
function allParts(contract: Contract, node: SchemaNode, depth: number): SchemaNode[] {
  if (depth > 4) return [];
  return subschemasOf(node.raw).flatMap(({ place, raw, pointer }) => {
    if (place !== 'value') return [];
    const { document } = node.location;
    const part = { raw, location: { document, pointer: node.location.pointer + pointer } };
    const target = follow(contract, part) ?? part;
    return [target, ...allParts(contract, target, depth + 1)];
  });
}
