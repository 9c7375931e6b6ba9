import { castellanOf, type Contract } from '@castellan/contract';
import { actionNames } from './declared-actions.ts';
import { schemasOf } from './resource-schemas.ts';
import { unknownAction } from './unknown-action.ts';

/**
 * Checks the actions that properties name, in `read` and `write` (`action:x`) and in `action`: one that is neither an operation nor declared
 * would let nobody in for ever.
 * @throws CastellanError `unknown-action` with the place and a suggestion
 */
export function checkActionRules(contract: Contract): void {
  let known: ReadonlySet<string> | undefined;
  for (const { location, value } of schemasOf(contract)) {
    const { read = [], write = [], action } = castellanOf(value);
    const named = [...read, ...write].filter((name) => name.startsWith('action:')).map((name) => name.slice(7));
    for (const id of action === undefined ? named : [...named, action]) {
      known ??= new Set(actionNames(contract));
      if (!known.has(id)) throw unknownAction(id, [...known], contract.place(location));
    }
  }
}
