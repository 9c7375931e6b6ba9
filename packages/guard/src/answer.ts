import type { Issue } from '@castellan/contract';
import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';
import type { Problem, ProblemIssue } from './problem-form/options.ts';
import { problems, type Refusal } from './problem.ts';

/** A complete answer of the guard's own. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const maxErrors = 20;
/** UTF-16 units: names of properties and places come from the caller, lists of values from the contract. */
const maxText = 300;

function clipped({ pointer, keyword, message, mend }: Issue): ProblemIssue {
  return { pointer: clip(pointer), keyword: clip(keyword), message: clip(message), fix: clip(mend) };
}

function clip(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText - 1).toWellFormed()}…`;
}

/** A refusal as the caller may learn of it: what must change, and nothing of the inside. */
export function problemOf(core: GuardCore, exchange: Exchange, refusal: Refusal): Problem {
  const { type, detail, errors } = refusal;
  const { title, status } = problems[type];
  return {
    type,
    uri: `${core.settings.problemsUrl}#${type}`,
    title,
    status: refusal.status ?? status,
    detail,
    requestId: exchange.id,
    errors: errors?.slice(0, maxErrors).map(clipped),
  };
}

/** The answer to a refusal, in the form that `problems` asks for. */
export function answerOf(core: GuardCore, exchange: Exchange, refusal: Refusal): Answer {
  const { headers, ...answer } = core.problems(exchange, problemOf(core, exchange, refusal));
  return { ...answer, headers: { ...headers, 'x-request-id': exchange.id, ...refusal.headers } };
}

/** A request on which nobody decided is refused. */
export const undecidedRefusal: Refusal = { type: 'internal-error', reason: 'no-decision' };
