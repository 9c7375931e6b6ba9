export { formOfSegment, segmentIsVariable, type SegmentForm } from './segment-form.ts';
export { PathTree, type InferredTemplate } from './tree.ts';
export { variableOf } from './variable.ts';
