export { openStore, defaultStore, type Store, type StoreOptions } from './store/open.ts';
export { takeLease } from './store/lease.ts';
export { importCatalog } from './inventory/import-catalog.ts';
export { importDeployments, type ImportedDeployments } from './inventory/import-deployments.ts';
export { importDocuments, type DocumentSource, type ImportedDocument } from './inventory/import-documents.ts';
export { isBackstage } from './inventory/backstage.ts';
export { listApis, type ListedApi, type ListOptions, type Page } from './inventory/list.ts';
export { showApi, type ShownApi } from './inventory/show.ts';
export { exportFormats, exportInventory, type ExportFormat } from './export/index.ts';
export { takeSnapshot, type Snapshot } from './export/snapshot.ts';
export { correctTemplate } from './sightings/corrections.ts';
export {
  importTraffic,
  trafficFormatOf,
  trafficFormats,
  type ImportedTraffic,
  type TrafficFormat,
} from './sightings/import-traffic.ts';
export { attest, attestable, type Attestation } from './posture/attest.ts';
export { importEvidence, type ImportedEvidence } from './posture/import-evidence.ts';
export { silence } from './posture/evidence.ts';
export { judge } from './posture/policies.ts';
export { readOverview, refreshScores, type PostureLine } from './posture/overview.ts';
export { readAllPosture, readPosture } from './posture/posture.ts';
export {
  postureReport,
  said,
  type EnvironmentReport,
  type PostureReport,
  type SaidViolation,
} from './posture/report.ts';
export { stepsOf, type PlacedStep } from './posture/steps.ts';
export { approveTransition, listApprovals, type KeptApproval } from './lifecycle/approve.ts';
export { listConsumers, nameConsumer, principalHash, type Consumer } from './lifecycle/consumers.ts';
export { noticeDays, type Problem as LifecycleProblem } from './lifecycle/judge.ts';
export { decisionsFor, standingOf, type Standing } from './lifecycle/standing.ts';
export {
  conditions as lifecycleConditions,
  lifecycleRoles,
  lifecycleStates,
  transitions,
  type Condition,
  type LifecycleRole,
  type LifecycleState,
} from './lifecycle/states.ts';
export { lookAt, type LifecycleView } from './lifecycle/look.ts';
export { makeTransition, type TransitionOutcome } from './lifecycle/transition.ts';
export { knownApi } from './inventory/known-api.ts';
export { apiIdOf } from './inventory/api-id.ts';
export { findGhosts, type FoundGhosts } from './ghosts/find.ts';
export { ghostKinds, ghostSeverities, type Ghost, type GhostKind, type GhostSeverity } from './ghosts/ghost.ts';
export { serveRegistry, type RegistryServer, type ServeOptions } from './server/serve.ts';
export { createKey, type NewKey, type Role } from './server/keys.ts';
export { registryDocument } from './server/document.ts';
