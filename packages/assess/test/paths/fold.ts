import type { Contract, Operation } from '@castellan/contract';
import { formOfSegment, PathTree, type InferredTemplate } from '@castellan/assess/paths';
import { unmetFormed, unmetSpoken } from './unmet.ts';
import { formed, randomOf, spoken, type MakeValue } from './values.ts';

/** How traffic is made of a document. */
export interface Traffic {
  readonly name: string;
  /** Calls of an operation. */
  readonly calls: (random: () => number, of: number) => number;
  /** Values of a parameter. */
  readonly values: number;
  /** Whether few values are sent most of the time. */
  readonly zipf: boolean;
  readonly kinds: readonly string[];
  /** Whether the operations are called in the order of the document instead of all together. */
  readonly inOrder?: boolean;
  /** Kind of a value that stands before all paths: tenants. */
  readonly before?: string;
}

const known = Object.keys(formed);
const all = [...known, ...Object.keys(spoken)];
const unmet = Object.keys(unmetFormed);
const makers: Readonly<Record<string, MakeValue>> = { ...formed, ...spoken, ...unmetFormed, ...unmetSpoken };

/** Kinds of traffic; those with `formed` have values that are known by their form. */
export const traffics: readonly Traffic[] = [
  { name: 'formed, 3 calls', calls: () => 3, values: 300, zipf: false, kinds: known },
  { name: 'formed, 30 calls', calls: () => 30, values: 300, zipf: false, kinds: known },
  { name: 'formed, 10 values', calls: () => 40, values: 10, zipf: false, kinds: known, inOrder: true },
  { name: 'formed, Zipf', calls: zipf(3_000), values: 300, zipf: true, kinds: known },
  { name: 'all, 2 calls', calls: () => 2, values: 400, zipf: false, kinds: all },
  { name: 'all, 30 calls', calls: () => 30, values: 400, zipf: false, kinds: all },
  { name: 'all, 100 calls', calls: () => 100, values: 400, zipf: false, kinds: all, inOrder: true },
  { name: 'all, 100 calls, Zipf', calls: () => 100, values: 400, zipf: true, kinds: all },
  { name: 'words, 100 calls', calls: () => 100, values: 400, zipf: false, kinds: ['word', 'slug', 'handle'] },
  { name: 'others, 3 calls', calls: () => 3, values: 300, zipf: false, kinds: unmet },
  { name: 'others, 30 calls', calls: () => 30, values: 300, zipf: false, kinds: unmet },
  { name: 'others, Zipf', calls: zipf(3_000), values: 300, zipf: true, kinds: unmet },
  { name: 'other words, 100 calls', calls: () => 100, values: 400, zipf: false, kinds: Object.keys(unmetSpoken) },
  { name: 'tenants first', calls: () => 40, values: 60, zipf: false, kinds: known, before: 'word' },
];

function zipf(most: number): Traffic['calls'] {
  return (random, of) => Math.ceil(most / (1 + Math.floor(random() * of)));
}

/** What became of the operations of a document. */
export interface Folded {
  /** Parts of all operations: of the very template; or with names where the document lists the values. */
  readonly exact: number;
  readonly right: number;
  /** Not right, and said to be not sure yet at each segment where they are not. */
  readonly unsure: number;
  /** Right, and said to be not sure yet. */
  readonly doubted: number;
  /** Templates of several operations that are none. */
  readonly merged: readonly string[];
  readonly wrong: readonly string[];
}

