import type { Contract, Operation, Place, Profile } from '@castellan/contract';
import type {
  Architecture,
  ArchitectureFlow,
  CastellanFile,
  CastellanFileApi,
  Component,
  Exposure,
} from '../../architecture/index.ts';
import type { DataClass } from '@castellan/meaning';
import type { AuthenticationFacts } from '../facts/authentication.ts';
import type { ContractData, OperationData } from '../facts/data.ts';
import type { Purpose } from '../facts/purpose.ts';

/** Areas of different trust. A flow from one to another crosses a boundary. */
export const boundaries = ['internet', 'edge', 'application', 'data', 'third-party'] as const;
export type BoundaryId = (typeof boundaries)[number];

export const boundaryNames: Readonly<Record<BoundaryId, string>> = {
  internet: 'Internet',
  edge: 'Edge',
  application: 'Application',
  data: 'Data',
  'third-party': 'Third parties',
};

/** A tag of operations inside of an API's process. */
export interface OperationGroup {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly data: readonly DataClass[];
}

/** An element of the data-flow diagram. */
export interface SystemElement {
  /** Stable over runs: `actor:anyone`, `process:shop`, `store:compose/db`. */
  readonly id: string;
  readonly kind: 'actor' | 'process' | 'store' | 'external';
  readonly name: string;
  readonly boundary: BoundaryId;
  readonly exposure: Exposure;
  readonly technology: string | undefined;
  /** Where a deployment file describes it. */
  readonly component: Component | undefined;
  /** Whether it stands in front of an API. */
  readonly gateway: boolean;
  /** Whether no file says it and it only must exist. */
  readonly inferred: boolean;
  readonly data: readonly DataClass[];
  /** Of an API's process. */
  readonly groups: readonly OperationGroup[];
  readonly place: Place | undefined;
}

/** A flow of the data-flow diagram. */
export interface SystemFlow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly protocol: string;
  /** undefined where nothing says. */
  readonly encrypted: boolean | undefined;
  readonly crosses: boolean;
  readonly data: readonly DataClass[];
  readonly source: ArchitectureFlow | undefined;
  readonly place: Place | undefined;
}

/** One API of the model. */
export interface ApiSubject {
  readonly kind: 'api';
  readonly name: string;
  readonly contract: Contract;
  readonly profile: Profile;
  readonly data: ContractData;
  readonly operations: readonly OperationSubject[];
  /** The process that answers. */
  readonly elementId: string;
  readonly exposure: Exposure;
  readonly exposureFrom: 'deployment' | 'servers' | 'review' | 'assumed';
  readonly deployment: CastellanFileApi | undefined;
  readonly castellan: CastellanFile | undefined;
  readonly architecture: Architecture;
  readonly policies: boolean;
  readonly audit: boolean;
  readonly owner: string | undefined;
}

/** One operation, with all that threats ask about. */
export interface OperationSubject {
  readonly kind: 'operation';
  readonly api: ApiSubject;
  readonly operation: Operation;
  readonly authentication: AuthenticationFacts;
  readonly data: OperationData;
  readonly purpose: Purpose;
  readonly changes: boolean;
}

/** An element, with the model around it. */
export interface ElementSubject {
  readonly kind: 'actor' | 'process' | 'store' | 'external';
  readonly element: SystemElement;
  readonly system: SystemModel;
}

/** A flow, with its ends. */
export interface FlowSubject {
  readonly kind: 'flow';
  readonly flow: SystemFlow;
  readonly from: SystemElement;
  readonly to: SystemElement;
  readonly system: SystemModel;
}

/** The whole data-flow model. */
export interface SystemModel {
  readonly title: string;
  readonly apis: readonly ApiSubject[];
  readonly elements: readonly SystemElement[];
  readonly flows: readonly SystemFlow[];
  readonly architecture: Architecture;
}
