import type { Contract } from '@castellan/contract';
import type { Facts } from '@castellan/guard';
import { purposesOf, type OperationPurpose } from '@castellan/meaning';

/** What detectors know of an operation: from its contract where they have it, otherwise from its names. */
export interface OperationView {
  /** Small number, for columns. */
  readonly index: number;
  /** Empty for what reached no operation. */
  readonly id: string;
  readonly method: string;
  readonly template: string;
  /** Whether it is about one object: its path names one. */
  readonly single: boolean;
  /** How many objects its path names. */
  readonly named: number;
  /** Whether it reads what there may be several of, or none: its path ends with a name. */
  readonly lists: boolean;
  readonly writes: boolean;
  readonly purposes: ReadonlySet<OperationPurpose>;
  /** Administration, exports, and what hands out everything: few have business there. */
  readonly privileged: boolean;
  /** A step of a business flow: what is bought, paid, booked, sent or voted. */
  readonly business: boolean;
  readonly deprecated: boolean;
  /** Nobody has business there (`x-castellan: { canary: true }`). */
  readonly canary: boolean;
}

const businessPurposes: readonly OperationPurpose[] = ['payment', 'purchase', 'booking', 'reward', 'vote', 'message'];

/** How operations are called that are the last step of a business flow. */
const businessVerb =
  /^(?:purchase|buy|checkout|pay|book|reserve|redeem|subscribe|transfer|withdraw|placeOrder)(?![a-z])/;

/** What a contract says of its operations, by title and operation id. */
export interface Declared {
  readonly deprecated: boolean;
  readonly canary: boolean;
}

/** What the contract declares, by operation id. */
export function declaredOf(contract: Contract): ReadonlyMap<string, Declared> {
  return new Map(
    contract.operations.map(({ operationId, deprecated, castellan }) => [
      operationId,
      {
        deprecated:
          deprecated || castellan.lifecycle?.state === 'deprecated' || castellan.lifecycle?.state === 'retired',
        canary: castellan.canary === true,
      },
    ]),
  );
}

/** What is known of the operation that these facts are of. */
export function viewOf(facts: Facts, index: number, declared: Declared | undefined): OperationView {
  const { operation: id, method, template } = facts;
  const writes = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'QUERY';
  const purposes = purposesOf({ method, path: template, ...(id === '' ? {} : { operationId: id }) });
  return {
    index,
    id,
    method,
    template,
    single: template.includes('{'),
    named: template.split('{').length - 1,
    lists: !writes && !template.endsWith('}'),
    writes,
    purposes,
    privileged: purposes.has('administer') || purposes.has('export'),
    business: businessPurposes.some((one) => purposes.has(one)) || (method === 'POST' && businessVerb.test(id)),
    deprecated: declared?.deprecated ?? false,
    canary: declared?.canary ?? false,
  };
}
