import { pathOf, rootOf } from '../posture/patch.ts';
import type { Field } from '../posture/fields.ts';
import { claimGroup, groupCondition, groupName, kebab, policy, quoted } from './cedar.ts';
import type { Proposal } from './model.ts';
import type { Run } from './run.ts';

/**
 * How rules of properties name a group that only a claim tells: by an action without an operation, which policies permit to
 * whoever has the claim (`action:act-as-admin`).
 */
export class Standing {
  readonly #run: Run;
  /** By group: the types of resources whose properties it is asked about. */
  readonly #types = new Map<string, Set<string>>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Groups that only a claim tells, as far as they were named. */
  get groups(): readonly string[] {
    return [...this.#types.keys()];
  }

  /** What `read` or `write` says for a group; undefined where the property stands in no resource, of which no action can be asked. */
  name(group: string, field: Field): string | undefined {
    if (claimGroup(group) === undefined) return group;
    const types = this.#typesOf(field);
    if (types.length === 0) return undefined;
    const known = this.#types.get(group) ?? new Set();
    for (const type of types) known.add(type);
    this.#types.set(group, known);
    return `action:${actionName(group)}`;
  }

  #typesOf({ readBy, writtenBy }: Field): string[] {
    const { surface } = this.#run;
    const operations = [...readBy, ...writtenBy].flatMap(
      ({ operationId }) => surface.operations.get(operationId) ?? [],
    );
    return [...new Set(operations.flatMap(({ types, answers }) => [...types, ...answers]))];
  }

  /** The actions, declared and permitted. */
  proposals(): Proposal[] {
    const { contract } = this.#run.surface;
    const target = pathOf(contract, rootOf(contract));
    if (target === undefined) return [];
    return [...this.#types].map(([group, types]): Proposal => {
      const name = actionName(group);
      const { head, when } = groupCondition(group);
      const title = `Callers whose ${groupName(group)} says so read and write what is for them alone`;
      const reason = 'rules of properties ask for an action where no group tells who it is';
      return {
        id: name,
        kind: 'group',
        basis: 'run',
        title,
        reason,
        rows: 0,
        callers: [...this.#run.callers.values()].filter((groups) => groups.includes(group)).length,
        refused: 0,
        operations: [],
        cedar: policy(name, `permit (${head}, action == Action::${quoted(name)}, resource)${when};`, reason),
        overlay: [
          {
            target,
            description: title,
            update: { 'x-castellan': { actions: [{ name, resources: [...types].toSorted() }] } },
          },
        ],
      };
    });
  }
}

function actionName(group: string): string {
  return `act-as-${kebab(groupName(group))}`;
}
