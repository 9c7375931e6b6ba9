import { asSchema, type Contract, type Location } from '@castellan/contract';

type Raw = Readonly<Record<string, unknown>>;

/** A schema object and where it stands. */
export interface SchemaNode {
  readonly raw: Raw;
  readonly location: Location;
}

const DEEPEST = 8;

/** Follows `$ref`s; undefined where there is no schema object at the end. */
export function follow(contract: Contract, node: SchemaNode): SchemaNode | undefined {
  const ref = node.raw['$ref'];
  if (typeof ref !== 'string') return node;
  let targets = followed.get(contract);
  if (targets === undefined) followed.set(contract, (targets = new Map()));
  const simple = ref.startsWith('#/components/') || ref.startsWith('#/definitions/');
  const key = simple ? `${node.location.document} ${ref}` : `${node.location.document} ${node.location.pointer} ${ref}`;
  if (targets.has(key)) return targets.get(key);
  let target: SchemaNode | undefined;
  try {
    target = endOf(contract, node.location, ref);
  } catch {
    // The loader has said already that the reference leads nowhere.
  }
  targets.set(key, target);
  return target;
}

/** Where references end: at a schema that refers on, where it says something itself. */
function endOf({ references }: Contract, from: Location, ref: string): SchemaNode | undefined {
  const passed = new Set<unknown>();
  for (let { value, location, resource } = references.locate(from, ref); isRaw(value);) {
    const on = value['$ref'];
    if (typeof on !== 'string') return { raw: value, location };
    if (resource.rules.refSiblings && Object.keys(value).some((name) => !silent.has(name)))
      return { raw: composed(value), location };
    if (passed.has(value)) return undefined;
    passed.add(value);
    ({ value, location, resource } = references.locate(location, on));
  }
  return undefined;
}

/** Keywords beside `$ref` that say nothing of a value. */
const silent = new Set(['$ref', '$comment', 'title', 'description', 'summary', 'deprecated', 'examples']);

const compositions = new WeakMap<Raw, Raw>();

/** A schema that refers and says something itself, as the composition that it is (2020-12 core 8.2.3.1). */
function composed(raw: Raw): Raw {
  let known = compositions.get(raw);
  if (known === undefined) {
    const { $ref, ...own } = raw;
    const { allOf } = own;
    known = { ...own, allOf: [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), { $ref }] };
    compositions.set(raw, known);
  }
  return known;
}

const followed = new WeakMap<Contract, Map<string, SchemaNode | undefined>>();

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The subschemas under a keyword that holds a list of them; what is only true or false as an object that says the same. */
export function partsOf(node: SchemaNode, keyword: 'allOf' | 'anyOf' | 'oneOf'): SchemaNode[] {
  const list = node.raw[keyword];
  if (!Array.isArray(list)) return [];
  const { document, pointer } = node.location;
  return list.flatMap((written: unknown, index) => {
    const raw = asSchema(written);
    return raw === undefined ? [] : [{ raw, location: { document, pointer: `${pointer}/${keyword}/${index}` } }];
  });
}

/**
 * Whether every value that the schema lets through meets what `holds` looks for in one schema object: itself, what it
 * refers to, any part of `allOf`, or all parts of `anyOf` or `oneOf`.
 */
export function meets(contract: Contract, node: SchemaNode, holds: (raw: Raw) => boolean, depth = 0): boolean {
  if (holds(node.raw)) return true;
  if (depth > DEEPEST) return false;
  const target = follow(contract, node);
  if (target !== undefined && target.raw !== node.raw && meets(contract, target, holds, depth + 1)) return true;
  if (partsOf(node, 'allOf').some((part) => meets(contract, part, holds, depth + 1))) return true;
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const parts = partsOf(node, keyword).filter((part) => !isNull(part.raw));
    if (parts.length > 0 && parts.every((part) => meets(contract, part, holds, depth + 1))) return true;
  }
  return false;
}

/** Whether some value that the schema lets through may be of the type, as far as the schema says. */
export function mayBe(contract: Contract, node: SchemaNode, type: string, depth = 0): boolean {
  const written = node.raw['type'];
  if (typeof written === 'string') return written === type;
  if (Array.isArray(written)) return written.includes(type);
  if (depth > DEEPEST) return false;
  const target = follow(contract, node);
  if (target === undefined) return false;
  if (target.raw !== node.raw) return mayBe(contract, target, type, depth + 1);
  if (partsOf(node, 'allOf').some((part) => mayBe(contract, part, type, depth + 1))) return true;
  return (['anyOf', 'oneOf'] as const).some((keyword) =>
    partsOf(node, keyword).some((part) => mayBe(contract, part, type, depth + 1)),
  );
}

function isNull(raw: Raw): boolean {
  return raw['type'] === 'null';
}

/** Holds where the values are listed one by one. */
export function isListed(raw: Raw): boolean {
  return Array.isArray(raw['enum']) || raw['const'] !== undefined;
}

/** Formats whose values are short whatever else is said. */
const SHORT: ReadonlySet<string> = new Set([
  'uuid',
  'date',
  'date-time',
  'time',
  'duration',
  'ipv4',
  'ipv6',
  'ip',
  'email',
  'idn-email',
  'hostname',
  'iso-4217',
  'iso-3166',
  'country',
  'currency',
  'timestamp',
]);

/** Holds where a string cannot be long: `maxLength`, listed values, a short format, or a pattern of bounded length. */
export function isShort(raw: Raw): boolean {
  if (typeof raw['maxLength'] === 'number' || isListed(raw)) return true;
  if (typeof raw['format'] === 'string' && SHORT.has(raw['format'].toLowerCase())) return true;
  const pattern = raw['pattern'];
  // Anchored on both sides and without an open repetition.
  return typeof pattern === 'string' && /^\^.*\$$/.test(pattern) && !/(?:[^\\]|^)[*+]|\{\d+,\}/.test(pattern);
}
