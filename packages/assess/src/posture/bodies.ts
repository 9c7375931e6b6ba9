import {
  asSchema,
  escapePointer,
  type Contract,
  type MediaType,
  type Operation,
  type Response,
} from '@castellan/contract';
import { follow, isRaw, partsOf, type SchemaNode } from './constraint.ts';
import type { Raw } from './fields.ts';

/** The objects that a request body is made of: its schema, what that refers to, and the parts of `allOf`. */
export function bodyObjects(contract: Contract, operation: Operation): ReadonlySet<Raw> {
  const found = new Set<Raw>();
  for (const media of operation.body?.content ?? []) collect(contract, nodeOf(media), found);
  return found;
}

/** The same, and the object in an envelope that holds nothing else: `{ order: { … } }`. */
export function storedObjects(contract: Contract, operation: Operation): ReadonlySet<Raw> {
  const found = new Set(bodyObjects(contract, operation));
  for (const media of operation.body?.content ?? []) {
    const node = nodeOf(media);
    const target = node === undefined ? undefined : follow(contract, node);
    for (const part of target === undefined ? [] : [target, ...partsOf(target, 'allOf')])
      collect(contract, wrapped(follow(contract, part) ?? part), found);
  }
  return found;
}

/** Responses with a 2xx status. */
export function successes(operation: Operation): readonly Response[] {
  return operation.responses.filter(({ status }) => status.startsWith('2'));
}

/** Responses with a 4xx or 5xx status, and `default`. */
export function failures(operation: Operation): readonly Response[] {
  return operation.responses.filter(
    ({ status }) => status.startsWith('4') || status.startsWith('5') || status === 'default',
  );
}

export function isJsonType(type: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/.test(type);
}

/**
 * The schema of a media type as a node, what is only true or false too. Where none is written, JSON and forms hold anything;
 * undefined for files and texts, of which there is nothing to say.
 */
export function schemaOf({ type, schema, location }: MediaType): SchemaNode | undefined {
  const raw = asSchema(schema?.raw);
  if (schema !== undefined && raw !== undefined) return { raw, location: schema.location };
  return isJsonType(type) || /^(?:multipart\/|application\/x-www-form-urlencoded)/i.test(type)
    ? { raw: asSchema(true) ?? {}, location }
    : undefined;
}

/** The schema of a media type as a node; undefined where there is none, or only true or false. */
export function nodeOf(media: MediaType): SchemaNode | undefined {
  return media.schema !== undefined && isRaw(media.schema.raw)
    ? { raw: media.schema.raw, location: media.schema.location }
    : undefined;
}

/** The array that a successful answer is, or holds as its only or best-known member (`items`, `data`, `results`). */
export function listOf(contract: Contract, operation: Operation): SchemaNode | undefined {
  for (const response of successes(operation))
    for (const media of response.content) {
      const node = nodeOf(media);
      const target = node === undefined ? undefined : follow(contract, node);
      if (target === undefined) continue;
      if (target.raw['type'] === 'array' || isRaw(target.raw['items'])) return target;
      const found = memberList(contract, target, 0);
      if (found !== undefined) return found;
    }
  return undefined;
}

const LISTS = /^(?:items|data|results|entries|records|rows|values|elements|content|list|hits)$/i;

function memberList(contract: Contract, node: SchemaNode, depth: number): SchemaNode | undefined {
  const properties = node.raw['properties'];
  if (isRaw(properties))
    for (const [name, raw] of Object.entries(properties)) {
      if (!isRaw(raw) || !LISTS.test(name)) continue;
      const location = { document: node.location.document, pointer: `${node.location.pointer}/properties/${name}` };
      const target = follow(contract, { raw, location });
      if (target?.raw['type'] === 'array') return target;
    }
  if (depth > 3) return undefined;
  for (const part of partsOf(node, 'allOf')) {
    const target = follow(contract, part);
    const found = target === undefined ? undefined : memberList(contract, target, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function collect(contract: Contract, node: SchemaNode | undefined, found: Set<Raw>, depth = 0): void {
  if (node === undefined || found.has(node.raw) || depth > 8) return;
  found.add(node.raw);
  const target = follow(contract, node);
  if (target !== undefined) {
    found.add(target.raw);
    for (const part of partsOf(target, 'allOf')) collect(contract, part, found, depth + 1);
  }
}

/** What an envelope of one property holds. */
function wrapped({ raw, location }: SchemaNode): SchemaNode | undefined {
  const [only, ...others] = Object.entries(isRaw(raw['properties']) ? raw['properties'] : {});
  if (only === undefined || others.length > 0 || !isRaw(only[1])) return undefined;
  return {
    raw: only[1],
    location: { document: location.document, pointer: `${location.pointer}/properties/${escapePointer(only[0])}` },
  };
}
