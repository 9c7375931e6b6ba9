import { loadContract, type Contract } from '@castellan/contract';
import { compilePolicies, PoliciesError, policySchema } from '@castellan/policy';
import { overlayOf } from './overlay.ts';
import type { Proposal, Question } from './model.ts';

/**
 * Proposals that a guard starts with: the document is read with their overlay, and each policy is type-checked against it. One
 * that is refused becomes a question, so that what is written can be taken as it stands.
 */
export async function checked(
  contract: Contract,
  proposals: readonly Proposal[],
): Promise<{ readonly proposals: readonly Proposal[]; readonly questions: readonly Question[] }> {
  const document = await withOverlay(contract, proposals);
  const { json, leftOut } = policySchema(document);
  const refused = new Map<string, string>();
  for (const { id, cedar } of proposals) {
    if (cedar === undefined) continue;
    try {
      compilePolicies({ policies: cedar, schema: json, leftOut, impossible: 'refuse' });
    } catch (error) {
      if (!(error instanceof PoliciesError)) throw error;
      refused.set(id, error.problems[0]?.what ?? 'it cannot be checked');
    }
  }
  return {
    proposals: proposals.filter(({ id }) => !refused.has(id)),
    questions: proposals
      .filter(({ id }) => refused.has(id))
      .map(({ id, title, operations }) => ({
        title: `${title}: which policy says so?`,
        reason: `none could be written (${refused.get(id) ?? ''})`,
        operations,
      })),
  };
}

/** A contract with the overlay of proposals. */
export async function withOverlay(contract: Contract, proposals: readonly Proposal[]): Promise<Contract> {
  const overlay = overlayOf(contract, proposals);
  if (overlay === undefined) return contract;
  return await loadContract(contract.document as Readonly<Record<string, unknown>>, { overlays: [overlay] });
}
