import type { Verb } from '../verb.ts';

/** A verb before it is loaded. */
export interface KnownVerb {
  /** One line for `castellan --help`. */
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** Loaded only when called, so that `castellan check` does not load a gateway. */
export const verbs: Readonly<Record<string, KnownVerb>> = {
  check: {
    summary: 'what is weak in an API by its document, why it matters, and the fix; score; --fix',
    load: async () => (await import('./check.ts')).verb,
  },
  contract: {
    summary: 'what an API is, by its document: operations, security, limits, resources, and what is not protected',
    load: async () => (await import('./contract.ts')).verb,
  },
  diff: {
    summary: 'what changed between two versions of an API: what weakens security first, then what breaks clients',
    load: async () => (await import('./diff.ts')).verb,
  },
  detect: {
    summary: 'attacks in files of events: what happened, who, what got out',
    load: async () => (await import('./detect.ts')).verb,
  },
  watch: {
    summary: 'events and incidents as they happen, of a running gateway or of a file that grows',
    load: async () => (await import('./watch.ts')).verb,
  },
  incidents: {
    summary: 'incidents of a running gateway: list them, dismiss one',
    load: async () => (await import('./incidents.ts')).verb,
  },
  demo: {
    summary: 'the guided tour: a weak API, the same API guarded, and ten attacks on both',
    load: async () => (await import('./demo.ts')).verb,
  },
  gateway: {
    summary: 'the guard as a reverse proxy in front of any HTTP server',
    load: async () => (await import('./gateway.ts')).verb,
  },
  learn: {
    summary:
      'from what was observed: an overlay that makes the document say what the API does, and what enforce would refuse',
    load: async () => (await import('./learn.ts')).verb,
  },
  types: {
    summary: 'TypeScript types of the operations of an API, for handlers behind the guard',
    load: async () => (await import('./types.ts')).verb,
  },
  scan: {
    summary: 'attacks on a running test system by its document: what goes through, and what is proven',
    load: async () => (await import('./scan.ts')).verb,
  },
  threats: {
    summary: 'the threat model of an API: what could happen, how bad it is here, what to do next',
    load: async () => (await import('./threats.ts')).verb,
  },
  keys: {
    summary: 'issue, rotate and revoke API keys, users and tokens',
    load: async () => (await import('./keys.ts')).verb,
  },
  config: {
    summary: 'everything that is wrong with a castellan.yaml, and what it would run where',
    load: async () => (await import('./config.ts')).verb,
  },
  serve: {
    summary: 'everything in castellan.yaml: the registry over HTTP, its detectors, and the gateway',
    load: async () => (await import('./serve.ts')).verb,
  },
  inventory: {
    summary: 'every API, version and environment: import, list, show, ghosts, export, backup',
    load: async () => (await import('./inventory.ts')).verb,
  },
  policy: {
    summary: 'authorization policies: their schema, checks, scenarios, explanations and list filters',
    load: async () => (await import('./policy.ts')).verb,
  },
  ban: {
    summary: 'keep an address, network, principal or credential out for a while',
    load: async () => (await import('./ban.ts')).verb,
  },
  limits: {
    summary: 'what a principal took and may still take; limits from what was observed',
    load: async () => (await import('./limits.ts')).verb,
  },
  audit: {
    summary: 'verify, search and report the audit log of a folder',
    load: async () => (await import('./audit.ts')).verb,
  },
};
