export { draftDocument, type Draft, type DraftInput } from './draft.ts';
export { learn, type Accept, type Cause, type Decided, type Learnt, type LearntOperation } from './learn.ts';
export { learntFormats, writeLearnt, type LearntFormat } from './formats/index.ts';
export type { OutsideProposal } from './outside.ts';
export { seenText, type Seen } from './seen.ts';
