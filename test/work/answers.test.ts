// See `answers.ts`: the work of each case grows no faster than its input.
import { testGrowth } from './growth.ts';
import { answerCases } from './answers.ts';

testGrowth(answerCases);
