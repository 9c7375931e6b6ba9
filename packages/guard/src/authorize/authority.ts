import type { Contract, Operation } from '@castellan/contract';
import type { ActionModel, EntityTypeModel, FastRequest, PolicySet, SchemaModel } from '@castellan/policy';
import { Entity, type EntityRef } from '@castellan/policy/entities';
import { aboutAction, aboutType, namesAction, type PolicyHead } from './heads.ts';
import type { Unknown } from '../auth-context.ts';
import { heldAgainst } from './held-against.ts';
import type { IdHash } from '../audit/id-hash.ts';
import type { Directory } from './directory.ts';
import type { IdNames } from './attributes.ts';
import type { PolicyContext } from './context.ts';
import type { FilterProblem } from './filter-problems.ts';
import type { LocalTime } from './local-time.ts';
import type { FiltersOption } from './stores.ts';
import type { Loaders, Resolver } from './resources.ts';
import type { Sharing } from './sharing.ts';

/** What the policies say about one action, as far as it can be told before any request. */
export interface ActionFacts {
  readonly id: string;
  readonly action: EntityRef;
  readonly model: ActionModel | undefined;
  /** Whether a policy that permits names the action, though it may never apply to what the operation acts on. */
  readonly named: boolean;
  /** Whether some policy could permit the action on some object of a type. */
  permits(type: string): boolean;
  /** Whether some policy could forbid it. */
  forbids(type: string): boolean;
  /** Whether some policy that could forbid it looks at the object. */
  forbidsSome(type: string): boolean;
  /** Whether some policy that could permit it looks at the object. */
  permitsSome(type: string): boolean;
  /** Whether a policy that could forbid it looks at the body of the request (`context.body`). */
  readonly forbidsByBody: boolean;
  /** What of a caller some policy on it may hold against it. */
  readonly heldAgainst: ReadonlySet<Unknown>;
  /** The heads of the policies that could permit it on a type. */
  heads(type: string): readonly PolicyHead[];
  /** Policies that forbid it on every object of these types, where they forbid: they do not look at the object. */
  barring(types: ReadonlySet<string>): readonly string[];
}

/** The policies of one contract, and everything that was told once about it. */
export interface Authority {
  readonly contract: Contract;
  readonly set: PolicySet;
  readonly model: SchemaModel;
  readonly directory: Directory | undefined;
  readonly loaders: Loaders;
  readonly resolver: Resolver | undefined;
  /** Asks the application what policies should know of a request. */
  readonly policyContext: PolicyContext | undefined;
  /** Whom objects are shared with, one by one. */
  readonly sharing: Sharing | undefined;
  /** The clock of `context.local`. */
  readonly clock: ((now: number) => LocalTime) | undefined;
  /** How often data is fetched for one question: an object, what it names, what that names… */
  readonly levels: number;
  /** Where the objects of lists are kept. */
  readonly filters: FiltersOption | undefined;
  /** What of lists the stores cannot be asked. */
  readonly filterProblems: () => readonly FilterProblem[];
  /** Paths of the policy files that are in force. */
  readonly files: readonly string[];
  /** The entity that stands for the API as a whole: what actions without an object are on. */
  readonly api: EntityRef;
  /** The identifying property by Cedar entity type. */
  readonly ids: IdNames;
  /** Ids of the policies that forbid. */
  readonly forbidding: ReadonlySet<string>;
  /** Ids of those that may permit because an object lacks an attribute. */
  readonly gaining: ReadonlySet<string>;
  /** Ids of the policies that permit whatever the object is. */
  readonly blind: ReadonlySet<string>;
  /** Explains refusals for the log; undefined where that was not asked for. */
  readonly explain: ((request: FastRequest) => string) | undefined;
  /** Names objects in the log. */
  readonly hashId: IdHash;
  /** What is raised where a policy decided that says so (`@alarm("break-glass")`), by its id. */
  readonly alarms: ReadonlyMap<string, string>;
  /** `bank`: what no policy speaks of is forbidden. */
  readonly explicit: boolean;
  facts(operationId: string): ActionFacts;
  /** The Cedar entity type of a resource type. */
  nameOf(type: string): string;
  /** The resource type of a Cedar entity type. */
  resourceOf(name: string): string;
  typeOf(name: string): EntityTypeModel | undefined;
  /** The operation that reads one object of a type. */
  readOf(type: string): Operation | undefined;
}

/** What an authority is made of. */
export interface AuthorityParts {
  readonly contract: Contract;
  readonly set: PolicySet;
  readonly model: SchemaModel;
  /** The Cedar entity type of each resource type. */
  readonly entityTypes: ReadonlyMap<string, string>;
  readonly api: EntityRef;
  readonly directory: Directory | undefined;
  readonly loaders: Loaders;
  readonly resolver: Resolver | undefined;
  readonly policyContext: PolicyContext | undefined;
  readonly sharing: Sharing | undefined;
  readonly clock: ((now: number) => LocalTime) | undefined;
  readonly levels: number;
  readonly filters: FiltersOption | undefined;
  readonly filterProblems: (authority: Authority) => readonly FilterProblem[];
  readonly files: readonly string[];
  readonly gaining: ReadonlySet<string>;
  readonly explain: ((request: FastRequest) => string) | undefined;
  readonly hashId: IdHash;
}

