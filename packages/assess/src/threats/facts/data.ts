import type { Contract, Operation, Sensitivity } from '@castellan/contract';
import { readApi } from '../../posture/api.ts';
import { type DataClass, dataClasses, isDecisive, plain, takesArguments } from '@castellan/meaning';
import { classify, sensitivityOf } from '../../posture/field-class.ts';
import type { Field } from '../../posture/fields.ts';
import { isFetched } from '../../posture/urls.ts';

/** A field that matters, and what it is. */
export interface DataField {
  readonly field: Field;
  readonly data: DataClass | undefined;
}

/** What one operation takes and gives. */
export interface OperationData {
  readonly takes: readonly DataClass[];
  readonly gives: readonly DataClass[];
  /** Fields with a class that callers are given. */
  readonly given: readonly DataField[];
  /** Fields with a class that callers send. */
  readonly sent: readonly DataField[];
  /** Fields that decide about rights, ownership, money or state, and that callers may write. */
  readonly decisive: readonly Field[];
  /** URLs that callers send. */
  readonly urls: readonly Field[];
  /** Lists that it answers with, without an upper bound. */
  readonly unboundedList: boolean;
  readonly list: boolean;
  /** Callers send an amount, price or currency. */
  readonly amount: boolean;
}

/** An asset: all fields of one class, over the API. */
interface DataOfClass {
  readonly data: DataClass;
  /** Names of the fields, most used first, at most 12. */
  readonly names: readonly string[];
  readonly operations: ReadonlySet<Operation>;
  /** Fields that no `x-castellan.sensitivity` classifies. */
  readonly unclassified: readonly Field[];
}

export interface ContractData {
  of(operation: Operation): OperationData;
  readonly classes: readonly DataOfClass[];
}

const amountNames: ReadonlySet<string> = new Set(
  'amount currency price total value betrag montant importe importo valor bedrag kwota'.split(' '),
);

/** Contracts do not change once they are loaded. */
const known = new WeakMap<Contract, ContractData>();

/** Reads what data an API handles: the classes by name and `x-castellan.sensitivity`, and what callers may write. */
export function readData(contract: Contract): ContractData {
  const read = known.get(contract) ?? dataOf(contract);
  known.set(contract, read);
  return read;
}

function dataOf(contract: Contract): ContractData {
  const api = readApi(contract, { now: 0 });
  const per = new Map<
    Operation,
    {
      given: DataField[];
      sent: DataField[];
      decisive: Field[];
      urls: Field[];
      list: boolean;
      unbounded: boolean;
      amount: boolean;
    }
  >();
  const slot = (operation: Operation) => {
    let found = per.get(operation);
    if (found === undefined)
      per.set(
        operation,
        (found = { given: [], sent: [], decisive: [], urls: [], list: false, unbounded: false, amount: false }),
      );
    return found;
  };
  const classes = new Map<
    DataClass,
    { names: Map<string, number>; operations: Set<Operation>; unclassified: Field[] }
  >();
  for (const field of api.fields) {
    const data = classify(field);
    if (data !== undefined) {
      const { readBy, writtenBy } = field;
      for (const operation of readBy) slot(operation).given.push({ field, data });
      for (const operation of writtenBy) slot(operation).sent.push({ field, data });
      note(classes, field, data, [...readBy, ...writtenBy]);
    }
    if (field.kind === 'property' && isDecisive(field.name))
      for (const operation of field.writtenBy)
        if (operation.method !== 'GET' && !takesArguments(operation)) slot(operation).decisive.push(field);
    if (amountNames.has(plain(field.name))) for (const operation of field.writtenBy) slot(operation).amount = true;
    if (isFetched(field)) for (const operation of field.writtenBy) slot(operation).urls.push(field);
    if (field.target.raw['type'] === 'array' && (field.kind === 'body' || isItemList(field))) {
      const bounded = typeof field.target.raw['maxItems'] === 'number';
      for (const operation of field.readBy) {
        slot(operation).list = true;
        if (!bounded) slot(operation).unbounded = true;
      }
    }
  }
  const empty: OperationData = {
    takes: [],
    gives: [],
    given: [],
    sent: [],
    decisive: [],
    urls: [],
    unboundedList: false,
    amount: false,
    list: false,
  };
  const made = new Map<Operation, OperationData>();
  return {
    of: (operation) => {
      const found = per.get(operation);
      if (found === undefined) return empty;
      let data = made.get(operation);
      if (data === undefined) {
        data = {
          takes: classesIn(found.sent),
          gives: classesIn(found.given),
          given: found.given,
          sent: found.sent,
          decisive: found.decisive,
          urls: found.urls,
          list: found.list,
          unboundedList: found.unbounded,
          amount: found.amount,
        };
        made.set(operation, data);
      }
      return data;
    },
    classes: dataClasses.flatMap((data) => {
      const found = classes.get(data);
      if (found === undefined) return [];
      const names = [...found.names]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, 12)
        .map(([name]) => name);
      return [{ data, names, operations: found.operations, unclassified: found.unclassified }];
    }),
  };
}

function note(
  classes: Map<DataClass, { names: Map<string, number>; operations: Set<Operation>; unclassified: Field[] }>,
  field: Field,
  data: DataClass,
  operations: readonly Operation[],
): void {
  let found = classes.get(data);
  if (found === undefined) classes.set(data, (found = { names: new Map(), operations: new Set(), unclassified: [] }));
  found.names.set(field.name, (found.names.get(field.name) ?? 0) + operations.length);
  for (const operation of operations) found.operations.add(operation);
  const said: Sensitivity | undefined = sensitivityOf(field);
  if (said === undefined) found.unclassified.push(field);
}

function classesIn(fields: readonly DataField[]): DataClass[] {
  const found = new Set(fields.map(({ data }) => data));
  return dataClasses.filter((data) => found.has(data));
}

/** The list that stands for the collection in an envelope: the only array of a small object, or a name that says so. */
function isItemList(field: Field): boolean {
  return (
    field.kind === 'property' &&
    /^(?:items|data|results|entries|records|values|rows|content|elements|list)$/i.test(field.name)
  );
}
