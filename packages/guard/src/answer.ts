import type { Issue } from '@castellan/contract';
import type { Exchange } from './exchange.ts';
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

function clipped({ pointer, keyword, message, mend }: Issue): Issue {
  return { pointer: clip(pointer), keyword: clip(keyword), message: clip(message), mend: clip(mend) };
}

function clip(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText - 1).toWellFormed()}…`;
}

/**
 * Problem details for a refusal (RFC 9457). Says what the caller must change, and nothing of the inside.
 * @param problemsUrl where the problem types are documented
 */
export function answerOf(exchange: Exchange, refusal: Refusal, problemsUrl: string): Answer {
  const problem = problems[refusal.type];
  const status = refusal.status ?? problem.status;
  const body = JSON.stringify({
    type: `${problemsUrl}#${refusal.type}`,
    title: problem.title,
    status,
    detail: refusal.detail,
    requestId: exchange.id,
    errors: refusal.errors?.slice(0, maxErrors).map(clipped),
  });
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': exchange.id, ...refusal.headers },
    body,
  };
}
