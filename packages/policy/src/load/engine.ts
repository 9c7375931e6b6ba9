import { createRequire } from 'node:module';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { answerKnown, learnAnswer } from './known-answers.ts';

export type { Cedar };
let loaded: typeof Cedar | undefined;

/** What castellan asks the engine. Each answer depends on the question and on nothing else. */
const questions = [
  'policySetTextToParts',
  'policyToJson',
  'policyToText',
  'schemaToJsonWithResolvedTypes',
  'schemaToText',
  'templateToJson',
  'templateToText',
  'validate',
] as const;
type Question = (typeof questions)[number];

/**
 * The official engine. It is loaded when policies are, never when a request is decided, and not for questions whose answers are known
 * ({@link knowAnswers}).
 */
export function engine(): Pick<typeof Cedar, Question> {
  return asking;
}

const asking = Object.fromEntries(questions.map((name) => [name, ask(name)])) as Pick<typeof Cedar, Question>;

function ask<Name extends Question>(name: Name) {
  return (...question: Parameters<(typeof Cedar)[Name]>): unknown => {
    const known = answerKnown(name, question);
    if (known !== undefined) return known;
    loaded ??= createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as typeof Cedar;
    const answer = (loaded[name] as (...args: Parameters<(typeof Cedar)[Name]>) => unknown)(...question);
    learnAnswer(name, question, answer);
    return answer;
  };
}

/** Whether the engine was loaded, which takes longer than most of what it is asked. */
export function isEngineLoaded(): boolean {
  return loaded !== undefined;
}
