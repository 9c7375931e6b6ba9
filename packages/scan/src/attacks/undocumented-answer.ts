import type { Attack } from '../attack.ts';

/** API3:2023: answers to honest calls are compared with the document. */
export const undocumentedAnswer: Attack = {
  name: 'undocumented-answer',
  control: 'output-validation',
  fix: 'return only what the document names, or name it there; a guard takes the rest out',
  title: 'answers to honest calls, compared with the document',
  async *run({ known }) {
    for (const { call, wrong } of known.answered) {
      const { operation } = call;
      if (wrong === undefined) continue;
      const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
      yield {
        control: 'output-validation',
        attack: 'undocumented-answer',
        operation,
        verdict: wrong.length === 0 ? 'held' : 'broken',
        detail: wrong.length === 0 ? 'as documented' : `${wrong[0]}${more}`,
        call,
      };
    }
  },
};
