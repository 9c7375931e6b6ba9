import type { Contract, Mode, ModeSetting, Operation } from '@castellan/contract';

/** What controls do, on the way in and on the way out. */
export interface Modes {
  readonly requests: Mode;
  readonly responses: Mode;
}

/** What a setting says of each direction; what it leaves out is up to the next. */
export function modesOf(setting: ModeSetting | undefined, otherwise: Modes): Modes {
  if (setting === undefined) return otherwise;
  if (typeof setting === 'string') return { requests: setting, responses: setting };
  return { requests: setting.requests ?? otherwise.requests, responses: setting.responses ?? otherwise.responses };
}

/**
 * The modes of an operation: its own, then those of the document, then those of the options.
 * @param operation undefined where a request reaches none
 */
export function modesIn(
  { castellan }: Contract,
  operation: Operation | undefined,
  settings: { readonly modes: Modes },
): Modes {
  return modesOf(operation?.castellan.mode, modesOf(castellan.mode, settings.modes));
}
