import type { Basis } from './model.ts';
import { isReadable } from './owner-path.ts';
import { groupOf, isPrivileged, isReporting } from './groups.ts';
import { callersOf, isKnown, times, type Relation, type Row, type Run } from './run.ts';
import type { ObservedExchange } from './observed.ts';
import type { OperationFacts, TypeFacts } from './surface.ts';

/** Who may call an operation, on objects of one type. */
export interface Rule {
  readonly operation: OperationFacts;
  /** Undefined where it acts on the API as a whole. */
  readonly type: TypeFacts | undefined;
  /** Whoever's id stands in this property. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  /** Whoever's id this parameter is. */
  readonly parameter?: Parameter | undefined;
  /** Everybody, as today: where another rule would otherwise count for what it answers. */
  readonly open: boolean;
  /** What other callers' objects are taken out of. */
  readonly removes: boolean;
  readonly basis: Basis;
  readonly rows: readonly Row[];
  readonly why: string;
}

/** A value of a request: a parameter, or a property of its body. */
export interface Parameter {
  readonly in: 'path' | 'query' | 'body';
  readonly name: string;
}

/** Who owns the objects of a type, by the run. */
export interface Ownership {
  readonly type: TypeFacts;
  readonly property: string;
  readonly rows: readonly Row[];
}

const ownerish =
  /(?:owner|user|author|creator|created_?by|customer|account|member|seller|buyer|client|patient|employee|student|driver|login|email|holder|sender|assignee|uploaded_?by|^sub|^by)(?:_?(?:id|name|uuid))?$/i;

/** The property of a type that holds its owner's id: seen so for two callers at least, on objects that are read or written one by one. */
export function ownershipOf(run: Run, type: TypeFacts): Ownership | undefined {
  let best: (Ownership & { score: number }) | undefined;
  for (const property of run.ownerProperties(type.type)) {
    if (!isReadable(type, property)) continue;
    const rows = run.rows.filter(
      (row) =>
        row.facts.types.includes(type.type) &&
        isKnown(row.exchange) &&
        run.relation(row, type.type, property) === 'own',
    );
    const others = run.rows.filter(
      (row) =>
        row.facts.types.includes(type.type) &&
        isKnown(row.exchange) &&
        run.relation(row, type.type, property) === 'other',
    );
    const named = ownerish.test(property) || ownerish.test(property.split('.')[0] ?? '');
    // A number that is somebody's id by chance is not the same for two people, each time.
    if (callersOf(rows) < 2 || (!named && others.length * 4 > rows.length && groupOf(run, others) === undefined))
      continue;
    const score = times(rows) + (named ? 1000 : 0);
    if (best === undefined || score > best.score) best = { type, property, rows, score };
  }
  return best;
}

const owners =
  /^(?:owner|user|author|creator|customer|account_?owner|patient|client|buyer|seller|member|employee|student)_?(?:id|uuid)$|^(?:owner|author|creator|created_?by|uploaded_?by)$/i;

/** The property that holds the owner's id by its name, of a type that the run did not see; undefined where none or several could. */
export function namedOwnership(run: Run, type: TypeFacts): Ownership | undefined {
  if (run.rows.some(({ facts }) => facts.types.includes(type.type))) return undefined;
  const named = [...type.attributes.keys()].filter((name) => owners.test(name));
  const [property] = named;
  return property === undefined || named.length > 1 ? undefined : { type, property, rows: [] };
}

/**
 * The strictest rule for an operation on objects of a type that every exchange of the run keeps. Undefined where the run does
 * not tell one.
 */
export function ruleOf(run: Run, operation: OperationFacts, owned: Ownership): Rule | undefined {
  const { type, property } = owned;
  const rows = run.of(operation.operation.operationId);
  const base = { operation, type, open: false, removes: false, basis: 'run', rows } as const;
  const by = (relation: Relation): readonly Row[] =>
    rows.filter((row) => isKnown(row.exchange) && relationOf(run, row, operation, owned) === relation);
  const own = by('own');
  const strangers = rows.filter((row) => !own.includes(row) && !by('unknown').includes(row));
  const isList = operation.id === undefined && operation.safe;
  // Who comes new is nobody yet.
  if (operation.id === undefined && !operation.safe && property === type.id) return undefined;
  const group = strangers.length === 0 ? undefined : groupOf(run, strangers);

  if (rows.length === 0)
    return isPrivileged(operation.operation) ||
      (owned.rows.length === 0 && operation.safe && !privateThings.test(type.type))
      ? undefined
      : {
          ...base,
          owner: property,
          group: undefined,
          removes: isList,
          basis: 'document',
          why:
            owned.rows.length === 0
              ? `its ${property} is the owner by its name, and no run shows otherwise`
              : `nobody called it in the run; what else is done to a ${type.type} is its owner's`,
        };
  if (strangers.length > 0 && group === undefined) return isList ? sharedList(run, base, owned) : undefined;
  if (by('unknown').length > 0 && operation.id !== undefined && own.length === 0 && group === undefined)
    return undefined;
  const isForFew = !operation.safe || isPrivileged(operation.operation) || listsPeople(operation);
  if (strangers.length > 0 && own.length === 0 && isForFew)
    return { ...base, owner: undefined, group, why: `only callers in ${group} did it, on objects of others` };
  return {
    ...base,
    owner: property,
    group,
    removes: isList,
    why: `${isList ? 'all that it answered was' : `the ${type.type} was`} the caller's each time${group === undefined ? '' : `, or the caller was in ${group}`}`,
  };
}

