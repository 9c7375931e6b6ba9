export { openStore, defaultStore, type Store, type StoreOptions } from './store/open.ts';
export { takeLease } from './store/lease.ts';
export { backUp, restoreFile } from './backup/file.ts';
export type { Restored } from './backup/restore.ts';
export { importCatalog } from './inventory/import-catalog.ts';
export { importDeployments, type ImportedDeployments } from './inventory/import-deployments.ts';
export { recordDeployment, type Deployment } from './inventory/record-deployment.ts';
export { importDocuments, type DocumentSource, type ImportedDocument } from './inventory/import-documents.ts';
export { isBackstage } from './inventory/backstage.ts';
export { listApis, type ListedApi, type ListOptions, type Page } from './inventory/list.ts';
export { showApi, type ShownApi } from './inventory/show.ts';
export type { UnreadableDocument } from './inventory/unreadable.ts';
export { exportFormats, exportSnapshot, type ExportFormat } from './export/index.ts';
export { takeSnapshot, type Snapshot } from './export/snapshot.ts';
export { harExchanges, type HostExchanges } from './sightings/har-exchanges.ts';
export { readRecording } from './sightings/whole-file.ts';
export { correctTemplate } from './sightings/corrections.ts';
export {
  importTraffic,
  trafficFormatOf,
  trafficFormats,
  type ImportedTraffic,
  type TrafficFormat,
} from './sightings/import-traffic.ts';
export { attestable } from './posture/attest.ts';
export type { ImportedEvidence } from './posture/import-evidence.ts';
export { silence } from './posture/evidence.ts';
export type { PostureLine } from './posture/overview.ts';
export type { EnvironmentReport, PostureReport, SaidViolation } from './posture/report.ts';
export type { PostureOverview, Who } from './client/posture.ts';
export type { Problem as LifecycleProblem } from './lifecycle/judge.ts';
export type { LifecycleView } from './lifecycle/look.ts';
export type { Standing } from './lifecycle/standing.ts';
export {
  conditions as lifecycleConditions,
  lifecycleRoles,
  lifecycleStates,
  type Condition,
  type LifecycleState,
} from './lifecycle/states.ts';
export { apiIdOf } from './inventory/api-id.ts';
export { findGhosts, type FoundGhosts } from './ghosts/find.ts';
export { defaultRetention, type Retention } from './upkeep/retention.ts';
export { recentGhosts } from './ghosts/recent.ts';
export { ghostKinds, ghostSeverities, type Ghost, type GhostKind, type GhostSeverity } from './ghosts/ghost.ts';
export { serveRegistry, type RegistryServer, type ServeOptions } from './server/serve.ts';
export { createKey, type KeyHolder, type NewKey } from './server/access/keys.ts';
export type { Role } from './server/access/roles.ts';
export type { LoginOptions } from './server/access/registry-guard.ts';
export { registryDocument } from './server/document/index.ts';
export { localInventory, type Inventory } from './client/inventory.ts';
export { remoteInventory } from './client/remote.ts';
export { registryRequests, type RegistryAddress } from './client/request.ts';
export { eventSender, type EventSender } from './client/send-events.ts';
export { announce, announced } from './server/announcement.ts';
