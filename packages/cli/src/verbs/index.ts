import type { Verb } from '../verb.ts';

/** Loaded only when called, so that `castellan check` does not load a gateway. */
export const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import('./check.ts')).verb,
  contract: async () => (await import('./contract.ts')).verb,
  diff: async () => (await import('./diff.ts')).verb,
  detect: async () => (await import('./detect.ts')).verb,
  watch: async () => (await import('./watch.ts')).verb,
  incidents: async () => (await import('./incidents.ts')).verb,
  demo: async () => (await import('./demo.ts')).verb,
  gateway: async () => (await import('./gateway.ts')).verb,
  learn: async () => (await import('./learn.ts')).verb,
  types: async () => (await import('./types.ts')).verb,
  scan: async () => (await import('./scan.ts')).verb,
  threats: async () => (await import('./threats.ts')).verb,
  keys: async () => (await import('./keys.ts')).verb,
  config: async () => (await import('./config.ts')).verb,
  serve: async () => (await import('./serve.ts')).verb,
  inventory: async () => (await import('./inventory.ts')).verb,
  policy: async () => (await import('./policy.ts')).verb,
  ban: async () => (await import('./ban.ts')).verb,
  limits: async () => (await import('./limits.ts')).verb,
  audit: async () => (await import('./audit.ts')).verb,
};
