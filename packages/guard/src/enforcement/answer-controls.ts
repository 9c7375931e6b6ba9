import type { Operation } from '@castellan/contract';
import { budgetsOf } from '../authorize/spending.ts';
import type { GuardCore } from '../core.ts';
import { isHeld } from './held.ts';
import type { EnforceableControl } from './names.ts';

/** What the guard does with the answers of an operation: errors are sanitised wherever it looks at answers at all. */
export function answerControls(core: GuardCore, operation: Operation): readonly EnforceableControl[] {
  const { responseProperties } = core.undocumentedIn(operation);
  const strict = responseProperties !== 'keep' && responseProperties !== 'pass';
  const good = operation.responses.filter(({ status }) => status.startsWith('2') || status === 'default');
  const held = strict && good.every(({ content }) => content.every((media) => isHeld(core, media)));
  // Nothing is taken from a budget by an answer that is only observed.
  const counted = budgetsOf(core, operation).length > 0;
  return ['safe-errors', ...(held ? ['output-validation' as const] : []), ...(counted ? ['data-budget' as const] : [])];
}
