import type { Answer } from './target.ts';
import type { Verdict } from './attack.ts';

export function isSuccess({ status }: Pick<Answer, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** What a status says of something that had to be refused for who asks: 401, 403 and 404 refuse. */
export function refusalOf(answer: Answer | undefined): { readonly verdict: Verdict; readonly detail: string } {
  if (answer === undefined) return { verdict: 'unclear', detail: 'there was no answer' };
  const { status } = answer;
  if (status === 401 || status === 403 || status === 404) return { verdict: 'held', detail: `refused with ${status}` };
  if (isSuccess(answer)) return { verdict: 'broken', detail: `answered ${status}` };
  return { verdict: 'unclear', detail: `answered ${status}, which does not say whether it is allowed` };
}
