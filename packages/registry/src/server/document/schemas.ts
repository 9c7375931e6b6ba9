import { enforceableControls } from '@castellan/guard';
import { count, flag, id, instant, list, moment, next, object, orNull, ref, text } from './forms.ts';
import { mostListed } from '../../inventory/most-listed.ts';

const state = { enum: ['draft', 'published', 'deprecated', 'retired'] };
const secret = { 'x-castellan': { sensitivity: 'secret' } };
const resource = (name: string): object => ({ 'x-castellan': { resource: name, id: 'id' } });

/** One API of the list. */
const listed = {
  id,
  title: text(400),
  owner: orNull(text(200)),
  state,
  sunset: orNull(text(40)),
  version: text(200),
  digest: text(80),
  versions: count,
  operations: count,
  open: count,
  environments: list(text(200), mostListed.environments),
  data: list(text(40), 20),
  requests: count,
  lastSeen: orNull(moment),
};

/** What was counted of requests alike. */
const counts = {
  hits: count,
  ok: count,
  redirected: count,
  refused: count,
  failed: count,
  bytesIn: count,
  bytesOut: count,
  duration: count,
  first: instant,
  last: instant,
};

const reported = {
  Heartbeat: object(
    {
      name: text(100, { minLength: 1 }),
      instance: text(64, { pattern: '^[\\w-]{8,64}$' }),
      environment: text(100, { minLength: 1 }),
      contract: text(80, { pattern: '^(?:sha256:)?[0-9a-f]{12,64}$' }),
      mode: { enum: ['enforce', 'observe', 'off'] },
      audit: flag,
      versions: { type: 'object', maxProperties: 10, additionalProperties: text(60) },
      identities: list(object({ fingerprint: text(64), scheme: text(100), kind: text(40), provider: text(255) }), 100),
      resources: list(object({ fingerprint: text(64), kind: text(40) }), 500),
      controls: text(64, { pattern: '^[0-9a-f]{64}$' }),
    },
    ['controls'],
  ),
  EnforcedGroup: object({
    mode: { enum: ['enforce', 'observe', 'off'] },
    controls: list({ enum: enforceableControls }, enforceableControls.length),
    operations: list(text(300), 20_000),
  }),
  Sighting: object({
    method: text(20, { pattern: '^[A-Z]{1,20}$' }),
    template: text(1_000),
    documented: flag,
    day: text(10, { pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
    ...counts,
  }),
  Consumer: object({ operation: text(300), principal: text(64), credential: text(40), hits: count, last: instant }),
  Report: object(
    {
      id: text(64, { pattern: '^[\\w-]{16,64}$' }),
      time: instant,
      heartbeat: ref('Heartbeat'),
      controls: list(ref('EnforcedGroup'), 2_000),
      sightings: list(ref('Sighting'), 2_000),
      consumers: list(ref('Consumer'), 2_000),
    },
    ['controls'],
  ),
};

const imported = {
  ImportedDocument: object(
    {
      source: text(2_100),
      outcome: { enum: ['imported', 'known', 'unreadable'] },
      api: id,
      digest: text(80),
      fresh: flag,
      operations: count,
      reason: text(3_000),
    },
    ['api', 'digest', 'fresh', 'operations', 'reason'],
  ),
  ImportedDeployment: object(
    {
      id: text(2_000),
      api: orNull(id),
      environment: text(100),
      name: text(200),
      source: text(40),
      place: text(2_000),
      address: orNull(text(2_000)),
      mode: orNull(text(40)),
      audit: orNull(flag),
      versions: { type: 'object', maxProperties: 10, additionalProperties: text(500) },
      identities: list(object({ fingerprint: text(64), scheme: text(100), kind: text(40), provider: text(255) }), 100),
    },
    ['address', 'mode', 'audit', 'versions', 'identities'],
  ),
  Dependency: object({
    source: text(2_100),
    component: text(2_100),
    target: text(2_100),
    kind: text(60),
    resource: text(2_100),
  }),
  ImportedSighting: object({
    api: text(100),
    host: text(255),
    method: text(20),
    template: text(1_000),
    documented: flag,
    day: text(10, { pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
    counts: object(counts),
  }),
};

export const schemas = {
  Problem: {
    type: 'object',
    properties: { type: text(500), title: text(500), status: { type: 'integer' }, detail: text(3_000) },
  },
  Api: object(listed, [], resource('RegisteredApi')),
  ShownApi: object(
    {
      ...listed,
      description: text(2_100),
      links: list(object({ rel: text(100), href: text(3_000) }), 100),
      contracts: list(
        object({
          digest: text(80),
          version: text(200),
          openapi: text(40),
          profile: text(40),
          source: text(2_100),
          servers: list(text(2_100), 60),
          operations: count,
          imported: moment,
        }),
        mostListed.contracts,
      ),
      deployments: list(
        object({
          id: text(2_100),
          environment: text(200),
          name: text(300),
          source: text(40),
          place: text(2_100),
          mode: orNull(text(40)),
          audit: orNull(flag),
          digest: orNull(text(80)),
          lastSeen: moment,
        }),
        mostListed.deployments,
      ),
    },
    [],
    resource('RegisteredApi'),
  ),
  Operation: object({
    operation: text(400),
    method: text(20),
    path: text(2_100),
    authenticated: flag,
    state,
    owner: orNull(text(200)),
    purposes: list(text(100), 100),
    takes: list(text(40), 20),
    gives: list(text(40), 20),
    requests: count,
    consumers: count,
    lastSeen: orNull(moment),
  }),
  Deployment: object(
    {
      id: text(2_100),
      api: orNull(text(100)),
      owner: orNull(text(200)),
      environment: text(200),
      name: text(300),
      source: text(40),
      mode: orNull(text(40)),
      audit: orNull(flag),
      digest: orNull(text(80)),
      firstSeen: moment,
      lastSeen: moment,
    },
    [],
    resource('Deployment'),
  ),
  Ghost: object(
    {
      id: text(64),
      owner: orNull(text(200)),
      kind: { enum: ['ghost-path', 'shadow', 'zombie', 'unwatched', 'orphan'] },
      severity: { enum: ['critical', 'high', 'medium', 'low'] },
      api: text(100),
      environment: text(1_000),
      subject: text(1_100),
      evidence: list(text(3_000), 100),
      remedy: text(500),
      firstSeen: orNull(moment),
      lastSeen: orNull(moment),
    },
    [],
    resource('Ghost'),
  ),
  Key: object(
    {
      id: text(100),
      name: text(200),
      role: { enum: ['guard', 'viewer', 'developer', 'owner', 'security', 'administrator'] },
      teams: list(text(200), 100),
      api: orNull(text(100)),
      owner: orNull(text(200)),
      certificate: flag,
      created: moment,
      revoked: orNull(moment),
    },
    [],
    resource('Key'),
  ),
  NewKey: object({ id: text(64), key: orNull(text(200, secret)) }),
  JournalEntry: object({ id: count, time: moment, actor: text(200), kind: text(60), detail: text(600) }),
  Template: object({ host: text(255), template: text(1_000) }),
  Caller: object({ subject: text(300), roles: list(text(40), 10), teams: list(text(300), 1_000) }),
  ...imported,
  ...reported,
};

/** A page of a list. */
export const page = (name: string, items: object, more: Readonly<Record<string, object>> = {}): object =>
  object({ [name]: list(items, 200), next, ...more });
