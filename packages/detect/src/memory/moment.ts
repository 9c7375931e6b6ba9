import type { Facts } from '@castellan/guard';
import type { OperationView } from '../operation-view.ts';

/** One exchange as detectors are given it: its facts, who it is of, and what was new about it. */
export interface Moment {
  facts: Facts;
  operation: OperationView;
  /** Seconds, from the facts; less than that of the moment before only where a clock was wrong. */
  time: number;
  /** Slots in the populations. */
  caller: number;
  credential: number;
  address: number;
  network: number;
  agent: number;
  door: number;
  /** Hash of the network's name. */
  networkName: number;
  /** Hashes that name the caller. */
  callerHigh: number;
  callerLow: number;
  /** Whether the caller was there on another day. */
  known: boolean;
  /** The caller came for the first time within the last day, and not at the beginning of all facts. */
  isNew: boolean;
  /** The answer was 2xx or 3xx. */
  ok: boolean;
  /** An object that was refused or is not there. */
  missed: boolean;
  /** It is missed by others as well, at this operation or with this client program. */
  missedByOthers: boolean;
  /** Refused because it does not fit the contract. */
  invalid: boolean;
  /** Asked for what is not documented. */
  undocumented: boolean;
  /** A sign-in, or a credential that was presented, that failed; undefined where it was neither. */
  signIn: 'failed' | 'succeeded' | undefined;
  /** The caller calls this operation for the first time in weeks. */
  firstUse: boolean;
  /** Nobody with this kind of credential of this issuer called the operation in weeks. */
  firstOfKind: boolean;
  /** The caller does something with this purpose for the first time in weeks. */
  firstPurpose: boolean;
  /** Objects that were handed to the caller for the first time. */
  newObjects: number;
  /** Objects that it named though they were never handed to it. */
  strangers: number;
  /** A list or a search that holds nothing. */
  empty: boolean;
  /** Everything that it was handed it was handed before. */
  sameAgain: boolean;
  /** It asked for something that may go with an object of a list before it. */
  ofList: boolean;
  /** Of the objects that were handed to it for the first time, those that nobody was seen with before. */
  untouched: number;
  /** Slot of the secret that was refused; -1 where none was. */
  secret: number;
  /** Seconds since the caller was last seen. */
  idle: number;
  /** Seconds since the credential was last seen; 0 where it was not. */
  slept: number;
  /** How long it slept at most before. */
  sleptBefore: number;
  /** The caller was never in this network; it never had this client program. */
  newNetwork: boolean;
  newAgent: boolean;
  /** It was not at this address with this program within these twenty minutes before. */
  newPlace: boolean;
  /** Changes of network of the caller, with the same client program. */
  hopped: number;
  /** The credential went on in a network and with a client program that its owner never had. */
  newDevice: boolean;
  /** How unlikely it is that the credential is used here and now; 0 where it stayed where it was. */
  moved: number;
  /** Went back and forth between a network of other days and a new one: 1; between two where its kind stays where it is: less. */
  alternated: number;
  /** Went back and forth between a client program of other days and a new one in one network: up to 1. */
  swapped: number;
  /** The client program is one that hardly any caller of its kind has. */
  foreignAgent: boolean;
}

/** A moment of nothing yet. */
export function emptyMoment(facts: Facts, operation: OperationView): Moment {
  const of = { facts, operation, time: 0, caller: -1, address: -1, network: -1, agent: -1, door: -1 };
  const moment = { ...of, networkName: 0, callerHigh: 0, callerLow: 0, known: false, isNew: false, ok: false, idle: 0 };
  return clear(moment as Moment);
}

/** Takes back all that was found out about the exchange before; who it is of is written over. */
export function clear(moment: Moment): Moment {
  moment.credential = -1;
  moment.missed = false;
  moment.missedByOthers = false;
  moment.invalid = false;
  moment.undocumented = false;
  moment.signIn = undefined;
  moment.firstUse = false;
  moment.firstOfKind = false;
  moment.firstPurpose = false;
  moment.newObjects = 0;
  moment.strangers = 0;
  moment.empty = false;
  moment.sameAgain = false;
  moment.ofList = false;
  moment.untouched = 0;
  moment.secret = -1;
  moment.slept = 0;
  moment.sleptBefore = 0;
  moment.newNetwork = false;
  moment.newAgent = false;
  moment.newPlace = false;
  moment.hopped = 0;
  moment.newDevice = false;
  moment.moved = 0;
  moment.alternated = 0;
  moment.swapped = 0;
  moment.foreignAgent = false;
  return moment;
}
