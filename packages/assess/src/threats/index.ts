export {
  assess,
  placeOf,
  statuses,
  type AssessedThreat,
  type Assessment,
  type AssessOptions,
  type Status,
} from './assess.ts';
export { controls, controlIds, type Control, type ControlId } from './controls.ts';
export { neededControls } from './evidence/needed.ts';
export { threat, need, way, type AnyThreat, type Need, type ThreatDefinition } from './definition.ts';
export { catalogue } from './catalogue/index.ts';
export { readEvidence, type EvidenceRecord } from './evidence/read.ts';
export { evidenceSchema } from './evidence/schema.ts';
export { importModel, type ImportedModel } from './exchange/import.ts';
export { toOpenThreatModel } from './exchange/open-threat-model.ts';
export { toThreatDragon } from './exchange/threat-dragon.ts';
export { allSteps, nextSteps, type NextStep } from './next/steps.ts';
export { readReview, writeReview } from './people/file.ts';
export { noReview, type Answer, type Decision, type Question, type Review } from './people/model.ts';
export { questionsOf } from './people/questions.ts';
export { htmlOf } from './report/html.ts';
export { reportOf, type ReportOptions, type ThreatsReport } from './report/json.ts';
export { markdownOf } from './report/markdown.ts';
export { mermaidOf } from './report/mermaid.ts';
export { reportSchema } from './report/schema.ts';
export { textOf } from './report/text.ts';
export { svgOf } from './diagram/svg.ts';
export { levels, type Level, type Risk } from './risk.ts';
export { readData, type OperationData } from './facts/data.ts';
export { buildApi, type ApiInput } from './system/api.ts';
export { buildSystem } from './system/build.ts';
export type { ApiSubject, SystemModel } from './system/model.ts';
