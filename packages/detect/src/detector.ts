import type { Facts } from '@castellan/guard';
import type { Memory } from './memory/memory.ts';
import type { Moment } from './memory/moment.ts';
import type { Excess } from './memory/population.ts';
import type { OperationView } from './operation-view.ts';

/** What can be done about somebody automatically; `observe` does nothing but tell. */
export const responseActions = ['observe', 'step-up', 'limit', 'ban'] as const;
export type ResponseAction = (typeof responseActions)[number];

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Whom or what a detection is about. */
export interface Subject {
  readonly kind: 'principal' | 'credential' | 'address' | 'network' | 'agent' | 'operation' | 'secret';
  /** Subject of the principal, id of the credential, address, network, keyed hash, operation id. */
  readonly id: string;
  readonly issuer?: string | undefined;
}

/** What a detector saw. */
export interface Signal {
  readonly about: Subject;
  /** What exactly, where the same caller and something else is another thing: which canary. */
  readonly what?: string | undefined;
  /** In one sentence, with the numbers that it follows from. */
  readonly why: string;
  /** How far beyond the limit; 1 is the limit. */
  readonly strength: number;
  /** Where this one is worse or milder than the detector usually is. */
  readonly severity?: Severity | undefined;
  /** Something changed, and nobody is known to attack: noted, no incident of its own. */
  readonly notice?: boolean | undefined;
}

/** Looks at one exchange. */
export type Judge = (moment: Moment) => Signal | undefined;

/** One kind of attack, and how it is seen: data about itself and one function. */
export interface Detector {
  /** Stable, kebab case; the file is called so. */
  readonly id: string;
  readonly title: string;
  /** OWASP API Security Top 10 2023, or of automated threats (`OAT-008`). */
  readonly owasp: readonly [string, ...string[]];
  readonly severity: Severity;
  /** What it sees, and what it compares that with. */
  readonly sees: string;
  /** What somebody should do who gets such an incident. */
  readonly remediation: string;
  /** What to do at once, where automatic response is switched on and says nothing else. */
  readonly response: ResponseAction;
  /** Says something before the warm-up is over: it compares with nobody's habit. */
  readonly atOnce?: boolean | undefined;
  /** Gives the function for exchanges of an operation; undefined where there is nothing to see. */
  readonly compile: (operation: OperationView, memory: Memory) => Judge | undefined;
  /** Sequences that are none: they are its test and its documentation. */
  readonly good: readonly Sequence[];
  /** Sequences that it sees. */
  readonly bad: readonly Sequence[];
}

/** What happens after some days of ordinary traffic. */
export interface Sequence {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Calls of one kind, in a row. */
export interface Step {
  /** Who calls; absent for nobody. `user1` to `user40` are there every day, `partner` too, anybody else is new. */
  readonly by?: string | undefined;
  /** `GET /orders/{id}`; a path of the example API, or one that it does not have. */
  readonly call: string;
  /** Default 1. */
  readonly times?: number | undefined;
  /** Seconds between two. Default 10. */
  readonly every?: number | undefined;
  /** Seconds before the first. */
  readonly after?: number | undefined;
  /** Default 200. */
  readonly status?: number | undefined;
  /** Which objects: the caller's own, another one each time that nobody had before, or one of somebody else each time. Default own. */
  readonly objects?: 'own' | 'new' | 'others' | undefined;
  /** Which of them the first is. Default 0. */
  readonly nth?: number | undefined;
  /** Objects in one answer; 0 for none. Default 1. */
  readonly many?: number | undefined;
  /** `stage type reason`. */
  readonly refused?: string | undefined;
  /** What its values look like an attempt at. */
  readonly probe?: Facts['probe'];
  /** Whose account with which secret was tried; `each` is another one each time. */
  readonly account?: string | undefined;
  readonly secret?: string | undefined;
  /** Default: the usual address of who calls. `each` is another network each time. */
  readonly from?: string | undefined;
  readonly agent?: string | undefined;
  readonly credential?: string | undefined;
  readonly bytes?: number | undefined;
  readonly duration?: number | undefined;
  readonly sensitive?: number | undefined;
}

/** The caller of an exchange, as subject of a signal. */
export function callerOf({ facts }: Moment): Subject {
  const { principal } = facts;
  return principal === undefined
    ? { kind: 'address', id: facts.address }
    : { kind: 'principal', id: principal.subject, issuer: principal.issuer };
}

/** The worst of several excesses that are alarms, with the name of what was counted. */
export interface Worst extends Excess {
  readonly name: string;
  readonly within: number;
}

/** `34 objects, 12 times its habit (3) and that of its peers (2)`. */
export function excessText({ name, value, usual, peers, within, ratio }: Worst): string {
  const habit = usual === undefined ? 'it is new' : `its own most was ${round(usual)}`;
  return `${round(value)} ${name} within ${hoursText(within)}, ${round(ratio)} times what is usual (${habit}, nearly all peers stay below ${round(peers)})`;
}

const round = (value: number): number => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
const hoursText = (seconds: number): string =>
  seconds >= 7200 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 60)} minutes`;
