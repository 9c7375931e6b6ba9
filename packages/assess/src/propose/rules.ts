import type { Basis } from './model.ts';
import { describe, describeBy, direct, firstOf, lastOf, saidOf, type Bond } from './bond.ts';
import { groupName } from './cedar.ts';
import { isReadable, typesOn } from './owner-path.ts';
import { groupOf, isPrivileged, isReporting } from './groups.ts';
import { callersOf, isKnown, times, type Relation, type Row, type Run } from './run.ts';
import type { ObservedExchange } from './observed.ts';
import type { OperationFacts, TypeFacts } from './surface.ts';

/** Who may call an operation, on objects of one type. */
export interface Rule {
  readonly operation: OperationFacts;
  /** Undefined where it acts on the API as a whole. */
  readonly type: TypeFacts | undefined;
  /** Who it is tied to. */
  readonly owner: Bond | undefined;
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
  /** `sub`, or the JSON Pointer of the claim that it is compared with. */
  readonly by: string;
}

/** Who owns the objects of a type, by the run. */
export interface Ownership {
  readonly type: TypeFacts;
  readonly bond: Bond;
  readonly rows: readonly Row[];
}

// Who made it; whoever changed, approved or closed it last may be anybody.
const ownerish =
  /(?:owner|user|author|creator|created_?by|customer|account|member|seller|buyer|client|patient|employee|student|driver|login|email|holder|sender|assignee|uploaded_?by|reporter|requester|requested_?by|applicant|submitter|submitted_?by|guest|host|courier|rider|passenger|teacher|tutor|pupil|doctor|agent|manager|lead|contact|borrower|resident|insured|payer|beneficiary|recipient|person|profile|principal|subject|added_?by|booked_?by|ordered_?by|(?:made|written|drawn|drafted|composed|posted|published|shared|submitted|recorded|registered|entered|logged|filed|opened|raised|asked|captured|taken|measured|observed|planted|planned|organi[sz]ed|started|placed|contributed)_?by|^sub|^by)(?:_?(?:id|name|uuid|ref))?$/i;

/** Whether a value that is the caller's can be one by what its property is called, and is not the same number by chance. */
function isPlausible(run: Run, type: TypeFacts, bond: Bond): boolean {
  const holder = typesOn(run.surface, type, bond)?.at(-1);
  const property = lastOf(bond);
  if (holder === undefined) return false;
  if (property.split('.').some((name) => ownerish.test(name))) return true;
  // An object with the id of who called is one of each person.
  if (property === holder.id) return people.test(holder.type);
  return !/(?:[a-z\d](?:_id|Id|ID|_uuid|Uuid)|[a-z]{3}id)$/.test(property);
}

const people =
  /user|customer|account|member|patient|employee|person|people|profile|driver|client|student|reader|preference|setting|wallet|cart|basket|inbox|dashboard|me$/i;

/** What ties objects of a type to their owner: seen so for two callers at least, on objects that are read or written one by one. */
export function ownershipOf(run: Run, type: TypeFacts): Ownership | undefined {
  let reached = [type.type];
  let ways: readonly { readonly steps: Bond['steps']; readonly to: string }[] = [{ steps: [], to: type.type }];
  // What the object itself says comes first, then what the objects say that it names.
  for (let hops = 0; hops <= maxHops && ways.length > 0; hops++) {
    const bonds = ways.flatMap(({ steps, to }) =>
      run.directBonds(to).map(({ steps: last, by }): Bond => ({ steps: [...steps, ...last], by })),
    );
    const found = bestOf(run, type, bonds, hops);
    if (found !== undefined) return found;
    ways = ways.flatMap(({ steps, to }) =>
      run
        .references(to)
        .filter((reference) => !reached.includes(reference.to))
        .map(({ property, to: next }) => ({ steps: [...steps, { property, to: next }], to: next })),
    );
    reached = [...reached, ...ways.map(({ to }) => to)];
  }
  return undefined;
}

/** Objects between an object and the one that says whose it is. */
const maxHops = 3;

function bestOf(run: Run, type: TypeFacts, bonds: readonly Bond[], hops: number): Ownership | undefined {
  let best: (Ownership & { score: number }) | undefined;
  for (const bond of bonds) {
    if (bond.by !== 'sub' && run.claims.get(bond.by)?.isUnique !== true) continue;
    if (!isReadable(run, type, bond) || !isPlausible(run, type, bond)) continue;
    const rows = rowsAs(run, type, bond, 'own');
    const others = rowsAs(run, type, bond, 'other');
    const named = lastOf(bond)
      .split('.')
      .some((name) => ownerish.test(name));
    // A number that is somebody's id by chance is not the same for two people, each time.
    const isApart = others.length > 0 && groupOf(run, others) === undefined;
    if (callersOf(rows) < 2 || (hops > 0 && isApart) || (!named && others.length * 4 > rows.length && isApart))
      continue;
    const score = times(rows) + (named ? 1000 : 0) + (bond.by === 'sub' ? 500 : 0);
    if (best === undefined || score > best.score) best = { type, bond, rows, score };
  }
  return best;
}

