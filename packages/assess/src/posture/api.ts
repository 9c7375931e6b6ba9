import type { Contract, HttpMethod, Operation, Profile } from '@castellan/contract';
import { worstClass, type DataClass } from '@castellan/meaning';
import { classify } from './field-class.ts';
import { readFields, type Field, type Shape } from './fields.ts';

/** What rules read: the contract, and what several rules would otherwise each work out again. */
export interface Api {
  readonly contract: Contract;
  readonly profile: Profile;
  /** Milliseconds since 1970: what 'sunset passed' is measured against. */
  readonly now: number;
  readonly operations: readonly Operation[];
  /** Every value position of requests and responses, each once: parameters, properties, items, whole bodies. */
  readonly fields: readonly Field[];
  /** Every object schema, with its properties. */
  readonly shapes: readonly Shape[];
  /** The worst class of data that an operation takes or gives; undefined where no name says any. */
  dataOf(operation: Operation): DataClass | undefined;
}

const SAFE: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

/** Whether the method may change something (RFC 9110 section 9.2.1). */
export function isUnsafe(operation: Operation): boolean {
  return !SAFE.has(operation.method);
}

/** Whether a caller without any credential is let in: no requirement, or an empty one among them. */
export function isOpen(operation: Operation): boolean {
  return operation.security.length === 0 || operation.security.some((requirement) => requirement.schemes.length === 0);
}

/** Whether no credential is asked for at all: no requirement, or only empty ones (OpenAPI 3.1, Security Requirement Object). */
export function asksForNothing(operation: Operation): boolean {
  return operation.security.every((requirement) => requirement.schemes.length === 0);
}

/** Reads what rules need. The document is walked when `fields` is first asked for. */
export function readApi(contract: Contract, options: { readonly profile?: Profile; readonly now: number }): Api {
  let walked: ReturnType<typeof readFields> | undefined;
  let classes: ReadonlyMap<Operation, DataClass> | undefined;
  const walk = () => (walked ??= readFields(contract));
  const classesOf = (): ReadonlyMap<Operation, DataClass> => {
    const found = new Map<Operation, DataClass>();
    for (const field of walk().fields) {
      const data = classify(field);
      if (data === undefined) continue;
      for (const operation of field.operations) found.set(operation, worstClass(found.get(operation), data));
    }
    return found;
  };
  return {
    contract,
    profile: options.profile ?? contract.castellan.profile,
    now: options.now,
    operations: contract.operations,
    get fields() {
      return walk().fields;
    },
    get shapes() {
      return walk().shapes;
    },
    dataOf: (operation) => (classes ??= classesOf()).get(operation),
  };
}
