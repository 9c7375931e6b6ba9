import type { Contract, Operation } from '@castellan/contract';
import { pathOf, updating } from '../posture/patch.ts';
import { wordsOf } from '@castellan/meaning';
import { isBeforeLogin } from '@castellan/meaning';
import { readFields, type Shape } from '../posture/fields.ts';
import { saidOf } from './bond.ts';
import { kebab } from './cedar.ts';
import type { Proposal } from './model.ts';
import type { ObservedBody } from './observed.ts';
import { callersOf, isKnown, times, type Row, type Run } from './run.ts';

/**
 * Objects of which the document does not say that they are some: a read answers one whose property is, each time, what a
 * parameter named (`/vehicle/{vehicleId}` and `uuid`, `?report_id=` and `id`); a list answers those of its caller
 * (`ownerId`), and nothing reads one. Without that no policy can speak of them.
 */
export function resourceProposals(run: Run): Proposal[] {
  const { contract } = run.surface;
  const shapes = readFields(contract).shapes;
  const declared = new Map<string, string>();
  for (const { type, schema } of contract.resources.values()) declared.set(keyOf(schema.location), type);
  const names = new Set(contract.resources.keys());
  const found = new Map<string, Found>();
  for (const operation of contract.operations) {
    if (operation.method !== 'GET' || isBeforeLogin(operation)) continue;
    const rows = run.of(operation.operationId);
    for (const { shape, at } of shapesOf(contract, shapes, operation)) {
      const key = keyOf(shape.node.location);
      // What stands inside an object that is known is a part of it.
      if (declared.has(key) || found.has(key)) break;
      const one = at.includes('*') ? listedBy(operation, rows, shape, at) : readBy(operation, rows, shape, at);
      if (one === undefined) continue;
      const type = nameOf(shape, operation, names);
      names.add(type);
      found.set(key, { ...one, type, shape, operation, rows });
      break;
    }
  }
  return [...found.values()].flatMap((one) => proposalOf(contract, one));
}

interface Named {
  readonly id: string;
  /** `query.report_id`; undefined where a path already says it, or a list shows them. */
  readonly source: string | undefined;
}

interface Found extends Named {
  readonly type: string;
  readonly shape: Shape;
  readonly operation: Operation;
  readonly rows: readonly Row[];
}

/** A read whose answer holds, in one property, what one of its parameters named. */
function readBy(operation: Operation, rows: readonly Row[], shape: Shape, at: string): Named | undefined {
  const answered = rows.filter(({ exchange }) => exchange.answer !== undefined);
  if (answered.length < 2) return undefined;
  for (const { in: place, name } of operation.parameters) {
    if (place !== 'path' && place !== 'query') continue;
    if (place === 'path' && operation.path.indexOf(`{${name}}`) !== operation.path.lastIndexOf('{')) continue;
    const given = answered.map(
      ({ exchange }) => exchange.parameters.find((one) => one.in === place && one.name === name)?.hashes ?? [],
    );
    if (given.some((hashes) => hashes.length !== 1) || new Set(given.flat()).size < 2) continue;
    const id = shape.fields.find(
      ({ kind, name: property }) =>
        kind === 'property' &&
        answered.every(({ exchange }, n) =>
          valuesAt(exchange.answer, `${at}/${property}`).includes(given[n]?.[0] ?? ''),
        ),
    )?.name;
    if (id === undefined) continue;
    if (place === 'path' && !operation.path.endsWith(`{${name}}`)) return undefined;
    return { id, source: place === 'path' && operation.resource === undefined ? undefined : `${place}.${name}` };
  }
  return undefined;
}

/** A list of the caller's own: each item has an id, and one of its properties was who called. */
function listedBy({ path }: Operation, rows: readonly Row[], shape: Shape, at: string): Named | undefined {
  if (path.includes('{') || callersOf(rows.filter(({ exchange }) => isKnown(exchange))) < 2) return undefined;
  const id = shape.fields.find(({ kind, name }) => kind === 'property' && /^(?:id|uuid|_id|guid)$/.test(name))?.name;
  const filled = rows.filter(({ exchange }) => valuesAt(exchange.answer, `${at}/${id ?? ''}`).length > 0);
  if (id === undefined || callersOf(filled) < 2) return undefined;
  const isOwn = shape.fields.some(
    ({ kind, name }) =>
      kind === 'property' &&
      name !== id &&
      filled.every(({ exchange }) => {
        const values = valuesAt(exchange.answer, `${at}/${name}`);
        return values.length > 0 && values.every((hash) => hash === saidOf(exchange, 'sub'));
      }),
  );
  return isOwn ? { id, source: undefined } : undefined;
}

