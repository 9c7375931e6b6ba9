import type { CheckResult } from '../store/tables.ts';
import { mayOverride, transitions, type Condition, type LifecycleRole, type LifecycleState } from './states.ts';

/** What is known when a transition is asked for. */
export interface TransitionFacts {
  readonly api: string;
  /** Empty for the API as a whole. */
  readonly operation: string;
  readonly from: LifecycleState;
  readonly to: LifecycleState;
  readonly actor: string;
  /** What the actor is. */
  readonly roles: readonly LifecycleRole[];
  readonly reason: string;
  /** Full date on which it is to end. */
  readonly sunset: string | undefined;
  /** The sunset that is decided already. */
  readonly decidedSunset: string | undefined;
  readonly profile: string;
  readonly owner: string | null;
  /** Of the newest contract; undefined where there is none that could be read. */
  readonly checked: CheckResult | undefined;
  /** Others who approved exactly this transition, and when. */
  readonly approvals: readonly { readonly actor: string; readonly role: string; readonly at: number }[];
  /** Who called it in the last thirty days. */
  readonly consumers: number;
  /** Conditions that somebody wants to set aside. */
  readonly despite: readonly Condition[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a transition may not be made, or that it may. */
export type Judged =
  | {
      readonly allowed: true;
      /** Which of the actor's roles it is made in. */
      readonly role: LifecycleRole;
      readonly setAside: readonly Condition[];
    }
  | {
      readonly allowed: false;
      readonly code: 'no-transition' | 'not-allowed' | 'reason' | 'conditions';
      readonly problems: readonly Problem[];
    };

/** What is in the way, and what to do. */
export interface Problem {
  readonly condition: Condition | undefined;
  readonly message: string;
  readonly remediation: string;
}

/** Days between the day on which a sunset is told and the sunset, at least, by profile. */
export const noticeDays: ReadonlyMap<string, number> = new Map([
  ['toy', 0],
  ['internal', 30],
  ['standard', 90],
  ['bank', 180],
]);
const day = 86_400_000;
/** An approval holds so long, milliseconds. */
const approvalAge = 30 * day;

/** Decides on a transition. Pure: the same facts give the same answer. */
export function judgeTransition(facts: TransitionFacts): Judged {
  const { from, to, roles, reason, despite } = facts;
  const rule = transitions.find((one) => one.from === from && one.to === to);
  if (rule === undefined) {
    const ways = transitions.filter((one) => one.from === from).map((one) => one.to);
    const message = from === to ? `it is ${to} already` : `nothing leads from ${from} to ${to}`;
    return refused('no-transition', undefined, message, `from ${from} it can become ${ways.join(' or ')}`);
  }
  const role = rule.roles.find((one) => roles.includes(one));
  if (role === undefined)
    return refused(
      'not-allowed',
      undefined,
      `${roles.join(' and ') || 'who has no role'} may not make it ${to}`,
      `ask ${rule.roles.join(' or ')}`,
    );
  if (reason.trim() === '')
    return refused('reason', undefined, 'nobody says why', "write --reason 'version 2 has replaced it'");
  const problems = rule.conditions.flatMap((condition): Problem[] => {
    const problem = look(condition, facts);
    return problem === undefined ? [] : [{ condition, ...problem }];
  });
  const open = problems.filter(({ condition }) => condition === undefined || !despite.includes(condition));
  if (open.length > 0) return { allowed: false, code: 'conditions', problems: open };
  const setAside = problems.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  if (setAside.length > 0 && !mayOverride.some((one) => roles.includes(one)))
    return refused(
      'not-allowed',
      setAside[0],
      `${role} may not set ${setAside.join(' and ')} aside`,
      `ask ${mayOverride.join(' or ')}`,
    );
  return { allowed: true, role, setAside };
}

function refused(
  code: 'no-transition' | 'not-allowed' | 'reason',
  condition: Condition | undefined,
  message: string,
  remediation: string,
): Judged {
  return { allowed: false, code, problems: [{ condition, message, remediation }] };
}

function look(condition: Condition, facts: TransitionFacts): Omit<Problem, 'condition'> | undefined {
  const { api, now, profile } = facts;
  switch (condition) {
    case 'document':
      return facts.checked === undefined
        ? {
            message: 'it has no document that could be read and checked',
            remediation: 'castellan inventory import FILE',
          }
        : undefined;
    case 'checks': {
      const { critical = 0, high = 0 } = facts.checked?.findings ?? {};
      return critical + high > 0
        ? {
            message: `castellan check finds ${[...(critical > 0 ? [`${critical} critical`] : []), ...(high > 0 ? [`${high} high`] : [])].join(' and ')} in its newest version`,
            remediation: `see castellan check, change the document and import it again`,
          }
        : undefined;
    }
    case 'owner':
      return facts.owner === null || facts.owner === ''
        ? {
            message: 'nobody owns it',
            remediation: 'castellan inventory import FILE --owner TEAM, or x-castellan.owner',
          }
        : undefined;
    case 'approval':
      return needsApproval(facts) ? approvalProblem(facts) : undefined;
    case 'sunset': {
      const { sunset } = facts;
      if (sunset === undefined)
        return {
          message: 'nobody says when it ends',
          remediation: `write --sunset ${dateOf(now + noticeOf(profile))}`,
        };
      return Date.parse(sunset) <= now
        ? {
            message: `its sunset ${sunset} is not to come`,
            remediation: `write --sunset ${dateOf(now + noticeOf(profile))} or later`,
          }
        : undefined;
    }
    case 'notice': {
      const { sunset } = facts;
      if (sunset === undefined || Date.parse(sunset) >= startOfDay(now) + noticeOf(profile)) return undefined;
      return {
        message: `its sunset ${sunset} gives callers less than ${noticeDays.get(profile) ?? 90} days (profile ${profile})`,
        remediation: `write --sunset ${dateOf(now + noticeOf(profile))} or later`,
      };
    }
    case 'notice-over': {
      const { decidedSunset } = facts;
      if (decidedSunset === undefined)
        return {
          message: 'no sunset was ever told',
          remediation: `deprecate it with one: castellan inventory lifecycle ${api} deprecated --sunset ${dateOf(now + noticeOf(profile))}`,
        };
      return Date.parse(decidedSunset) > now
        ? { message: `its sunset is ${decidedSunset}, which is still to come`, remediation: 'wait until then' }
        : undefined;
    }
    case 'no-consumers':
      return facts.consumers > 0
        ? {
            message: `${facts.consumers} ${facts.consumers === 1 ? 'caller' : 'callers'} used it in the last 30 days`,
            remediation: `see whom to tell: castellan inventory consumers ${api}`,
          }
        : undefined;
  }
}

/** Under profile bank somebody of security, who is another one, looks before a door opens or closes. */
function needsApproval({ profile }: TransitionFacts): boolean {
  return profile === 'bank';
}

function approvalProblem({
  api,
  approvals,
  actor,
  operation,
  to,
  now,
}: TransitionFacts): Omit<Problem, 'condition'> | undefined {
  const good = approvals.some(
    (one) => one.actor !== actor && mayOverride.some((role) => role === one.role) && now - one.at <= approvalAge,
  );
  return good
    ? undefined
    : {
        message: 'nobody of security, who is another person, has approved it in the last 30 days (profile bank)',
        remediation: `castellan inventory approve ${api} ${to}${operation === '' ? '' : ` --operation ${operation}`} --by NAME --role security --reason TEXT`,
      };
}

function noticeOf(profile: string): number {
  return (noticeDays.get(profile) ?? 90) * day;
}

function startOfDay(time: number): number {
  return Math.floor(time / day) * day;
}

/** Full date of a time, UTC; of one within a day, the next. */
function dateOf(time: number): string {
  return new Date(Math.ceil(time / day) * day).toISOString().slice(0, 10);
}