/** Makes traffic of a document and infers its templates, which do not see the document. */
export function fold(contract: Contract, traffic: Traffic, seed: number): Folded {
  const { operations } = contract;
  const random = randomOf(seed);
  const tree = new PathTree<Set<string>>((into, from) => new Set([...into, ...from]));
  const requests: (readonly [Operation, string])[] = [];
  const pools = new Map<string, readonly string[]>();
  const { before } = traffic;
  const tenants =
    before === undefined ? [] : Array.from({ length: traffic.values }, (_, n) => makers[before]?.(random, n) ?? '');
  const tenant = (): string => (before === undefined ? '' : `/${tenants[Math.floor(random() * tenants.length)]}`);
  for (const operation of operations) {
    const count = traffic.calls(random, operations.length);
    for (let n = 0; n < count; n++) requests.push([operation, tenant() + pathOf(operation, traffic, random, pools)]);
  }
  if (traffic.inOrder !== true) shuffle(requests, random);
  for (const [{ method, operationId }, path] of requests) tree.add(method, path, new Set([operationId]));
  const templates = tree.templates();
  const byId = new Map(operations.map((one) => [one.operationId, one]));
  const mine = new Map<string, Inferred[]>();
  // A tenant that became a part of the template is taken away from it; one that did not, stays and is wrong.
  const own = (one: Inferred): Inferred =>
    before === undefined || !one.template.startsWith('/{')
      ? one
      : { ...one, template: one.template.replace(/^\/[^/]*/, ''), open: one.open.map((at) => at - 1) };
  for (const template of templates.map(own))
    for (const id of template.data) mine.set(id, [...(mine.get(id) ?? []), template]);
  const wrong: string[] = [];
  let [exact, right, unsure, doubted] = [0, 0, 0, 0];
  for (const operation of operations) {
    const found = mine.get(operation.operationId) ?? [];
    const isExact = found.length === 1 && shape(found[0]?.template ?? '') === shape(operation.path);
    if (isExact) exact += 1;
    if (isExact || (found.length > 0 && found.every(({ template }) => covers(operation, template)))) {
      right += 1;
      if (found.some(({ open }) => open.length > 0)) doubted += 1;
    } else if (found.length > 0 && found.every((one) => isOpenWhereWrong(operation, one))) unsure += 1;
    else
      wrong.push(
        `${operation.method} ${operation.path} became ${found
          .slice(0, 3)
          .map(({ template }) => template)
          .join(' ')}`,
      );
  }
  const merged = templates
    .filter(({ template, data }) => {
      const of = [...data].flatMap((id) => byId.get(id) ?? []);
      // What a document lists as a value and names as a path as well is one.
      const isListed = !template.includes('{') && of.every((operation) => covers(operation, template));
      // `securityClassification-6VMVochwUWo` is a name that nobody can tell from an identifier.
      const isMade = of.some(({ path }) =>
        path.split('/').some((one) => formOfSegment(one) === 'identifier' && !one.includes('{')),
      );
      return !isListed && !isMade && new Set(of.map(({ path }) => shape(path))).size > 1;
    })
    .map(({ method, template }) => `${method} ${template}`);
  const count = operations.length;
  return {
    exact: exact / count,
    right: right / count,
    unsure: unsure / count,
    doubted: doubted / count,
    merged,
    wrong,
  };
}

type Inferred = InferredTemplate<Set<string>>;

/** Whether each segment in which a template is not that of the operation is one of which it says that it is not sure. */
function isOpenWhereWrong(operation: Operation, { template, open }: Inferred): boolean {
  const documented = sent(operation.path).split('/').slice(1);
  const found = template.split('/').slice(1);
  if (documented.length !== found.length) return false;
  return documented.every(
    (segment, at) =>
      open.includes(at) || (segment.includes('{') ? found[at]?.startsWith('{') === true : found[at] === segment),
  );
}

/** What stands after `#` in some documents is never sent. */
const sent = (path: string): string => path.replace(/#.*$/, '');
const shape = (path: string): string => sent(path).replaceAll(/[^/]*\{[^/]*/g, '{}');

function pathOf(
  operation: Operation,
  { kinds, values, zipf: skewed }: Traffic,
  random: () => number,
  pools: Map<string, readonly string[]>,
): string {
  const segments = sent(operation.path).split('/');
  return segments
    .map((segment, index) =>
      segment.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
        const listed = enumOf(operation, name)?.join(' ') ?? '';
        const key = `${shape(segments.slice(0, index + 1).join('/'))} ${listed}`;
        let pool = pools.get(key);
        if (pool === undefined) pools.set(key, (pool = poolOf(operation, name, kinds, values, random)));
        const at = skewed ? (pool.length + 1) ** random() - 1 : random() * pool.length;
        return encodeURIComponent(pool[Math.min(Math.floor(at), pool.length - 1)] ?? '');
      }),
    )
    .join('/');
}

function poolOf(
  operation: Operation,
  name: string,
  kinds: readonly string[],
  values: number,
  random: () => number,
): readonly string[] {
  const listed = enumOf(operation, name);
  if (listed !== undefined) return listed;
  const raw = rawOf(operation, name);
  const isNumber = [raw['type']].flat().includes('integer');
  const kind = isNumber ? 'number' : (kinds[Math.floor(random() * kinds.length)] ?? '');
  const make = makers[kind];
  return Array.from({ length: values }, (_, n) => make?.(random, n) ?? '');
}

function rawOf(operation: Operation, name: string): Readonly<Record<string, unknown>> {
  const raw = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema?.raw;
  return typeof raw === 'object' ? raw : {};
}

function enumOf(operation: Operation, name: string): readonly string[] | undefined {
  const listed = rawOf(operation, name)['enum'];
  return Array.isArray(listed) ? listed.map(String) : undefined;
}

function covers(operation: Operation, template: string): boolean {
  const documented = sent(operation.path).split('/');
  const found = template.split('/');
  return (
    found.length === documented.length &&
    documented.every((segment, index) => {
      const got = found[index] ?? '';
      if (!segment.includes('{')) return got === segment;
      const names = [...segment.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
      const listed = names.flatMap((name) => enumOf(operation, name) ?? []);
      return got.startsWith('{') || listed.some((value) => got.includes(value));
    })
  );
}

function shuffle<T>(list: T[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const at = Math.floor(random() * (last + 1));
    const kept = list[last] as T;
    list[last] = list[at] as T;
    list[at] = kept;
  }
}
