import { agreement } from '../authorize/agreement.ts';
import { answered } from '../authorize/answered.ts';
import { budget } from '../authorize/budget.ts';
import { decide } from '../authorize/decide.ts';
import { flow } from '../authorize/flow.ts';
import { page } from '../authorize/page.ts';
import { requestedObjects } from '../authorize/requested-objects.ts';
import type { Stage } from '../stage.ts';

/**
 * What a known caller with a valid request may do: each control is a stage of its own, compiled only for the operations
 * that ask for it. Cheap ones come first; those that may fetch objects come last.
 */
export const authorize: readonly Stage[] = [page, agreement, flow, budget, decide, requestedObjects, answered];
