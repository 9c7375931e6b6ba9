import type { Terminal } from '../verb.ts';
import { usage } from '../arguments.ts';

/** Options of every subcommand of `inventory`. */
export const inventoryOptions = {
  store: { type: 'string' },
  registry: { type: 'string' },
  json: { type: 'boolean' },
  api: { type: 'string' },
  owner: { type: 'string' },
  environment: { type: 'string' },
  limit: { type: 'string' },
  after: { type: 'string' },
  format: { type: 'string' },
  out: { type: 'string' },
  map: { type: 'string' },
  host: { type: 'string' },
  kind: { type: 'string' },
  control: { type: 'string' },
  by: { type: 'string' },
  role: { type: 'string' },
  reason: { type: 'string' },
  operation: { type: 'string' },
  sunset: { type: 'string' },
  successor: { type: 'string' },
  information: { type: 'string' },
  despite: { type: 'string' },
  name: { type: 'string' },
  contact: { type: 'string' },
  told: { type: 'boolean' },
  all: { type: 'boolean' },
  'fail-on': { type: 'string' },
} as const;

/** One call of a subcommand. */
export interface InventoryCall {
  readonly values: {
    readonly [K in keyof typeof inventoryOptions]?: (typeof inventoryOptions)[K]['type'] extends 'boolean'
      ? boolean | undefined
      : string | undefined;
  };
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
}

/**
 * A whole number that was written.
 * @throws CastellanError `usage`
 */
export function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number < 1 || number > most)
    throw usage(`--${option} ${text} is no whole number from 1 to ${most}`, `write --${option} 100`);
  return number;
}
