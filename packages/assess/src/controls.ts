// Controls, the standards that ask for them, and files of evidence: without the threats that need them, which take their time to load.
export { asvsChapters, asvsOf } from './standards/asvs.ts';
export { controlsNamed, owaspControls, wordsForControls } from './standards/owasp-api.ts';
export { controlIds, controls, type ControlId, type Effort } from './threats/controls.ts';
export type { ControlNeed, NeededControls } from './threats/evidence/needed.ts';
export { readEvidence, type EvidenceRecord } from './threats/evidence/read.ts';
export { controlStates, type ControlState } from './threats/evidence/state.ts';
export { effect } from './threats/risk.ts';