/** Values at a place of a body. */
function valuesAt(body: ObservedBody | undefined, at: string): readonly string[] {
  return body?.places.find((place) => place.at === at)?.hashes ?? [];
}

/** The objects that an answer is, wraps, or lists, from the outside, each with its place. */
function shapesOf(
  contract: Contract,
  shapes: readonly Shape[],
  operation: Operation,
): { readonly shape: Shape; readonly at: string }[] {
  const roots = operation.responses
    .filter(({ status }) => status.startsWith('2'))
    .flatMap(({ content }) => content.flatMap(({ schema }) => schema ?? []));
  const byPlace = new Map(shapes.map((shape) => [keyOf(shape.node.location), shape]));
  const items = readFields(contract).fields.filter(({ kind }) => kind === 'items');
  const found: { shape: Shape; at: string }[] = [];
  let level = roots.map(({ location, raw }) => {
    const { $ref } = (typeof raw === 'object' ? raw : {}) as { readonly $ref?: unknown };
    const isHere = typeof $ref === 'string' && $ref.startsWith('#');
    return { location: isHere ? { ...location, pointer: $ref.slice(1) } : location, at: '' };
  });
  for (let depth = 0; depth < 3; depth++) {
    const next: typeof level = [];
    for (const { location, at } of level) {
      const shape = byPlace.get(keyOf(location));
      if (shape !== undefined) found.push({ shape, at });
      // A wrapper is looked into, an object of a list is not.
      if (shape !== undefined && !at.includes('*') && shape.fields.length <= 8)
        for (const { kind, name, target } of shape.fields)
          if (kind === 'property') next.push({ location: target.location, at: `${at}/${name}` });
      for (const one of items)
        if (keyOf(one.node.location) === keyOf({ ...location, pointer: `${location.pointer}/items` }))
          next.push({ location: one.target.location, at: `${at}/*` });
    }
    level = next;
  }
  return found;
}

function keyOf({ document, pointer }: { readonly document: string; readonly pointer: string }): string {
  return `${document}#${pointer}`;
}

/** Its schema's name, or the last word of the path in the singular. */
function nameOf({ name }: Shape, { path }: Operation, taken: ReadonlySet<string>): string {
  const segment = path.split('/').findLast((part) => part !== '' && !part.includes('{')) ?? 'object';
  const words = wordsOf(segment).map((word) => word.replace(/ies$/, 'y').replace(/(?<!s)s$/, ''));
  const made = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Object';
  const base = name !== '' && /^[A-Za-z_]\w*$/.test(name) ? name : made;
  let type = base;
  for (let n = 2; taken.has(type); n++) type = `${base}${n}`;
  return type;
}

function proposalOf(contract: Contract, { type, id, source, shape, operation, rows }: Found): Proposal[] {
  const title = `What ${operation.operationId} answers is a ${type}, named by its ${id}`;
  const marks = updating(
    contract,
    title,
    [{ at: shape.node.location, update: { 'x-castellan': { resource: type, id } } }],
    false,
  ).actions;
  const target = pathOf(contract, operation.location);
  if (marks === undefined || (source !== undefined && target === undefined)) return [];
  const update = { 'x-castellan': { resource: { type, id: source } } };
  return [
    {
      id: `resource-${kebab(type)}`,
      kind: 'name',
      basis: 'run',
      title,
      reason:
        source === undefined
          ? 'each held what named it, or who called'
          : `its ${id} was what ${source} named, each time`,
      rows: times(rows),
      callers: callersOf(rows),
      refused: 0,
      operations: [operation.operationId],
      overlay: [
        ...marks,
        ...(source === undefined || target === undefined ? [] : [{ target, description: title, update }]),
      ],
    },
  ];
}
