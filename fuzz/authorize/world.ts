// One API with its policies, objects and callers, as a seed decides: the world that requests are made in.
import type { Random } from '../differential/random.ts';

export type TypeName = 'Note' | 'Folder';
type Profile = 'toy' | 'internal' | 'standard' | 'bank';

/** An object as it is stored. */
export interface Stored {
  readonly type: TypeName;
  readonly id: string;
  readonly ownerId: string;
  readonly team: string;
  readonly open: boolean;
  readonly tag: string | undefined;
  /** Of a note: the folder that its representation holds. */
  readonly folder: string | undefined;
}

export interface Caller {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/** One condition on an object; several are joined by `&&`, in order. */
export type Condition =
  | { readonly is: 'owner' }
  | { readonly is: 'team'; readonly team: string }
  | { readonly is: 'open' }
  | { readonly is: 'tag'; readonly tag: string };

export interface Policy {
  readonly effect: 'permit' | 'forbid';
  readonly group: string | undefined;
  /** Undefined: any operation. */
  readonly actions: readonly string[] | undefined;
  readonly type: TypeName | undefined;
  /** Of one object alone. */
  readonly only: string | undefined;
  readonly when: readonly Condition[];
}

/** How objects stand in an answer. */
export type Shape = 'flat' | 'wrapped' | 'alternatives' | 'list' | 'items' | 'map' | 'tuple' | 'lines';

export interface ApiOperation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly type: TypeName;
  /** Where the ids of its objects stand. */
  readonly names: 'path' | 'query' | 'body' | undefined;
  readonly shape: Shape;
  readonly removes: boolean;
  /** What its body is, where it takes one. */
  readonly takes: 'edit' | 'wrapped edit' | 'new' | 'ids' | undefined;
  /** Whether `x-castellan.resource` says so, or the path does. */
  readonly declared: boolean;
}

