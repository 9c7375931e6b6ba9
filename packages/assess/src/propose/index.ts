import type { Contract } from '@castellan/contract';
import { accessOf } from './access.ts';
import { subjectProposals } from './acts-on.ts';
import { claimProposals } from './claims.ts';
import { checked, withOverlay } from './checked.ts';
import { documentProposals } from './document.ts';
import { documentedSince } from './documented-since.ts';
import { authenticationProposals } from './authentication.ts';
import type { Proposals } from './model.ts';
import type { ObservedExchange } from './observed.ts';
import { policyProposals } from './policies.ts';
import { propertyProposals } from './properties.ts';
import { resourceProposals } from './resources.ts';
import { Run } from './run.ts';
import { tenantProposals } from './tenant-policies.ts';
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
export async function propose(contract: Contract, recorded: readonly ObservedExchange[]): Promise<Proposals> {
  const exchanges = documentedSince(contract, recorded);
  const authentication = authenticationProposals(new Run(surfaceOf(contract), exchanges));
  // Who calls is known once credentials are asked for, and what is acted on once the document says so.
  const known = await withOverlay(contract, authentication.proposals);
  const resources = resourceProposals(new Run(surfaceOf(known), exchanges));
  const named = await withOverlay(known, resources);
  const subjects = subjectProposals(new Run(surfaceOf(named), exchanges));
  const document = await withOverlay(named, subjects);
  const run = new Run(surfaceOf(document), exchanges);
  const access = accessOf(run);
  const properties = propertyProposals(run, access);
  const used = new Set<string>();
  const found = await checked(contract, [
    ...authentication.proposals,
    ...resources,
    ...subjects,
    ...claimProposals(run, access, properties.groups),
    ...policyProposals(run, access, used),
    ...tenantProposals(run, access, used),
    ...documentProposals(run, access),
    ...properties.proposals,
  ]);
  return {
    proposals: found.proposals,
    questions: [...authentication.questions, ...access.questions, ...properties.questions, ...found.questions],
  };
}
