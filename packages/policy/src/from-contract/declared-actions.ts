import { CastellanError, nearest, type Contract, type DeclaredAction } from '@castellan/contract';

/** All that policies can call an action: operations, and what the contract declares beside them. */
export function actionNames(contract: Contract): string[] {
  return [
    ...contract.operations.map(({ operationId }) => operationId),
    ...(contract.castellan.actions ?? []).map(({ name }) => name),
  ];
}

/**
 * The actions that a contract declares without an operation (`x-castellan.actions`).
 * @param groups names of groups of actions
 * @throws CastellanError `duplicate-action` where another one has the name; `unknown-resource` for a type that it does not have
 */
export function declaredActions(contract: Contract, groups: readonly string[]): readonly DeclaredAction[] {
  const declared = contract.castellan.actions ?? [];
  const place = contract.place({ document: contract.documents[0] ?? '', pointer: '/x-castellan/actions' });
  const taken = new Set([...contract.operations.map(({ operationId }) => operationId), ...groups]);
  for (const { name, resources = [] } of declared) {
    if (taken.has(name))
      throw new CastellanError({
        code: 'duplicate-action',
        message: `x-castellan.actions declares '${name}', and an operation, a group of actions or another entry is called so`,
        place,
        mend: 'give it a name of its own',
      });
    taken.add(name);
    for (const type of resources) {
      if (contract.resources.has(type)) continue;
      const types = [...contract.resources.keys()];
      const near = nearest(type, types);
      throw new CastellanError({
        code: 'unknown-resource',
        message: `the action '${name}' is declared for '${type}', and the contract has no such resource`,
        place,
        mend:
          near === undefined
            ? `its resources are ${types.slice(0, 8).join(', ') || 'none'}`
            : `did you mean '${near}'?`,
      });
    }
  }
  return declared;
}
