import { describe, describeBy, firstOf, type Bond } from './bond.ts';
import { groupName } from './cedar.ts';
import { groupOf } from './groups.ts';
import { isReadable } from './owner-path.ts';
import { isNamed, parametersOf, rowsAs, type Parameter } from './rules.ts';
import { isKnown, type Row, type Run } from './run.ts';
import type { OperationFacts, TypeFacts } from './surface.ts';

/** An operation that nobody does to what is another tenant's. */
export interface TenantRule {
  readonly operation: OperationFacts;
  /** Undefined where a parameter names the tenant. */
  readonly of: Tenancy | undefined;
  readonly parameter: Parameter | undefined;
  /** Who works for all tenants. */
  readonly group: string | undefined;
  readonly rows: readonly Row[];
  readonly why: string;
}

/** Whose the objects of a type are, of those that several callers belong to. */
export interface Tenancy {
  readonly type: TypeFacts;
  readonly bond: Bond;
  readonly rows: readonly Row[];
}

const tenantish =
  /(?:tenant|org|organi[sz]ation|company|workspace|account|team|customer|client|site|realm|store|shop|branch|practice|clinic|hospital|school|university|department|division|brand|merchant|vendor|partner|agency|franchise|group)s?(?:_?(?:id|uuid|slug|key|name|code|ref))?$/i;

/** Objects between an object and the one that says whose it is. */
const maxHops = 3;

/** Claims of which several callers have the same, and not all: what they belong to. */
function tenantClaims(run: Run): string[] {
  return [...run.claims].flatMap(([by, { isUnique, values }]) =>
    !isUnique && values >= 2 && tenantish.test(by.slice(by.lastIndexOf('/') + 1)) ? [by] : [],
  );
}

/** What ties objects of each type to a tenant: seen so for two tenants at least, and never otherwise but for who works for all. */
export function tenanciesOf(run: Run): Tenancy[] {
  const claims = tenantClaims(run);
  if (claims.length === 0) return [];
  return [...run.surface.types.values()].flatMap((type) => tenancyOf(run, type, claims) ?? []);
}

function tenancyOf(run: Run, type: TypeFacts, claims: readonly string[]): Tenancy | undefined {
  const reached = new Set([type.type]);
  let ways: readonly { readonly steps: Bond['steps']; readonly to: string }[] = [{ steps: [], to: type.type }];
  for (let hops = 0; hops <= maxHops && ways.length > 0; hops++) {
    for (const { steps, to } of ways)
      for (const { steps: last, by } of run.directBonds(to)) {
        const bond = { steps: [...steps, ...last], by };
        if (!claims.includes(by) || !isReadable(run, type, bond)) continue;
        const rows = rowsAs(run, type, bond, 'own');
        const tenants = new Set(rows.map(({ exchange }) => exchange.caller.said?.[by]?.hashes?.[0]));
        const others = [...rowsAs(run, type, bond, 'other'), ...rowsAs(run, type, bond, 'mixed')];
        if (tenants.size >= 2 && (others.length === 0 || groupOf(run, others) !== undefined))
          return { type, bond, rows };
      }
    const next = ways.flatMap(({ steps, to }) =>
      run
        .references(to)
        .filter((reference) => !reached.has(reference.to))
        .map(({ property, to: other }) => ({ steps: [...steps, { property, to: other }], to: other })),
    );
    for (const { to } of next) reached.add(to);
    ways = next;
  }
  return undefined;
}

/** The operations that stay within a tenant: each of their calls did, and each object was seen. */
export function tenantRules(run: Run, tenancies: readonly Tenancy[]): TenantRule[] {
  const claims = tenantClaims(run);
  return [...run.surface.operations.values()].flatMap((operation): TenantRule[] => {
    const rows = run.of(operation.operation.operationId);
    if (rows.some(({ exchange }) => !isKnown(exchange))) return [];
    const found = tenancies.flatMap((of) => tenantRuleOf(run, operation, rows, of) ?? []);
    if (found.length > 0) return found;
    if (rows.length === 0) return [];
    for (const by of claims)
      for (const parameter of parametersOf(run, operation, by)) {
        const strangers = rows.filter(({ exchange }) => !isNamed(exchange, parameter));
        const group = groupOf(run, strangers);
        const tenants = new Set(rows.map(({ exchange }) => exchange.caller.said?.[by]?.hashes?.[0]));
        if (tenants.size < 2 || strangers.length === rows.length || (strangers.length > 0 && group === undefined))
          continue;
        const why = `its ${parameter.name} was the ${describeBy({ steps: [], by })} of who called each time`;
        return [{ operation, of: undefined, parameter, group, rows, why }];
      }
    return [];
  });
}

function tenantRuleOf(run: Run, operation: OperationFacts, rows: readonly Row[], of: Tenancy): TenantRule | undefined {
  const { type, bond } = of;
  if (!operation.types.includes(type.type)) return undefined;
  const isNew = operation.id === undefined && !operation.safe;
  if (isNew && !operation.creates) return undefined;
  const isList = operation.id === undefined && operation.safe;
  if (isList && !operation.answers.includes(type.type)) return undefined;
  // Of what comes new, the tenant that its own id would name is none yet.
  if (isNew && firstOf(bond) === type.id) return undefined;
  const strangers = rows.filter((row) => {
    const relation = isNew ? (run.relationOfNew(row, bond) ?? 'own') : run.relation(row, type.type, bond);
    return relation !== 'own' && !(isList && relation === 'unknown' && run.isEmpty(row, type.type));
  });
  const group = groupOf(run, strangers);
  if (strangers.length > 0 && group === undefined) return undefined;
  const why =
    rows.length === 0
      ? `nobody called it in the run; a ${type.type} is its tenant's`
      : `the ${describe(bond)} of each ${type.type} was the ${describeBy(bond)} of who called${group === undefined ? '' : `, or the caller was in ${groupName(group)}`}`;
  return { operation, of, parameter: undefined, group, rows, why };
}

/** Rules that no call of the run breaks: what stands inside other answers is decided by them too. */
export function keptTenantRules(run: Run, found: readonly TenantRule[]): readonly TenantRule[] {
  let rules = found;
  for (;;) {
    const broken = rules.find(({ operation, of, group }) => {
      if (of === undefined || of.type.read?.operationId !== operation.operation.operationId) return false;
      return run.rows.some((row) => {
        if (!row.facts.nested.includes(of.type.type)) return false;
        if (group !== undefined && run.isIn(row, group)) return false;
        const relation = run.relationInside(row, of.type.type, of.bond);
        return relation !== undefined && relation !== 'own';
      });
    });
    if (broken === undefined) return rules;
    rules = rules.filter((rule) => rule !== broken);
  }
}