/** A list in which ordinary callers are given the objects of others: only where nobody reads others' objects one by one. */
function sharedList(
  run: Run,
  base: Omit<Rule, 'owner' | 'group' | 'why'>,
  { type, property }: Ownership,
): Rule | undefined {
  const { read } = type;
  const reads = read === undefined ? [] : run.of(read.operationId);
  const isPrivate =
    privateThings.test(type.type) &&
    reads.length > 0 &&
    reads.every((row) => {
      const relation = run.relation(row, type.type, property);
      return relation === 'own' || groupOf(run, [row]) !== undefined;
    });
  if (!isPrivate) return undefined;
  return {
    ...base,
    owner: property,
    group: groupOf(
      run,
      reads.filter((row) => run.relation(row, type.type, property) !== 'own'),
    ),
    removes: true,
    why: `it answered those of others too, and nobody reads a ${type.type} of others by itself: they are taken out of the list`,
  };
}

const privateThings =
  /order|invoice|payment|message|account|address|card|wallet|transaction|statement|prescription|record|claim|ticket|booking|reservation|vehicle|subscription|document|file|note|profile|appointment|receipt|refund|cart|basket|secret|key|token|device/i;

/** What a new object says of its owner, or how an object that is there stands to who calls. */
function relationOf(run: Run, row: Row, operation: OperationFacts, { type, property }: Ownership): Relation {
  if (operation.id !== undefined || operation.safe) return run.relation(row, type.type, property);
  const given = run.given(row, property);
  if (given.length === 0) return 'own';
  return given.every((hash) => hash === row.exchange.caller.id) ? 'own' : 'other';
}

/**
 * A rule for an operation that names the caller: `/users/{userId}/cards`, `?accountId=`. Undefined where two callers at least
 * did not each name themselves, or somebody else whom no group tells apart.
 */
export function parameterRule(run: Run, operation: OperationFacts): Rule | undefined {
  const rows = run.of(operation.operation.operationId);
  if (rows.length === 0 || rows.some(({ exchange }) => !isKnown(exchange))) return undefined;
  for (const parameter of parametersOf(operation)) {
    const own = rows.filter(({ exchange }) => {
      const given = givenIn(exchange, parameter);
      return given.length === 1 && given[0] === exchange.caller.id;
    });
    if (callersOf(own) < 2) continue;
    const strangers = rows.filter((row) => !own.includes(row));
    const group = groupOf(run, strangers);
    if (strangers.length > 0 && group === undefined) continue;
    const why = `its ${parameter.name} was who called each time${group === undefined ? '' : `, or the caller was in ${group}`}`;
    const base = {
      operation,
      type: undefined,
      owner: undefined,
      open: false,
      removes: false,
      basis: 'run',
      rows,
    } as const;
    return { ...base, group, parameter, why };
  }
  return undefined;
}

function parametersOf({ operation }: OperationFacts): Parameter[] {
  const named = operation.parameters.flatMap(({ in: place, name, schema }): Parameter[] =>
    (place === 'path' || place === 'query') &&
    schema !== undefined &&
    typeof schema.raw === 'object' &&
    !('$ref' in schema.raw)
      ? [{ in: place, name }]
      : [],
  );
  return named;
}

/** The hashes of what an exchange gave for a parameter. */
export function givenIn(exchange: ObservedExchange, { in: place, name }: Parameter): readonly string[] {
  return exchange.parameters.find((one) => one.in === place && one.name === name)?.hashes ?? [];
}

/** A rule by group for an operation that no owner decides. */
export function functionRule(run: Run, operation: OperationFacts, known: string | undefined): Rule | 'ask' | undefined {
  const rows = run.of(operation.operation.operationId);
  const base = { operation, type: undefined, owner: undefined, open: false, removes: false, rows } as const;
  const named = isPrivileged(operation.operation);
  if (rows.length === 0) {
    if (!named) return undefined;
    return known === undefined
      ? 'ask'
      : {
          ...base,
          group: known,
          basis: 'document',
          why: `its name says that it is for ${known}, who call what is named so`,
        };
  }
  const group = groupOf(run, rows);
  if (group === undefined) return named ? 'ask' : undefined;
  const others = run.refused.filter(({ operationId }) => operationId === operation.operation.operationId);
  const enough = named || group === known || times(rows) >= 2 || others.length > 0;
  if (
    operation.safe
      ? !named && others.length === 0 && !listsPeople(operation) && !isReporting(operation.operation)
      : !enough
  )
    return 'ask';
  return { ...base, group, basis: 'run', why: `only callers in ${group} did it, of ${run.callers.size} callers` };
}

/** Whether it answers a list of people. */
function listsPeople({ operation, id, types }: OperationFacts): boolean {
  return (
    id === undefined &&
    (types.some((type) => /^(?:user|customer|account|member|patient|employee|person|people|driver)/i.test(type)) ||
      /\/(?:users|customers|accounts|members|patients|employees|people)$/i.test(operation.path))
  );
}
