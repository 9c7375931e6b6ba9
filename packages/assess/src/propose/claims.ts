import { pathOf, rootOf } from '../posture/patch.ts';
import type { Access } from './access.ts';
import { claimPath } from './bond.ts';
import { claimGroup } from './cedar.ts';
import type { Proposal } from './model.ts';
import { times, type Run } from './run.ts';

type Claim = { readonly path: readonly string[]; readonly schema: object };

/** The document has to say what policies may read of callers: the claims that rules compare, as attributes of `User`. */
export function claimProposals(run: Run, { rules, tenants }: Access, groups: readonly string[]): Proposal[] {
  const claims = new Map<string, Claim>();
  const add = (pointer: string, schema: object): void => void claims.set(pointer, { path: claimPath(pointer), schema });
  const compare = (by: string | undefined): void => {
    if (by !== undefined && by !== 'sub') add(by, { type: run.claims.get(by)?.type === 'Long' ? 'integer' : 'string' });
  };
  for (const { owner, parameter } of rules) {
    compare(owner?.by);
    compare(parameter?.by);
  }
  for (const { of, parameter } of tenants) {
    compare(of?.bond.by);
    compare(parameter?.by);
  }
  for (const group of [...groups, ...[...rules, ...tenants].flatMap((rule) => rule.group ?? [])]) {
    const claim = claimGroup(group);
    if (claim !== undefined) add(claim.pointer, schemas.get(claim.type) ?? {});
  }
  const { contract } = run.surface;
  const target = pathOf(contract, rootOf(contract));
  if (claims.size === 0 || target === undefined) return [];
  const names = [...claims.values()].map(({ path }) => path.join('.')).join(', ');
  const title = `Policies may read ${names} of callers`;
  const schema = {
    type: 'object',
    'x-castellan': { resource: 'User', id: 'id' },
    properties: { id: { type: 'string' }, ...propertiesOf([...claims.values()]) },
  };
  const update = isTwo(contract.document)
    ? { definitions: { CallerClaims: schema } }
    : { components: { schemas: { CallerClaims: schema } } };
  return [
    {
      id: 'claims-of-callers',
      kind: 'name',
      basis: 'run',
      title,
      reason: 'tokens say so, and policies compare it',
      rows: times(run.rows),
      callers: run.callers.size,
      refused: 0,
      operations: [],
      overlay: [{ target, description: title, update }],
    },
  ];
}

const schemas: ReadonlyMap<string, object> = new Map(
  Object.entries({
    text: { type: 'string' },
    texts: { type: 'array', items: { type: 'string' } },
    number: { type: 'integer' },
    boolean: { type: 'boolean' },
  }),
);

function propertiesOf(claims: readonly Claim[]): Record<string, object> {
  const properties = new Map<string, object>();
  const below = new Map<string, Claim[]>();
  for (const { path, schema } of claims) {
    const [name = '', ...rest] = path;
    if (rest.length === 0) properties.set(name, schema);
    else below.set(name, [...(below.get(name) ?? []), { path: rest, schema }]);
  }
  for (const [name, inner] of below) properties.set(name, { type: 'object', properties: propertiesOf(inner) });
  return Object.fromEntries(properties);
}

function isTwo(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'swagger' in document;
}
