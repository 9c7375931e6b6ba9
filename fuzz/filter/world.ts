// What random filters are about: documents in folders, in tables, documents of MongoDB and entities of Cedar.
import type { DocumentMapping, EntityJson, SqlMapping } from '@castellan/policy';
import { Random } from '../policy/random.ts';

export const schema = `
  entity Org;
  entity Group in [Group, Org];
  entity User in [Group] { name?: String, level?: Long, orgs?: Set<Org>, grants?: Set<{ org: Org, role: String }> };
  entity Folder in [Folder] { owner?: User, org: Org, locked?: Bool, readers?: Set<Group> };
  entity Document in [Folder] {
    title: String, owner?: User, team?: Group, org: Org, size: Long, spent: Long, open?: Bool, due?: datetime, until?: datetime,
    labels?: Set<String>, shares?: Set<User>, price?: decimal, folder?: Folder,
    approval?: { tag?: String, by?: User, at?: datetime }
  };
  action view appliesTo { principal: User, resource: Document, context: { now: datetime, limit?: Long } };`;

export interface FolderRow {
  readonly id: string;
  readonly parent: string | null;
  readonly owner: string | null;
  readonly org: string;
  readonly locked: boolean | null;
  readonly readers: readonly string[];
}

export interface DocumentRow {
  readonly id: string;
  readonly folder: string | null;
  readonly title: string;
  readonly owner: string | null;
  readonly team: string | null;
  readonly org: string;
  readonly size: number;
  readonly spent: bigint;
  readonly open: boolean | null;
  readonly due: string | null;
  readonly until: string | null;
  readonly labels: readonly string[] | null;
  readonly shares: readonly string[];
  readonly price: string | null;
  readonly approval: { readonly tag: string; readonly by: string | null; readonly at: string | null } | null;
}

/** Direct memberships; of groups in groups one makes a circle. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  staff: ['all'],
  leads: ['staff'],
  all: [],
  ring: ['round'],
  round: ['ring'],
};
export const users: Readonly<Record<string, readonly string[]>> = {
  ada: ['leads'],
  bob: ['all', 'ring'],
  eve: [],
  ADA: ['staff'],
};
const orgOfGroup: Readonly<Record<string, string>> = { all: 'acme', round: 'umbrella' };

export const folders: readonly FolderRow[] = [
  { id: 'f1', parent: null, owner: 'ada', org: 'acme', locked: false, readers: ['staff'] },
  { id: 'f2', parent: 'f1', owner: 'bob', org: 'acme', locked: null, readers: [] },
  { id: 'f3', parent: 'f2', owner: null, org: 'umbrella', locked: true, readers: ['ring', 'all'] },
  { id: 'f4', parent: 'f4', owner: 'eve', org: 'umbrella', locked: null, readers: ['leads'] },
];

export const times = [
  '2026-01-01T00:00:00.000Z',
  '2026-01-04T05:59:59.999Z',
  '2026-01-04T06:00:00.000Z',
  '2026-02-01T00:00:00.001Z',
] as const;
export const texts = ['ready', 'draft', 'Ready', '100%', 'a_b', "o'clock", '\\', '', 'a*b', 'x[y]', 'ready\n'] as const;

/** Documents from a seed. */
export function documents(seed: number, count: number): readonly DocumentRow[] {
  const random = new Random(seed);
  const maybe = <T>(make: () => T, probability = 0.6): T | null => (random.chance(probability) ? make() : null);
  const user = (): string => random.pick(['ada', 'bob', 'eve', 'ADA', 'ghost']);
  return Array.from({ length: count }, (_, index) => ({
    id: `d${index}`,
    // One of them is nowhere to be found.
    folder: maybe(() => random.pick(['f1', 'f2', 'f3', 'f4', 'gone']), 0.8),
    title: random.pick(texts),
    owner: maybe(user, 0.8),
    team: maybe(() => random.pick(['staff', 'all', 'ring', 'leads'])),
    org: random.pick(['acme', 'umbrella']),
    size: random.below(6) - 2,
    spent: random.pick([0n, 3n, -5n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]),
    open: maybe(() => random.chance(0.5)),
    due: maybe(() => random.pick(times)),
    until: maybe(() => random.pick(times)),
    labels: maybe(() => [...new Set(random.list(3, () => random.pick(texts)))]),
    shares: [...new Set(random.list(2, user))],
    price: maybe(() => random.pick(['1.5', '-0.25', '100.0'])),
    approval: maybe(() => ({ tag: random.pick(texts), by: maybe(user), at: maybe(() => random.pick(times)) })),
  }));
}

const tables: SqlMapping['tables'] = {
  Folder: {
    table: 'folders',
    columns: { owner: 'owner_id', org: 'org_id' },
    sets: { readers: { table: 'folder_readers', owner: 'folder_id', value: 'group_id' } },
    parents: { Folder: 'parent_id' },
  },
  User: { table: 'users', parents: { Group: { table: 'memberships', child: 'user_id', parent: 'group_id' } } },
  Group: {
    table: 'groups',
    parents: { Group: { table: 'nested', child: 'group_id', parent: 'parent_id' }, Org: 'org_id' },
  },
};