export interface World {
  readonly profile: Profile;
  readonly loads: ReadonlySet<TypeName>;
  readonly operations: readonly ApiOperation[];
  readonly policies: readonly Policy[];
  readonly callers: readonly Caller[];
  readonly objects: readonly Stored[];
  /** Who may read `secret`, and write `price`. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly numericIds: boolean;
}

const teams = ['red', 'blue'];
const tags = ['ready', 'draft'];
const itemShapes: readonly Shape[] = ['flat', 'flat', 'wrapped', 'alternatives'];
const listShapes: readonly Shape[] = ['list', 'items', 'map', 'tuple', 'lines'];

export function worldOf(random: Random): World {
  const profile = random.pick<Profile>(['toy', 'internal', 'standard', 'standard', 'bank']);
  const must = profile === 'standard' || profile === 'bank';
  const operations = operationsOf(random);
  const numericIds = random.once(3);
  const objects = [...objectsOf(random, 'Folder', numericIds), ...objectsOf(random, 'Note', numericIds)];
  const names = operations.filter(({ type }) => type === 'Note').map(({ id }) => id);
  return {
    profile,
    loads: new Set<TypeName>([
      ...(must || random.once(2) ? (['Note'] as const) : []),
      ...(random.once(2) ? (['Folder'] as const) : []),
    ]),
    operations,
    policies: policiesOf(random, operations, objects),
    callers: ['ada', 'bob', 'cyn'].map((subject) => ({
      subject,
      groups: ['staff', 'admins'].filter(() => random.once(3)),
      scopes: ['secrets', 'prices'].filter(() => random.once(3)),
    })),
    objects,
    read: allowances(random, 'scope:secrets', names),
    write: allowances(random, 'scope:prices', names),
    numericIds,
  };
}

function allowances(random: Random, scope: string, names: readonly string[]): readonly string[] {
  const action = `action:${random.pick(names)}`;
  const all = random.once(3) ? [] : ['admins', scope, action].filter(() => random.once(2));
  return all.length === 0 ? [action] : all;
}

function operationsOf(random: Random): readonly ApiOperation[] {
  const declared = (): boolean => random.once(2);
  const item = (): Shape => random.pick(itemShapes);
  const removes = (): boolean => random.once(3);
  const all: readonly ApiOperation[] = [
    {
      id: 'getNote',
      method: 'GET',
      path: '/notes/{id}',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: removes(),
      takes: undefined,
      declared: declared(),
    },
    {
      id: 'listNotes',
      method: 'GET',
      path: '/notes',
      type: 'Note',
      names: undefined,
      shape: random.pick(listShapes),
      removes: removes(),
      takes: undefined,
      declared: declared(),
    },
    {
      id: 'findNotes',
      method: 'GET',
      path: '/found',
      type: 'Note',
      names: 'query',
      shape: random.pick(listShapes),
      removes: removes(),
      takes: undefined,
      declared: true,
    },
    {
      id: 'noteFile',
      method: 'GET',
      path: '/notes/{id}/file',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: removes(),
      takes: undefined,
      declared: declared(),
    },
    {
      id: 'editNote',
      method: 'PATCH',
      path: '/notes/{id}',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: false,
      takes: 'edit',
      declared: declared(),
    },
    {
      id: 'putNote',
      method: 'PUT',
      path: '/notes/{id}',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: false,
      takes: 'wrapped edit',
      declared: declared(),
    },
    {
      id: 'createNote',
      method: 'POST',
      path: '/notes',
      type: 'Note',
      names: undefined,
      shape: item(),
      removes: false,
      takes: 'new',
      declared: declared(),
    },
    {
      id: 'deleteNote',
      method: 'DELETE',
      path: '/notes/{id}',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: false,
      takes: undefined,
      declared: declared(),
    },
    {
      id: 'archiveNote',
      method: 'POST',
      path: '/notes/{id}/archive',
      type: 'Note',
      names: 'path',
      shape: item(),
      removes: removes(),
      takes: undefined,
      declared: declared(),
    },
    {
      id: 'editNotes',
      method: 'POST',
      path: '/batch',
      type: 'Note',
      names: 'body',
      shape: random.pick(listShapes),
      removes: removes(),
      takes: 'ids',
      declared: true,
    },
    {
      id: 'touchNotes',
      method: 'POST',
      path: '/touched',
      type: 'Note',
      names: 'query',
      shape: random.pick(listShapes),
      removes: removes(),
      takes: undefined,
      declared: true,
    },
    {
      id: 'getFolder',
      method: 'GET',
      path: '/folders/{id}',
      type: 'Folder',
      names: 'path',
      shape: random.pick(['flat', 'wrapped']),
      removes: removes(),
      takes: undefined,
      declared: declared(),
    },
  ];
  return all;
}

function objectsOf(random: Random, type: TypeName, numeric: boolean): Stored[] {
  const first = type === 'Note' ? 1 : 11;
  return [0, 1, 2].map((index) => ({
    type,
    id: numeric ? String(first + index) : `${type === 'Note' ? 'n' : 'f'}${index + 1}`,
    ownerId: random.pick(['ada', 'ada', 'bob', 'cyn']),
    team: random.pick(teams),
    open: random.once(2),
    tag: random.once(2) ? random.pick(tags) : undefined,
    folder:
      type === 'Note' && random.once(3)
        ? numeric
          ? String(11 + random.below(3))
          : `f${1 + random.below(3)}`
        : undefined,
  }));
}

function policiesOf(
  random: Random,
  operations: readonly ApiOperation[],
  objects: readonly Stored[],
): readonly Policy[] {
  return Array.from({ length: 1 + random.below(5) }, () => policyOf(random, operations, objects));
}

function policyOf(random: Random, operations: readonly ApiOperation[], objects: readonly Stored[]): Policy {
  const effect = random.once(3) ? 'forbid' : 'permit';
  const type = random.once(4) ? 'Folder' : 'Note';
  const group = random.once(3) ? random.pick(['staff', 'admins']) : undefined;
  const own = operations.filter((operation) => operation.type === type);
  // Some policies are about everything.
  if (random.once(8)) return { effect, group, actions: undefined, type: undefined, only: undefined, when: [] };
  const named = own.filter(() => random.once(2)).map(({ id }) => id);
  return {
    effect,
    group,
    actions: named.length === 0 ? undefined : named,
    type,
    only: random.once(8) ? random.pick(objects.filter((object) => object.type === type)).id : undefined,
    when: Array.from({ length: random.pick([0, 1, 1, 2]) }, () =>
      random.pick<Condition>([
        { is: 'owner' },
        { is: 'team', team: random.pick(teams) },
        { is: 'open' },
        { is: 'tag', tag: random.pick(tags) },
      ]),
    ),
  };
}
