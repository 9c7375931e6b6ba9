import { loadContract, type Contract } from '@castellan/contract';
import { accessOf } from './access.ts';
import { documentProposals } from './document.ts';
import { authenticationProposals } from './authentication.ts';
import type { Proposals } from './model.ts';
import type { ObservedExchange } from './observed.ts';
import { overlayOf } from './overlay.ts';
import { policyProposals } from './policies.ts';
import { propertyProposals } from './properties.ts';
import { Run } from './run.ts';
import { surfaceOf } from './surface.ts';

export { cedarOf } from './cedar.ts';
export { formatProposals } from './format.ts';
export { overlayText } from './overlay.ts';
export { scenariosOf } from './scenarios.ts';
export type { Proposal, Proposals, Question } from './model.ts';
export type { ObservedExchange } from './observed.ts';

/**
 * The authorization that a security engineer would write first for an API: who owns what, who calls what is for few, which
 * properties are for whom. From an observe run, in which every call counts as honest: nothing that is proposed refuses one that
 * was answered well. What neither the run nor the document tells is asked, not written.
 */
export async function propose(contract: Contract, exchanges: readonly ObservedExchange[]): Promise<Proposals> {
  const authentication = authenticationProposals(new Run(surfaceOf(contract), exchanges));
  // Who calls is known once credentials are asked for, so that policies are made against the document that does.
  const document = await withOverlay(contract, authentication.proposals);
  const run = new Run(surfaceOf(document), exchanges);
  const access = accessOf(run);
  const properties = propertyProposals(run, access);
  return {
    proposals: [
      ...authentication.proposals,
      ...policyProposals(run, access),
      ...documentProposals(run, access),
      ...properties.proposals,
    ],
    questions: [...authentication.questions, ...access.questions, ...properties.questions],
  };
}

async function withOverlay(contract: Contract, proposals: Proposals['proposals']): Promise<Contract> {
  const overlay = overlayOf(contract, proposals);
  if (overlay === undefined) return contract;
  return await loadContract(contract.document as Readonly<Record<string, unknown>>, { overlays: [overlay] });
}
