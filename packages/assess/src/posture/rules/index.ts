import type { ContractRule } from '../rule.ts';

/** Every rule over a document, in the order of the risks. */
export const contractRules: readonly ContractRule[] = [];
