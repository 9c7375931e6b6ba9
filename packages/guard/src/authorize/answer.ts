import { answeredBudget } from './budget.ts';
import { answeredPage } from './page.ts';
import { answeredResources } from './answered-resources.ts';
import type { AnswerCheck } from './answer-check.ts';

/** What is checked of an answer that matches its schema, in this order. */
export const answerChecks: readonly AnswerCheck[] = [answeredPage, answeredResources, answeredBudget];
