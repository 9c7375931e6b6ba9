import type { Contract, Operation, Profile, UndocumentedSetting, Undocumenting } from '@castellan/contract';

/** What becomes of what the contract does not name, by what it is. */
export interface Undocumented {
  readonly parameters: Undocumenting;
  /** `keep`: nobody looks. */
  readonly requestProperties: Undocumenting | 'keep';
  readonly responseProperties: Undocumenting | 'keep';
  /** `harmless`: error answers pass where they are small JSON that shows nothing internal. */
  readonly statuses: Undocumenting | 'harmless';
  readonly mediaTypes: Undocumenting | 'harmless';
}

/** One use of an undocumented thing that was not refused, for the event. */
export interface UndocumentedUse {
  readonly what: keyof Undocumented;
  readonly done: 'removed' | 'passed';
  /** Names and places, never values. */
  readonly places: readonly string[];
}

/** @param setting the option of the guard */
export function undocumentedIn(
  { castellan }: Contract,
  operation: Operation,
  setting: UndocumentedSetting | undefined,
): Undocumented {
  const levels = [operation.castellan.undocumented, castellan.undocumented, setting];
  const of = <K extends keyof Undocumented>(what: K): Undocumented[K] =>
    (levels.find((level) => level?.[what] !== undefined)?.[what] as Undocumented[K] | undefined) ??
    defaults[castellan.profile][what];
  return {
    parameters: of('parameters'),
    requestProperties: of('requestProperties'),
    responseProperties: of('responseProperties'),
    statuses: of('statuses'),
    mediaTypes: of('mediaTypes'),
  };
}

const usual: Undocumented = {
  parameters: 'refuse',
  requestProperties: 'refuse',
  responseProperties: 'remove',
  statuses: 'harmless',
  mediaTypes: 'harmless',
};

const defaults: Readonly<Record<Profile, Undocumented>> = {
  toy: { ...usual, requestProperties: 'keep', responseProperties: 'keep' },
  internal: usual,
  standard: usual,
  bank: { ...usual, responseProperties: 'refuse', statuses: 'refuse', mediaTypes: 'refuse' },
};

/** The raw query without these parameters; what stays is as it was sent. */
export function withoutParameters(query: string, names: ReadonlySet<string>): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !names.has(nameOf(pair)))
    .join('&');
}

/** The name of a pair in a raw query. */
export function nameOf(pair: string): string {
  const name = (pair.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
