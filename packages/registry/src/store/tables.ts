import type { Incident } from '@castellan/detect';
import type { EnforcedGroup } from '@castellan/guard';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ControlStatement } from '../posture/statement.ts';

/** Counters are double precision, exact up to 2^53, so that PGlite and PostgreSQL give the same numbers. */
type Json<T extends object | null> = JSONColumnType<T, string, string>;
/** The same where it may be missing. */
type MaybeJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

/** Every table of the store, as `migrations/` makes them. */
export interface Tables {
  apis: ApiRow;
  contracts: ContractRow;
  contract_files: { api: string; digest: string; files: string };
  operations: OperationRow;
  unreadable: UnreadableRow;
  environments: { name: string; production: boolean };
  deployments: DeploymentRow;
  dependencies: { source: string; component: string; target: string; kind: string; resource: string };
  sightings: SightingRow;
  consumers: ConsumerRow;
  templates: { host: string; pattern: string; template: string };
  imports: ImportRow;
  guards: GuardRow;
  batches: { id: string; guard: string; received: Date };
  journal: JournalRow;
  settings: { name: string; value: string };
  leases: { name: string; holder: string; until: Date };
  evidence: EvidenceRow;
  scores: ScoreRow;
  approvals: ApprovalRow;
  idempotency: IdempotencyRow;
  incidents: IncidentRow;
  incident_entries: { id: Generated<number>; entry: string; until: Date };
  event_batches: { id: Generated<number>; api: string; events: string; received: Date };
  traffic: TrafficRow;
  reporters: { guard: string; instance: string; sequence: number; received: Date };
  jobs: JobRow;
  enforcements: EnforcementRow;
  lifecycles: LifecycleRow;
  contacts: { principal: string; name: string; contact: string; told: Date | null };
}

/** One API: what its contract versions are versions of. */
interface ApiRow {
  /** `documents-api`: made of the title or given. */
  id: string;
  title: string;
  owner: string | null;
  description: string;
  /** draft, published, deprecated, retired. */
  state: string;
  /** Full date on which it ends. */
  sunset: string | null;
  /** Where more about it stands: `{ rel, href }`. */
  links: Json<readonly { readonly rel: string; readonly href: string }[]>;
  created: Date;
  updated: Date;
  /** What people said, which no import says otherwise: owner, description. */
  said: Json<{ readonly owner?: string | undefined; readonly description?: string | undefined }>;
}

/** One version of a contract, known by its digest. */
interface ContractRow {
  api: string;
  digest: string;
  version: string;
  openapi: string;
  profile: string;
  /** File or URL that it was imported from. */
  source: string;
  servers: Json<readonly string[]>;
  operations: number;
  /** The document as it was read, references left as they were; null where it was too large to keep. */
  document: string | null;
  imported: Date;
  /** What it needs and declares; null where it was imported by a version that did not read it. */
  controls: MaybeJson<ControlStatement>;
  /** What `castellan check` found when it was imported. */
  checked: MaybeJson<CheckResult>;
  /** What its document says of the whole API. */
  lifecycle: MaybeJson<{ readonly state: string; readonly sunset: string | null }>;
}

interface OperationRow {
  api: string;
  digest: string;
  operation: string;
  method: string;
  path: string;
  authenticated: boolean;
  state: string;
  sunset: string | null;
  owner: string | null;
  purposes: Json<readonly string[]>;
  takes: Json<readonly string[]>;
  gives: Json<readonly string[]>;
  resource: string | null;
}

/** A document that could not be read: kept, with the reason. */
interface UnreadableRow {
  source: string;
  digest: string;
  reason: string;
  seen: Date;
}

/** Something that runs, or that a file says runs. */
interface DeploymentRow {
  id: string;
  api: string | null;
  environment: string;
  name: string;
  /** heartbeat, castellan, compose, kubernetes, nginx, envoy, terraform. */
  source: string;
  place: string;
  url: string | null;
  digest: string | null;
  mode: string | null;
  /** Null where nobody said. */
  audit: boolean | null;
  versions: Json<Readonly<Record<string, string>>>;
  /** Identity providers by fingerprint. */
  identities: Json<readonly IdentityFact[]>;
  /** Outbound resources by fingerprint. */
  resources: Json<readonly ResourceFact[]>;
  /** Digest of what its guard enforces. */
  controls: string | null;
  first_seen: Date;
  last_seen: Date;
}

/** An identity provider that a guard trusts. */
export interface IdentityFact {
  /** Keyed hash of issuer and kind of proof. */
  readonly fingerprint: string;
  /** Name of the security scheme. */
  readonly scheme: string;
  /** `issuer`, `introspection`, `keys`, `users`, `secret`. */
  readonly kind: string;
  /** Host of the issuer; empty where there is none. */
  readonly host: string;
}

