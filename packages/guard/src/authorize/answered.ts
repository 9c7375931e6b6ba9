import type { Stage } from '../stage.ts';
import { subjectOf } from './operation-subject.ts';
import { denied } from './refusals.ts';

/**
 * The handler's door: a request of a governed operation whose question nobody has decided, nor left to the answer, does not
 * go on. Nothing comes here undecided while every way through `decide` does what it says; this holds where one does not.
 */
export const answered: Stage = {
  name: 'authorize',
  compile(core, operation) {
    if (core.authority === undefined || !subjectOf(core.authority, operation).asks) return undefined;
    return ({ ledger }) =>
      ledger === undefined || ledger.isAsked
        ? denied(core, operation, `nobody decided on ${operation.operationId}`, 'not-decided')
        : undefined;
  },
};
