import { PathTree, variableOf, type InferredTemplate } from '@castellan/assess/paths';
import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { correctionsOf } from './corrections.ts';
import { notFound, type GatheredSighting } from './gather.ts';
import { moveSightings } from './move.ts';

/** What is known of an undocumented template. */
export interface KnownTemplate {
  readonly host: string;
  readonly method: string;
  readonly template: string;
  readonly hits: number;
}

/** A template of which it is not sure yet whether all of its names are names. */
export interface UnsureTemplate extends KnownTemplate {
  /** What it is if they are values: `/users/{userId}`. */
  readonly otherwise: string;
}

/**
 * Infers the templates of hosts once more, from all that was imported so far: words that each file for itself says too little of
 * become values where they are many. Must be part of a transaction.
 * @param sightings that were added just now
 * @returns those of the hosts that are not sure yet
 */
export async function refold(store: Store, sightings: readonly GatheredSighting[]): Promise<readonly UnsureTemplate[]> {
  const hosts = new Set(sightings.flatMap(({ documented, host }) => (documented ? [] : [host])));
  if (hosts.size === 0) return [];
  const { rows } = await sql<KnownTemplate>`
    select host, method, template, sum(hits) as hits from traffic
    where not documented and host = any(${[...hosts]}::text[]) group by host, method, template
    order by host, method, template`.execute(store.db);
  const corrected = await correctionsOf(store);
  const free = rows.filter(({ host, template }) => corrected(host, template) === undefined);
  const inferred = inferredOf(free);
  for (const [host, templates] of inferred) {
    const moves = new Map<string, Set<string>>();
    for (const { template, data } of templates)
      for (const one of data)
        if (shapeOf(one.template) !== shapeOf(template))
          moves.set(template, (moves.get(template) ?? new Set()).add(one.template));
    for (const [to, from] of moves) await moveSightings(store, host, [...from], to);
  }
  return unsureIn(inferred);
}

/** Which of some templates are not sure yet. */
export function unsureOf(templates: readonly KnownTemplate[]): readonly UnsureTemplate[] {
  return unsureIn(inferredOf(templates));
}

type Inferred = ReadonlyMap<string, readonly InferredTemplate<readonly KnownTemplate[]>[]>;

function inferredOf(templates: readonly KnownTemplate[]): Inferred {
  const trees = new Map<string, PathTree<readonly KnownTemplate[]>>();
  for (const one of templates) {
    if (one.template === notFound) continue;
    let tree = trees.get(one.host);
    if (tree === undefined) trees.set(one.host, (tree = new PathTree((a, b) => [...a, ...b])));
    tree.add(one.method, one.template, [one], Number(one.hits));
  }
  return new Map([...trees].map(([host, tree]) => [host, tree.templates()]));
}

function unsureIn(inferred: Inferred): readonly UnsureTemplate[] {
  return [...inferred].flatMap(([host, templates]) =>
    templates.flatMap(({ method, template, hits, open }) =>
      open.length === 0 ? [] : [{ host, method, template, hits: Number(hits), otherwise: withValues(template, open) }],
    ),
  );
}

function withValues(template: string, open: readonly number[]): string {
  const path: string[] = [];
  const names: string[] = [];
  for (const [index, segment] of template.slice(1).split('/').entries()) {
    const name = /^\{([^{}]+)\}/.exec(segment)?.[1] ?? (open.includes(index) ? variableOf(path, names) : undefined);
    if (name !== undefined) names.push(name);
    path.push(open.includes(index) ? `{${name}}` : segment);
  }
  return `/${path.join('/')}`;
}

const shapeOf = (template: string): string => template.replaceAll(/\{[^{}]*\}/g, '{}');
