import { compileResourceAccess, type Contract, type Operation } from '@castellan/contract';
import { policySchema } from '@castellan/policy';

/** A resource type as policies see it. */
export interface TypeFacts {
  /** The resource's name in the contract, and its Cedar entity type. */
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Their types in Cedar's JSON form. */
  readonly attributes: ReadonlyMap<string, unknown>;
  /** The operation that reads one. */
  readonly read: Operation | undefined;
}

/** What an operation acts on, as the guard would decide it. */
export interface OperationFacts {
  readonly operation: Operation;
  /** The types that its action applies to; none where it is the API as a whole. */
  readonly types: readonly string[];
  /** Where the id of its object comes from: `path.orderId`. */
  readonly id: string | undefined;
  readonly safe: boolean;
  /** Whether it makes an object of its types; what it does to one that no parameter is known to name is none. */
  readonly creates: boolean;
  /** Types that stand in its answers. */
  readonly answers: readonly string[];
  /** Those of them that its action does not apply to: decided by reading them. */
  readonly nested: readonly string[];
}

/** The surface that policies can speak of. */
export interface Surface {
  readonly contract: Contract;
  readonly types: ReadonlyMap<string, TypeFacts>;
  readonly operations: ReadonlyMap<string, OperationFacts>;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE']);

interface Namespace {
  readonly entityTypes: Readonly<
    Record<string, { readonly shape?: { readonly attributes: Readonly<Record<string, unknown>> } }>
  >;
  readonly actions: Readonly<Record<string, { readonly appliesTo?: { readonly resourceTypes: readonly string[] } }>>;
}

/** Reads what policies can speak of. */
export function surfaceOf(contract: Contract): Surface {
  const schema = policySchema(contract);
  const [namespace] = Object.values(schema.json) as Namespace[];
  const types = new Map<string, TypeFacts>();
  const typeOf = new Map([...schema.entityTypes].map(([type, name]) => [name, type]));
  for (const { type, id } of contract.resources.values()) {
    const name = schema.entityTypes.get(type) ?? type;
    const attributes = new Map(Object.entries(namespace?.entityTypes[name]?.shape?.attributes ?? {}));
    types.set(type, { type, name, id, attributes, read: readOf(contract, type) });
  }
  const operations = new Map<string, OperationFacts>();
  for (const operation of contract.operations) {
    const applies = (namespace?.actions[operation.operationId]?.appliesTo?.resourceTypes ?? []).flatMap(
      (name) => typeOf.get(name) ?? [],
    );
    const answers = answered(contract, operation);
    operations.set(operation.operationId, {
      operation,
      answers,
      types: applies,
      id:
        operation.resource !== undefined && applies.includes(operation.resource.type)
          ? operation.resource.id
          : undefined,
      safe: safeMethods.has(operation.method),
      creates: creates(operation),
      nested: answers.filter((type) => !applies.includes(type)),
    });
  }
  return { contract, types, operations };
}

/** `POST /orders`, `POST /orgs/{org}/projects` answered 201; not `POST /orders/{id}/confirm` where nothing reads an order. */
function creates({ method, path, resource, responses }: Operation): boolean {
  if (safeMethods.has(method) || resource?.id !== undefined) return false;
  return resource !== undefined || !path.includes('{') || responses.some(({ status }) => status === '201');
}

function readOf(contract: Contract, type: string): Operation | undefined {
  const reads = contract.operations.filter(
    ({ method, resource }) => method === 'GET' && resource?.type === type && resource.id !== undefined,
  );
  return (
    reads.find(({ path, resource }) => path.endsWith(`{${resource?.id?.replace(/^path\./, '') ?? ''}}`)) ?? reads[0]
  );
}

/** Every resource type in good answers of an operation. */
function answered(contract: Contract, { responses }: Operation): string[] {
  const good = responses.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => content);
  return [
    ...new Set(
      good.flatMap(({ schema, itemSchema }) => {
        const of = schema ?? itemSchema;
        return of === undefined ? [] : [...(compileResourceAccess(contract, of, 'response')?.types ?? [])];
      }),
    ),
  ];
}