/** Something that the process behind a guard reaches. */
export interface ResourceFact {
  /** Keyed hash of kind, host, port and name: the same resource has the same fingerprint in every environment. */
  readonly fingerprint: string;
  /** `postgres`, `http`. */
  readonly kind: string;
}

interface SightingRow {
  /** Empty where no API is known to answer. */
  api: string;
  environment: string;
  /** guard, access-log, har, postman. */
  source: string;
  host: string;
  method: string;
  template: string;
  documented: boolean;
  /** UTC, `2026-11-29`; the first of a month where days were rolled up. */
  day: string;
  hits: number;
  /** Answers by class: 2xx, 3xx, 4xx, 5xx. */
  ok: number;
  redirected: number;
  refused: number;
  failed: number;
  bytes_in: number;
  bytes_out: number;
  /** Milliseconds, summed. */
  duration: number;
  first_seen: Date;
  last_seen: Date;
}

/** What `sightings` has of one template, over all days. */
type TrafficRow = Omit<SightingRow, 'day'>;

/** The last period of a periodic job that is done. */
interface JobRow {
  name: string;
  /** Periods since the epoch. */
  period: number;
  finished: Date;
  /** Which registry did it. */
  holder: string;
  /** What it did, in a few words. */
  result: string;
}

interface ConsumerRow {
  api: string;
  environment: string;
  operation: string;
  /** Keyed hash of who calls, or what the guard calls it. */
  principal: string;
  /** Kind of credential. */
  credential: string;
  hits: number;
  last_seen: Date;
}

interface ImportRow {
  id: Generated<number>;
  source: string;
  format: string;
  lines: number;
  read: number;
  garbage: number;
  samples: Json<readonly string[]>;
  /** Of the text, unpacked: hash of its first line, how much it is, hash of all. */
  head: Generated<string>;
  bytes: Generated<number>;
  digest: Generated<string>;
  environment: Generated<string>;
  api: Generated<string>;
  imported: Date;
}

/** What the detectors saw. */
interface IncidentRow {
  id: string;
  /** Null where it is about several. */
  api: string | null;
  severity: string;
  status: string;
  start: Date;
  updated: Date;
  incident: Json<Incident & { readonly text: string }>;
}

/** What was answered to a request with an idempotency key; status and answer are null while it is worked on. */
interface IdempotencyRow {
  /** Keyed hash of who sent it and the key. */
  id: string;
  /** Hash of method, path and body. */
  request: string;
  status: number | null;
  /** Encrypted under the idempotency key: only who sent it can read it. */
  answer: string | null;
  created: Date;
}

/** Who may come in, by the hash of a key or the fingerprint of a certificate. */
interface GuardRow {
  id: string;
  api: string;
  name: string;
  key_hash: string;
  /** guard, viewer, developer, owner, security, administrator. */
  role: Generated<string>;
  teams: Json<readonly string[]>;
  created: Date;
  revoked: Date | null;
}

/** What happened to the registry itself. */
interface JournalRow {
  id: Generated<number>;
  time: Date;
  actor: string;
  kind: string;
  detail: string;
}

interface EvidenceRow {
  api: string;
  environment: string;
  operation: string;
  control: string;
  /** proven: what contracts declare and guards enforce is read from them. */
  level: string;
  holds: boolean;
  source: string;
  time: Date;
  detail: string;
  /** Digest of the contract that it was shown of; empty for any. */
  contract: Generated<string>;
}

interface ScoreRow {
  api: string;
  environment: Generated<string>;
  day: string;
  score: number;
  parts: Json<readonly { readonly what: string; readonly points: number }[]>;
  /** How many controls are in each state. */
  states: Json<Readonly<Record<string, number>>>;
  /** Policies that are not met, and nobody answers for it. */
  unmet: Json<readonly string[]>;
  computed: Date | null;
}

interface ApprovalRow {
  id: Generated<number>;
  api: string;
  from_state: string;
  to_state: string;
  actor: string;
  reason: string;
  time: Date;
  /** Empty for the API as a whole. */
  operation: Generated<string>;
  role: Generated<string>;
  /** transition, or approval of one that somebody else makes. */
  kind: Generated<string>;
  /** Conditions that did not hold, and were set aside with this reason. */
  despite: Json<readonly string[]>;
}

/** What guards with this digest enforce. */
interface EnforcementRow {
  digest: string;
  groups: Json<readonly EnforcedGroup[]>;
  first_seen: Date;
}

/** What was decided about an API (operation: empty) or an operation. */
interface LifecycleRow {
  api: string;
  operation: string;
  state: string;
  /** Full dates. */
  deprecated_at: string | null;
  sunset: string | null;
  successor: string | null;
  information: string | null;
  decided: Date;
}

/** What `castellan check` found in a contract. */
export interface CheckResult {
  readonly score: number;
  /** How many findings, by severity. */
  readonly findings: Readonly<Record<string, number>>;
  readonly at: string;
}
