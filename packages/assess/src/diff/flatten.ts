import type { Contract, Operation } from '@castellan/contract';
import { follow, isRaw, partsOf, type SchemaNode } from '../posture/constraint.ts';
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
    const { properties, items, additionalProperties } = part.raw;
    const needed: readonly unknown[] = [...always, ...requiredOf(part)];
    if (isRaw(properties))
      for (const [key, value] of Object.entries(properties))
        if (isRaw(value))
          add(
            contract,
            values,
            `${path}.${key}`,
            key,
            {
              raw: value,
              location: {
                document: part.location.document,
                pointer: `${part.location.pointer}/properties/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
              },
            },
            needed.includes(key),
            inside,
          );
    if (isRaw(additionalProperties))
      add(
        contract,
        values,
        `${path}.*`,
        '',
        {
          raw: additionalProperties,
          location: { document: part.location.document, pointer: `${part.location.pointer}/additionalProperties` },
        },
        false,
        inside,
      );
    if (isRaw(items))
      add(
        contract,
        values,
        `${path}[]`,
        name,
        { raw: items, location: { document: part.location.document, pointer: `${part.location.pointer}/items` } },
        false,
        inside,
      );
  }
}

function requiredOf({ raw }: SchemaNode): readonly unknown[] {
  return Array.isArray(raw['required']) ? raw['required'] : [];
}

/** The parts that a value may be made of, by any of the composing keywords. */
function allParts(contract: Contract, node: SchemaNode, depth: number): SchemaNode[] {
  if (depth > 4) return [];
  return (['allOf', 'anyOf', 'oneOf'] as const).flatMap((keyword) =>
    partsOf(node, keyword).flatMap((part) => {
      const target = follow(contract, part) ?? part;
      return [target, ...allParts(contract, target, depth + 1)];
    }),
  );
}
