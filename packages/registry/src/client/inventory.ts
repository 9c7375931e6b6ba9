import type { Architecture } from '@castellan/assess/architecture';
import { backUp } from '../backup/file.ts';
import { takeSnapshot, type Snapshot } from '../export/snapshot.ts';
import { findGhosts, type FoundGhosts } from '../ghosts/find.ts';
import { importCatalog } from '../inventory/import-catalog.ts';
import { importDeployments, type DeploymentOrigin, type ImportedDeployments } from '../inventory/import-deployments.ts';
import { importDocuments, type DocumentSource, type ImportedDocument } from '../inventory/import-documents.ts';
import { listApis, type ListedApi, type ListOptions, type Page } from '../inventory/list.ts';
import { showApi, type ShownApi } from '../inventory/show.ts';
import { unreadableDocuments, type UnreadableDocument } from '../inventory/unreadable.ts';
import { correctTemplate } from '../sightings/corrections.ts';
import { importTraffic, type ImportedTraffic, type TrafficOptions } from '../sightings/import-traffic.ts';
import { localPosture, type PostureCommands } from './posture.ts';
import type { Store } from '../store/open.ts';

/** Where documents are, and who is told how far an import is. */
interface ReadingDocuments {
  readonly cwd: string;
  readonly progress?: ((done: number) => void) | undefined;
}

/** What can be done with an inventory, whether its store is open here or a registry has it. */
export interface Inventory {
  list(options: Omit<ListOptions, 'where' | 'id'>): Promise<Page<ListedApi>>;
  show(id: string): Promise<ShownApi>;
  /** Documents that could not be read when they were last imported. */
  unreadable(): Promise<readonly UnreadableDocument[]>;
  ghosts(): Promise<FoundGhosts>;
  snapshot(): Promise<Snapshot>;
  /** Writes a backup into a file. @returns its size in bytes */
  backUp(file: string): Promise<number>;
  correctTemplate(host: string, template: string): Promise<number>;
  importDocuments(
    documents: readonly DocumentSource[],
    reading: ReadingDocuments,
  ): Promise<readonly ImportedDocument[]>;
  importCatalog(file: string, cwd: string): Promise<readonly ImportedDocument[]>;
  importDeployments(architecture: Architecture, origin: DeploymentOrigin): Promise<ImportedDeployments>;
  importTraffic(file: string, options: TrafficOptions): Promise<ImportedTraffic>;
  /** Evidence, scores, what to do next, and the life cycle. */
  readonly posture: PostureCommands;
}

/** The inventory of a store. */
export function localInventory(store: Store): Inventory {
  return {
    list: (options) => listApis(store, options),
    show: (id) => showApi(store, id),
    unreadable: () => unreadableDocuments(store),
    ghosts: () => findGhosts(store),
    snapshot: () => takeSnapshot(store),
    backUp: (file) => backUp(store, file),
    correctTemplate: (host, template) => correctTemplate(store, host, template),
    importDocuments: (documents, { cwd, progress }) =>
      importDocuments(store, documents, { cwd, ...(progress === undefined ? {} : { progress }) }),
    importCatalog: (file, cwd) => importCatalog(store, file, cwd),
    importDeployments: (architecture, origin) => importDeployments(store, architecture, origin),
    importTraffic: (file, options) => importTraffic(store, file, options),
    posture: localPosture(store),
  };
}
