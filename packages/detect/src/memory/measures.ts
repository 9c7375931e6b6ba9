import type { Measure } from './population.ts';

const minutes = 60;
const hours = 3600;
const days = 24 * hours;

const short = 20 * minutes;
const long = 8 * hours;

const measure = (name: string, halfLife: number, floor: number, factor: number): Measure => ({
  name,
  halfLife,
  floor,
  factor,
});
const volume = (name: string, halfLife: number, floor: number, factor: number): Measure => ({
  ...measure(name, halfLife, floor, factor),
  volume: true,
});

/** Numbers of measures by name, and the list that a population is made of. */
function numbered<const T extends Readonly<Record<string, Measure>>>(
  measures: T,
): { readonly list: readonly Measure[]; readonly at: { readonly [K in keyof T]: number } } {
  const entries = Object.entries(measures);
  return {
    list: entries.map(([, one]) => one),
    at: Object.fromEntries(entries.map(([name], index) => [name, index])) as { readonly [K in keyof T]: number },
  };
}

/** What is counted of each caller: of a principal, or of an address where nobody was authenticated. */
export const callerMeasures = numbered({
  requestsShort: volume('requests', short, 250, 4),
  requestsLong: volume('requests', long, 800, 4),
  /** Calls of operations that are about one object. */
  singlesShort: volume('calls for one object each', short, 150, 3.5),
  singlesLong: volume('calls for one object each', long, 300, 3.5),
  /** Objects that it asked for by id though they were never handed to it. */
  strangersShort: volume('objects asked for that were never handed out to it', short, 30, 3),
  strangersLong: volume('objects asked for that were never handed out to it', long, 45, 3),
  /** Objects of somebody else that it was handed, whose owner it had nothing in common with before that day; and how many such owners. */
  unrelated: volume('objects of callers that it had nothing in common with before', long, 30, 3),
  owners: volume('callers whose objects it was handed for the first time', long, 14, 3),
  /** Answers of lists and searches that hold nothing. */
  empties: volume('searches that found nothing', long, 40, 3),
  /** Objects that lists handed to it of late: who works through a list asks for something of each. */
  listed: measure('objects of lists', long, 1e9, 1),
  /** Objects that it was refused, or that do not exist. */
  missesShort: measure('objects refused or not found', short, 10, 3),
  missesLong: measure('objects refused or not found', long, 16, 3),
  /** Objects that it got for the first time. */
  objectsShort: volume('objects handed out for the first time', short, 200, 3),
  objectsLong: volume('objects handed out for the first time', long, 300, 3),
  /** The same over days: a walk through a collection below the limits of each day. */
  objectsDays: { ...volume('objects handed out for the first time', 3 * days, 600, 3), slow: true },
  recordsShort: volume('records', short, 600, 4),
  recordsLong: volume('records', long, 1500, 4),
  /** Answers, by how many times the usual size of their operation they are. */
  sizesLong: volume('answers of usual size', long, 600, 4),
  /** Changes of network with one client program: back and forth between two counts most. */
  hops: measure('changes of network', hours, 80, 5),
  /** Between a network of other days and one that is new: two that use one credential at once. */
  alternations: measure('changes between its network of other days and a new one', 2 * hours, 6, 3),
  /** Between a client program of other days and one that is new, in one network. */
  swaps: measure('changes between its client program of other days and a new one', 2 * hours, 6, 3),
  sensitiveLong: volume('sensitive values', long, 60, 3),
  /** The same by administration and exports: who does such things is no measure for others. */
  privilegedLong: volume('sensitive values by administration and exports', long, 60, 3),
  /** What is odd about a caller besides how much it does: another place, a program that nobody has, refusals. */
  odd: measure('odd signs', long, 1e9, 1),
  /** Requests that the contract refuses, by operation and reason. */
  invalidLong: measure('requests that the contract refuses', 4 * hours, 8, 3),
  /** Paths and methods that are not documented. */
  unknownLong: measure('paths and methods that are not documented', 2 * hours, 6, 3),
  errorsLong: measure('answers with a server error', 2 * hours, 15, 3),
  disorder: measure('steps out of order', 4 * hours, 2.5, 2),
  deprecatedLong: measure('calls of deprecated operations', long, 15, 3),
  /** Different stages, problem types and reasons. */
  kinds: measure('different kinds of refusal', 2 * hours, 4.6, 2.5),
  denied: measure('refusals for want of rights', 2 * hours, 5, 3),
});

/** What is counted of each address, network and client program. */
export const sourceMeasures = numbered({
  /** Failed sign-ins, less twice the ones that succeed. */
  failedShort: measure('failed sign-ins', short, 8, 2.5),
  failedLong: measure('failed sign-ins', long, 14, 2.5),
  unknown: measure('paths and methods that are not documented', 2 * hours, 8, 3),
  /** Callers that are among the busiest of their kind in this hour. */
  crowd: measure('callers that are busier than nearly all others', 3 * hours, 4, 2.5),
  invalid: measure('requests that the contract refuses', 2 * hours, 12, 3),
  strangers: measure('objects asked for that were never handed out', 2 * hours, 25, 3),
  misses: measure('objects refused or not found', 2 * hours, 12, 3),
  /** Client programs of late: several people behind one address have several. */
  programs: measure('client programs', 3 * hours, 1e9, 1),
  /** Requests of callers that are not known from other days. */
  young: measure('requests of new callers', long, 100, 5),
  /** Objects that nobody was seen with before, handed to callers of the last days, some dozens to each. */
  youngDays: measure('objects handed out to new callers', 3 * days, 200, 4),
});

/** What is counted of each operation. */
export const operationMeasures = numbered({
  failed: measure('failed sign-ins from addresses without any that succeeded', hours, 12, 2.5),
  crowd: measure('callers that are busier than nearly all others', 3 * hours, 5, 2.5),
  young: measure('objects handed out to new callers', 3 * hours, 120, 5),
  strangers: measure('objects asked for that were never handed out', 2 * hours, 40, 2.5),
  misses: measure('objects refused or not found', 2 * hours, 20, 3),
});

/** What is counted of each credential. */
export const credentialMeasures = numbered({
  /** Changes between networks and client programs, by how unlikely they are. */
  moves: measure('changes of network and client program', hours, 1.5, 1.5),
});

/** What is counted of each refused secret. */
export const secretMeasures = numbered({
  accounts: { ...measure('accounts that one secret was tried on', 24 * hours, 4, 2), onlyOld: true },
});