export const sqlMapping: SqlMapping = {
  table: 'documents',
  columns: {
    owner: 'owner_id',
    team: 'team_id',
    org: 'org_id',
    until: 'until_at',
    folder: 'folder_id',
    approval: 'approval_tag',
    'approval.tag': 'approval_tag',
    'approval.by': 'approval_by',
    'approval.at': 'approval_at',
  },
  sets: { shares: { table: 'shares', owner: 'document_id', value: 'user_id' } },
  parents: { Folder: 'folder_id' },
  tables,
};

export const mongoMapping: DocumentMapping = {
  fields: {
    'folder.owner': 'inFolder.owner',
    'folder.org': 'inFolder.org',
    'folder.locked': 'inFolder.locked',
    'folder.readers': 'inFolder.readers',
  },
  parents: { Folder: 'ancestors' },
  members: (group, type) => {
    if (type !== 'User' && type !== 'Group') return undefined;
    const known = type === 'User' ? users : groups;
    return Object.keys(known).filter((id) => isWithin(type, id, group));
  },
};

function isWithin(type: string, id: string, group: { readonly type: string; readonly id: string }): boolean {
  const seen = new Set<string>();
  const open = [...((type === 'User' ? users[id] : groups[id]) ?? [])];
  if (group.type === 'Org' && type === 'Group' && orgOfGroup[id] === group.id) return true;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (group.type === 'Group' ? next === group.id : orgOfGroup[next] === group.id) return true;
    open.push(...(groups[next] ?? []));
  }
  return false;
}

/** All folders that a document is in. */
export function foldersAbove(id: string | null): readonly string[] {
  const found: string[] = [];
  for (let next = id; next !== null && !found.includes(next);) {
    found.push(next);
    next = folders.find((folder) => folder.id === next)?.parent ?? null;
  }
  return found;
}

const entity = (type: string, id: string) => ({ __entity: { type, id } });
const time = (value: string) => ({ __extn: { fn: 'datetime', arg: value } });
const present = (attrs: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null && value !== undefined));

/** What everybody is and is in. */
export const people: readonly EntityJson[] = [
  ...Object.entries(users).map(([id, parents]) => ({
    uid: { type: 'User', id },
    attrs:
      id === 'eve'
        ? {}
        : {
            name: id,
            level: id.length,
            orgs: [entity('Org', 'acme')],
            grants: [
              { org: entity('Org', id === 'bob' ? 'umbrella' : 'acme'), role: id === 'ada' ? 'admin' : 'reader' },
            ],
          },
    parents: parents.map((group) => ({ type: 'Group', id: group })),
  })),
  ...Object.entries(groups).map(([id, parents]) => ({
    uid: { type: 'Group', id },
    attrs: {},
    parents: [
      // Cedar refuses circles; tables may have them.
      ...parents.filter(() => id !== 'round').map((group) => ({ type: 'Group', id: group })),
      ...(orgOfGroup[id] === undefined ? [] : [{ type: 'Org', id: orgOfGroup[id] }]),
    ],
  })),
];

export const orgOf = (group: string): string | null => orgOfGroup[group] ?? null;

export const folderEntities: readonly EntityJson[] = folders.map(({ id, parent, owner, org, locked, readers }) => ({
  uid: { type: 'Folder', id },
  attrs: present({
    owner: owner === null ? null : entity('User', owner),
    org: entity('Org', org),
    locked,
    readers: readers.map((group) => entity('Group', group)),
  }),
  parents: parent === null || parent === id ? [] : [{ type: 'Folder', id: parent }],
}));

export function documentEntity(row: DocumentRow): EntityJson {
  const { approval } = row;
  return {
    uid: { type: 'Document', id: row.id },
    attrs: present({
      title: row.title,
      owner: row.owner === null ? null : entity('User', row.owner),
      team: row.team === null ? null : entity('Group', row.team),
      org: entity('Org', row.org),
      folder: row.folder === null ? null : entity('Folder', row.folder),
      size: row.size,
      spent: row.spent,
      open: row.open,
      due: row.due === null ? null : time(row.due),
      until: row.until === null ? null : time(row.until),
      labels: row.labels,
      shares: row.shares.map((user) => entity('User', user)),
      price: row.price === null ? null : { __extn: { fn: 'decimal', arg: row.price } },
      approval:
        approval === null
          ? null
          : present({
              tag: approval.tag,
              by: approval.by === null ? null : entity('User', approval.by),
              at: approval.at === null ? null : time(approval.at),
            }),
    }),
    parents: row.folder === null ? [] : [{ type: 'Folder', id: row.folder }],
  };
}
