export { createDetection, type Detection, type DetectionOptions } from './detection.ts';
export { detectors } from './detectors/index.ts';
export {
  responseActions,
  severities,
  type Detector,
  type ResponseAction,
  type Sequence,
  type Severity,
  type Signal,
  type Step,
  type Subject,
} from './detector.ts';
export type { IncidentChange } from './incidents/grouping.ts';
export type { Detection as DetectionSeen, GotOut, Incident, Tally } from './incidents/incident.ts';
export type { MemoryLimits } from './memory/limits.ts';
export type { Locate } from './memory/movement.ts';
export type { KeptMedium } from './kept/list.ts';
export { incidentText } from './print/incident-text.ts';
export { findingSchema } from './print/finding-schema.ts';
export { ocsfFinding } from './print/ocsf.ts';
export { factsOrWhy, LineSplitter, readBatch, type Batch } from './read/lines.ts';
export { factsOf, parseFacts } from './read/parse.ts';
export { detectionReader, detectionWords, type WrittenDetection } from './configuration/options.ts';
export { Notifier, type NotifyOptions } from './notify/notifier.ts';
export { Responder, type Bans, type Done, type ResponderOptions } from './response/responder.ts';
