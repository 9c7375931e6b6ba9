import type { Attack } from '../attack.ts';
import { debugPath } from './debug-path.ts';
import { errorDetails } from './error-details.ts';
import { forbiddenFunction } from './forbidden-function.ts';
import { forgedCredential } from './forged-credential.ts';
import { invalidInput } from './invalid-input.ts';
import { noCredential } from './no-credential.ts';
import { otherObject } from './other-object.ts';
import { pageLimit } from './page-limit.ts';
import { rateLimit } from './rate-limit.ts';
import { undocumentedAnswer } from './undocumented-answer.ts';

/** Every attack, in the order in which they run: the errors of all others are read after them, and what takes limits is last. */
export const attacks: readonly Attack[] = [
  undocumentedAnswer,
  noCredential,
  forgedCredential,
  otherObject,
  forbiddenFunction,
  invalidInput,
  pageLimit,
  debugPath,
  errorDetails,
  rateLimit,
];