/** Exchanges about objects of a type that stand to their callers in one way. */
export function rowsAs(run: Run, type: TypeFacts, bond: Bond, relation: Relation): readonly Row[] {
  return run.rows.filter(
    (row) =>
      row.facts.types.includes(type.type) && isKnown(row.exchange) && run.relation(row, type.type, bond) === relation,
  );
}

const owners =
  /^(?:owner|user|author|creator|customer|account_?owner|patient|client|buyer|seller|member|employee|student)_?(?:id|uuid)$|^(?:owner|author|creator|created_?by|uploaded_?by)$/i;

/** The property that holds the owner's id by its name, of a type that the run did not see; undefined where none or several could. */
export function namedOwnership(run: Run, type: TypeFacts): Ownership | undefined {
  if (run.rows.some(({ facts }) => facts.types.includes(type.type))) return undefined;
  const named = [...type.attributes.keys()].filter((name) => owners.test(name));
  const [property] = named;
  return property === undefined || named.length > 1 ? undefined : { type, bond: direct(property), rows: [] };
}

/**
 * The strictest rule for an operation on objects of a type that every exchange of the run keeps. Undefined where the run does
 * not tell one.
 */
export function ruleOf(run: Run, operation: OperationFacts, owned: Ownership): Rule | undefined {
  const { type, bond } = owned;
  const rows = run.of(operation.operation.operationId);
  const base = { operation, type, open: false, removes: false, basis: 'run', rows } as const;
  const by = (relation: Relation): readonly Row[] =>
    rows.filter((row) => isKnown(row.exchange) && relationOf(run, row, operation, owned) === relation);
  const own = by('own');
  const strangers = rows.filter((row) => !own.includes(row) && !by('unknown').includes(row));
  const isList = operation.id === undefined && operation.safe;
  // Of what it does, nobody could say before it is done to which object.
  if (!operation.safe && operation.id === undefined && !operation.creates) return undefined;
  // Who comes new is nobody yet.
  if (operation.id === undefined && !operation.safe && firstOf(bond) === type.id) return undefined;
  // A list whose answers do not show such objects is decided as a whole.
  if (isList && !operation.answers.includes(type.type)) return undefined;
  const group = strangers.length === 0 ? undefined : groupOf(run, strangers);

  if (rows.length === 0)
    return isPrivileged(operation.operation) ||
      (owned.rows.length === 0 && operation.safe && !privateThings.test(type.type))
      ? undefined
      : {
          ...base,
          owner: bond,
          group: undefined,
          removes: isList,
          basis: 'document',
          why:
            owned.rows.length === 0
              ? `its ${describe(bond)} is the owner by its name, and no run shows otherwise`
              : `nobody called it in the run; what else is done to a ${type.type} is its owner's`,
        };
  if (strangers.length > 0 && group === undefined) return isList ? sharedList(run, base, owned) : undefined;
  if (by('unknown').length > 0 && operation.id !== undefined && own.length === 0 && group === undefined)
    return undefined;
  const isForFew = !operation.safe || isPrivileged(operation.operation) || listsPeople(operation);
  if (strangers.length > 0 && own.length === 0 && isForFew)
    return {
      ...base,
      owner: undefined,
      group,
      why: `only callers in ${groupName(group ?? '')} did it, on objects of others`,
    };
  return {
    ...base,
    owner: bond,
    group,
    removes: isList,
    why: `${isList ? 'all that it answered was' : `the ${type.type} was`} the caller's each time${bond.by === 'sub' ? '' : `, by its ${describeBy(bond)}`}${group === undefined ? '' : `, or the caller was in ${groupName(group)}`}`,
  };
}

/** A list in which ordinary callers are given the objects of others: only where nobody reads others' objects one by one. */
function sharedList(
  run: Run,
  base: Omit<Rule, 'owner' | 'group' | 'why'>,
  { type, bond }: Ownership,
): Rule | undefined {
  const { read } = type;
  const reads = read === undefined ? [] : run.of(read.operationId);
  const isPrivate =
    privateThings.test(type.type) &&
    reads.length > 0 &&
    reads.every((row) => {
      const relation = run.relation(row, type.type, bond);
      return relation === 'own' || groupOf(run, [row]) !== undefined;
    });
  if (!isPrivate) return undefined;
  return {
    ...base,
    owner: bond,
    group: groupOf(
      run,
      reads.filter((row) => run.relation(row, type.type, bond) !== 'own'),
    ),
    removes: true,
    why: `it answered those of others too, and nobody reads a ${type.type} of others by itself: they are taken out of the list`,
  };
}

