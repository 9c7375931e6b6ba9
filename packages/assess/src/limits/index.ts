export { observedCall, type ObservedCall } from './observed.ts';
export { limitsOverlay, proposeLimits, type LimitsProposal, type ProposedLimit } from './propose.ts';
