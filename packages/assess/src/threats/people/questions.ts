import type { DataClass } from '@castellan/meaning';
import type { SystemModel } from '../system/model.ts';
import type { Question } from './model.ts';

const classNames: Readonly<Record<DataClass, string>> = {
  contact: 'names, addresses, telephone numbers',
  personal: 'what identifies or locates people',
  financial: 'account and card numbers',
  special: 'health, religion and other special categories',
  secret: 'passwords, keys and tokens',
};

/** The questions that only people can answer about a system, the ones that change most first. */
export function questionsOf(system: SystemModel): Question[] {
  const questions: Question[] = [];
  const ask = (id: string, question: string, why: string, options?: readonly string[]): void => {
    if (!questions.some((one) => one.id === id))
      questions.push({ id, question, why, ...(options === undefined ? {} : { options }) });
  };
  for (const api of system.apis) {
    const of = system.apis.length === 1 ? '' : ` of ${api.name}`;
    const id = (name: string): string => (system.apis.length === 1 ? name : `${api.name}:${name}`);
    ask(
      id('exposure'),
      `From where can the API${of} be reached?`,
      `Taken as ${api.exposure} (from ${api.exposureFrom}); it is the largest part of every likelihood.`,
      ['public', 'internal', 'loopback'],
    );
    ask(
      id('worst-misuse'),
      `What is the worst that somebody could do with the API${of}, using it exactly as documented?`,
      'It becomes the first abuse case, and every review begins with it.',
    );
    ask(
      id('safety'),
      `Can people or machines come to harm through the API${of}?`,
      'With yes, the impact of every threat to it is the highest.',
      ['yes', 'no'],
    );
    for (const { data, names } of api.data.classes) {
      const shown = names.slice(0, 4).join(', ');
      ask(
        id(`how-bad:${data}`),
        `How bad is it if ${classNames[data]} (${shown}) become known to others: 1 (nobody cares) to 5 (it ends the business)?`,
        'It replaces the value that the class has by default.',
        ['1', '2', '3', '4', '5'],
      );
      ask(
        id(`who-may-see:${data}`),
        `Who may see ${classNames[data]} (${shown})?`,
        'Write it as read: on the properties afterwards; until then it is shown beside the threats to them.',
      );
      if (data !== 'secret')
        ask(
          id(`retention:${data}`),
          `How long may ${classNames[data]} (${shown}) be kept?`,
          'Only people can decide it; answered for each class, the retention of personal data counts as declared.',
        );
    }
    const flows = api.operations
      .filter(({ purpose }) => purpose.misuse !== undefined || purpose.money || purpose.safety)
      .filter(({ changes }) => changes);
    for (const { operation } of flows.slice(0, 10))
      ask(
        id(`rule:${operation.operationId}`),
        `Which rule must never break in ${operation.method} ${operation.path}?`,
        'It becomes an abuse case, and a case for tests.',
      );
  }
  const inner = system.flows.filter(
    ({ crosses, from, source }) => crosses && source !== undefined && !from.startsWith('actor:'),
  );
  for (const flow of inner.slice(0, 5)) {
    const name = (id: string): string => system.elements.find((element) => element.id === id)?.name ?? id;
    ask(
      `network:${flow.id}`,
      `Is the network between ${name(flow.from)} and ${name(flow.to)} used by nobody else?`,
      'With no, the flow counts as one over a public network.',
      ['yes', 'no'],
    );
  }
  return questions;
}
