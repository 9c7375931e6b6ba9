import { printable } from '../printable.ts';
import type { Proposal, Proposals } from './model.ts';

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

/** Proposals and questions for people to read. */
export function formatProposals({ proposals, questions }: Proposals): string {
  const lines = [
    ...proposals.flatMap((proposal) => [`${proposal.id}: ${proposal.title}`, `    ${because(proposal)}`]),
    ...(questions.length === 0 ? [] : ['', 'Only you can say:']),
    ...questions.flatMap(({ title, reason }) => [title, `    ${reason}`]),
    '',
    `${count(proposals.length, 'proposal')}, ${count(questions.length, 'question')}`,
  ];
  return `${printable(lines).join('\n')}\n`;
}

function because({ reason, basis, rows, callers, refused }: Proposal): string {
  const seen = rows === 0 ? 'not seen in the run' : `${count(rows, 'call')} by ${count(callers, 'caller')}`;
  const few = rows < 3 ? 'seen, but seldom' : 'sure by the run';
  const sure = basis === 'run' ? few : 'likely by the document';
  const would = refused === 0 ? '' : `; would have refused ${count(refused, 'call')} that the application refused too`;
  return `${reason} (${seen}; ${sure}${would})`;
}