const privateThings =
  /order|invoice|payment|message|account|address|card|wallet|transaction|statement|prescription|record|claim|ticket|booking|reservation|vehicle|subscription|document|file|note|profile|appointment|receipt|refund|cart|basket|secret|key|token|device/i;

/** What a new object says of its owner, or how an object that is there stands to who calls. */
function relationOf(run: Run, row: Row, operation: OperationFacts, { type, bond }: Ownership): Relation {
  if (operation.id !== undefined || operation.safe) return run.relation(row, type.type, bond);
  const relation = run.relationOfNew(row, bond);
  return relation === undefined || relation === 'own' ? 'own' : 'other';
}

/**
 * A rule for an operation that names the caller: `/users/{userId}/cards`, `?accountId=`. Undefined where two callers at least
 * did not each name themselves, or somebody else whom no group tells apart.
 */
export function parameterRule(run: Run, operation: OperationFacts): Rule | undefined {
  const rows = run.of(operation.operation.operationId);
  if (rows.length === 0 || rows.some(({ exchange }) => !isKnown(exchange))) return undefined;
  const claims = [...run.claims].flatMap(([by, { isUnique }]) => (isUnique ? [by] : []));
  for (const parameter of ['sub', ...claims].flatMap((by) => parametersOf(run, operation, by))) {
    const own = rows.filter(({ exchange }) => isNamed(exchange, parameter));
    if (callersOf(own) < 2) continue;
    const strangers = rows.filter((row) => !own.includes(row));
    const group = groupOf(run, strangers);
    if (strangers.length > 0 && group === undefined) continue;
    const why = `its ${parameter.name} was who called each time${group === undefined ? '' : `, or the caller was in ${groupName(group)}`}`;
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

/** Parameters that policies can compare with what a caller says of itself. */
export function parametersOf(run: Run, { operation }: OperationFacts, by: string): Parameter[] {
  return operation.parameters.flatMap(({ in: place, name, schema }): Parameter[] => {
    if ((place !== 'path' && place !== 'query') || schema === undefined) return [];
    const { raw } = schema;
    if (typeof raw !== 'object' || '$ref' in raw) return [];
    const { type } = raw as { readonly type?: unknown };
    const is = type === 'integer' ? 'Long' : type === 'string' ? 'String' : undefined;
    return by === 'sub' || is === run.claims.get(by)?.type ? [{ in: place, name, by }] : [];
  });
}

/** Whether an exchange gave a parameter that is what its caller says of itself. */
export function isNamed(exchange: ObservedExchange, parameter: Parameter): boolean {
  const given = givenIn(exchange, parameter);
  return given.length === 1 && given[0] === saidOf(exchange, parameter.by);
}

/** The hashes of what an exchange gave for a parameter. */
function givenIn(exchange: ObservedExchange, { in: place, name }: Parameter): readonly string[] {
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
          why: `its name says that it is for ${groupName(known)}, who call what is named so`,
        };
  }
  const group = groupOf(run, rows);
  if (group === undefined) return named ? 'ask' : undefined;
  const others = run.refused.filter(({ operationId }) => operationId === operation.operation.operationId);
  // Who is in a smaller group of those who do what is named so.
  const isKnownToDo = known !== undefined && run.isWithin(group, known);
  const isPrivate =
    callersOf(rows) >= 2 &&
    [operation.operation.path.split('/').findLast((part) => !part.includes('{')) ?? '', ...operation.answers].some(
      (name) => privateThings.test(name),
    );
  if (
    operation.safe
      ? !named && others.length === 0 && !listsPeople(operation) && !isReporting(operation.operation) && !isPrivate
      : !named && !isKnownToDo && times(rows) < 2 && others.length === 0
  )
    return 'ask';
  return {
    ...base,
    group,
    basis: 'run',
    why: `only callers in ${groupName(group)} did it, of ${run.callers.size} callers`,
  };
}

/** Whether it answers a list of people. */
function listsPeople({ operation, id, types }: OperationFacts): boolean {
  return (
    (id === undefined &&
      types.some((type) => /^(?:user|customer|account|member|patient|employee|person|people|driver)/i.test(type))) ||
    /\/(?:users|customers|accounts|members|patients|employees|people)$/i.test(
      operation.path.replaceAll(/\/v\d+(?=\/|$)/g, ''),
    )
  );
}