/** Puts together what decisions need. */
export function makeAuthority(parts: AuthorityParts): Authority {
  const { contract, set, model, entityTypes } = parts;
  const resourceTypes = new Map([...entityTypes].map(([type, name]) => [name, type]));
  const { policies } = set.loaded;
  const facts = new Map<string, ActionFacts>();
  const reads = new Map<string, Operation | undefined>();
  let problems: readonly FilterProblem[] | undefined;
  const authority: Authority = {
    ...parts,
    filterProblems: () => (problems ??= parts.filterProblems(authority)),
    ids: new Map([...contract.resources.values()].map(({ type, id }) => [entityTypes.get(type) ?? type, id])),
    forbidding: new Set(set.loaded.policies.filter(({ json }) => json.effect === 'forbid').map(({ id }) => id)),
    blind: new Set(
      set.loaded.policies.filter(({ json }) => json.effect === 'permit' && !looksAtResource(json)).map(({ id }) => id),
    ),
    alarms: new Map(
      set.loaded.policies.flatMap(({ id, json }) => {
        const alarm = json.annotations?.['alarm'];
        return alarm === undefined ? [] : [[id, alarm ?? id] as const];
      }),
    ),
    explicit: contract.castellan.profile === 'bank',
    facts(operationId) {
      let known = facts.get(operationId);
      if (known === undefined) facts.set(operationId, (known = factsOf(operationId, model, policies, entityTypes)));
      return known;
    },
    nameOf: (type) => entityTypes.get(type) ?? type,
    resourceOf: (name) => resourceTypes.get(name) ?? name,
    typeOf: (type) => model.entityTypes.get(type),
    readOf(type) {
      if (!reads.has(type)) reads.set(type, readOperation(contract, type));
      return reads.get(type);
    },
  };
  return authority;
}

interface FactsOfType {
  readonly permits: readonly PolicyHead[];
  /** Whether one of those looks at the object. */
  readonly looks: boolean;
  readonly forbids: boolean;
  readonly some: boolean;
}

function factsOf(
  operationId: string,
  model: SchemaModel,
  policies: readonly { readonly id: string; readonly json: PolicyHead }[],
  entityTypes: ReadonlyMap<string, string>,
): ActionFacts {
  const declared = model.actions.get('Action')?.get(operationId);
  const action = declared?.entity ?? new Entity('Action', operationId);
  const speaking = policies.filter(({ json }) => aboutAction(json, action));
  const about = speaking.map(({ json }) => json);
  const blindForbids = speaking.filter(({ json }) => json.effect === 'forbid' && !looksAtResource(json));
  const isAbout = (head: PolicyHead, type: string): boolean => {
    const name = entityTypes.get(type) ?? type;
    return aboutType(head, name, model.entityTypes.get(name)?.ancestors ?? new Set());
  };
  const byType = new Map<string, FactsOfType>();
  const at = (type: string): FactsOfType => {
    const name = entityTypes.get(type) ?? type;
    let known = byType.get(name);
    if (known === undefined) {
      const ancestors = model.entityTypes.get(name)?.ancestors ?? new Set<string>();
      const applying = about.filter((head) => aboutType(head, name, ancestors));
      const permits = applying.filter((head) => head.effect === 'permit');
      known = {
        permits,
        looks: permits.some(looksAtResource),
        forbids: applying.some((head) => head.effect === 'forbid'),
        some: applying.some((head) => head.effect === 'forbid' && looksAtResource(head)),
      };
      byType.set(name, known);
    }
    return known;
  };
  return {
    id: operationId,
    action,
    model: declared,
    named: about.some((head) => head.effect === 'permit' && namesAction(head, action)),
    forbidsByBody: about.some((head) => head.effect === 'forbid' && looksAtBody(head)),
    heldAgainst: new Set(about.flatMap((policy) => [...heldAgainst(policy)])),
    permits: (type) => at(type).permits.length > 0,
    forbids: (type) => at(type).forbids,
    forbidsSome: (type) => at(type).some,
    permitsSome: (type) => at(type).looks,
    heads: (type) => at(type).permits,
    barring: (types) =>
      types.size === 0
        ? []
        : blindForbids.filter(({ json }) => [...types].every((type) => isAbout(json, type))).map(({ id }) => id),
  };
}

/** Whether a policy singles objects out, in its head or its conditions. */
function looksAtResource(head: PolicyHead & { readonly conditions?: unknown }): boolean {
  return head.resource.entity !== undefined || JSON.stringify(head.conditions ?? []).includes('"Var":"resource"');
}

/** Whether the conditions of a policy read `context.body`, or ask whether there is one. */
function looksAtBody(head: PolicyHead & { readonly conditions?: unknown }): boolean {
  return JSON.stringify(head.conditions ?? []).includes('{"left":{"Var":"context"},"attr":"body"}');
}

/** The GET operation of one object: the one whose path ends in the object's id. */
function readOperation(contract: Contract, type: string): Operation | undefined {
  const candidates = contract.operations.filter(
    (operation) =>
      operation.method === 'GET' && operation.resource?.type === type && operation.resource.id !== undefined,
  );
  return (
    candidates.find(({ path, resource }) => path.endsWith(`{${resource?.id?.replace(/^path\./, '') ?? ''}}`)) ??
    candidates[0]
  );
}
