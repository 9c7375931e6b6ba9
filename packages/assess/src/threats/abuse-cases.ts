import type { Assessment } from './assess.ts';
import type { Misuse } from './facts/purpose.ts';

/** How somebody misuses a flow that works as documented. */
export interface AbuseCase {
  readonly id: string;
  readonly title: string;
  /** What the misuser does, in order. */
  readonly steps: readonly string[];
  /** What would stop it, with its state. */
  readonly stoppedBy: readonly { readonly control: string; readonly state: string }[];
  /** Operations of the flow. */
  readonly operations: readonly string[];
  /** Who said so, where people did. */
  readonly by: string | undefined;
}

const stories: Readonly<Record<Misuse, readonly [string, ...string[]]>> = {
  login: [
    'Accounts are taken over',
    'Takes a list of leaked passwords.',
    'Tries each against this operation, from many addresses.',
    'Keeps the accounts that open.',
  ],
  signup: [
    'Accounts are opened by the thousand',
    'Writes a script that signs up with made-up addresses.',
    'Uses the accounts to get around limits that count per account, or to send messages.',
  ],
  recovery: [
    'An account is taken over through its recovery',
    'Asks for a code for the victim.',
    'Tries all codes before it expires, or asks again and again until the victim gives in.',
  ],
  payment: [
    'Money is moved by somebody who should not',
    'Replays or repeats a payment, changes amount or receiver, or splits it below a threshold.',
    'Cancels or denies it afterwards.',
  ],
  purchase: [
    'Everything is bought up',
    'Writes a script that buys faster than people can.',
    'Resells what was bought, or lets the reservations lapse so that nobody can buy.',
  ],
  booking: [
    'Everything is reserved and nothing is used',
    'Reserves all places without paying.',
    'Lets them lapse and begins again.',
  ],
  reward: [
    'Rewards are collected without earning them',
    'Tries voucher codes, or refers themselves with made-up accounts.',
    'Turns the rewards into money.',
  ],
  vote: ['Opinion is made up', 'Votes or reviews from many accounts.', 'Pushes one thing up and another down.'],
  message: [
    'The API sends spam',
    'Sends messages to strangers through this operation.',
    'The sender is blocked, and honest messages no longer arrive.',
  ],
  upload: [
    'Harmful files are brought in',
    'Uploads files that are too large, or that do harm to whoever opens or converts them.',
  ],
  export: ['All data is copied at once', 'Asks for the largest export, again and again.', 'Sells or publishes it.'],
  declared: [
    'The flow is taken out of order or too fast',
    'Records one honest pass.',
    'Leaves out steps, repeats steps, or takes them faster than people can.',
  ],
};

/** Abuse cases per sensitive flow; what people said is the worst misuse comes first. */
export function abuseCasesOf(assessment: Assessment): AbuseCase[] {
  const cases: AbuseCase[] = [];
  for (const { id, answer, by, at } of assessment.review.answers.values()) {
    if (/(?:^|:)worst-misuse$/.test(id))
      cases.unshift({
        id: 'worst-misuse',
        title: 'The worst misuse, as people see it',
        steps: [answer],
        stoppedBy: [],
        operations: [],
        by: `${by}, ${at}`,
      });
    const operation = /(?:^|:)rule:(.+)$/.exec(id)?.[1];
    if (operation !== undefined)
      cases.push({
        id,
        title: `A rule of ${operation} is broken`,
        steps: [`Breaks the rule: ${answer}`],
        stoppedBy: controlsOf(assessment, [operation]),
        operations: [operation],
        by: `${by}, ${at}`,
      });
  }
  for (const api of assessment.system.apis) {
    const flows = new Map<Misuse, string[]>();
    for (const { operation, purpose, changes } of api.operations) {
      if (purpose.misuse === undefined || (!changes && purpose.misuse !== 'export')) continue;
      const list = flows.get(purpose.misuse);
      if (list === undefined) flows.set(purpose.misuse, [operation.operationId]);
      else list.push(operation.operationId);
    }
    for (const [misuse, operations] of flows) {
      const [title, ...steps] = stories[misuse];
      cases.push({
        id: `${api.name}:${misuse}`,
        title,
        steps,
        stoppedBy: controlsOf(assessment, operations),
        operations,
        by: undefined,
      });
    }
  }
  return cases;
}

const relevant: ReadonlySet<string> = new Set([
  'flow-control',
  'rate-limit',
  'authentication',
  'object-authorization',
  'property-write',
  'body-limit',
  'data-budget',
  'page-limit',
]);

function controlsOf(assessment: Assessment, operations: readonly string[]): AbuseCase['stoppedBy'] {
  const states = new Map<string, Set<string>>();
  for (const threat of assessment.threats) {
    if (threat.subject.kind !== 'operation' || !operations.includes(threat.subject.operation.operationId)) continue;
    for (const { control, state } of threat.needs)
      if (relevant.has(control)) states.set(control, (states.get(control) ?? new Set()).add(state));
  }
  const order = ['broken', 'missing', 'declared', 'enforced', 'proven'];
  return [...states].map(([control, found]) => ({
    control,
    state: order.find((state) => found.has(state)) ?? 'missing',
  }));
}
