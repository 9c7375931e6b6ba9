import type { Facts } from '@castellan/guard';
import type { OperationView } from '../operation-view.ts';

/** One exchange as detectors are given it: its facts, who it is of, and what was new about it. */
export interface Moment {
  facts: Facts;
  operation: OperationView;
  /** Seconds, from the facts; never less than that of the moment before. */
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
  /** Changes of network of the caller, with the same client program. */
  hopped: number;
  /** The credential went on in a network and with a client program that its owner never had. */
  newDevice: boolean;
  /** How unlikely it is that the credential is used here and now; 0 where it stayed where it was. */
  moved: number;
  /** Went back and forth between a network of other days and a new one: 1; between two where its kind stays where it is: less. */
  alternated: number;
  /** The client program is one that hardly any caller of its kind has. */
  foreignAgent: boolean;
}
