import type { Stage } from '../stage.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { banned } from './banned.ts';
import { concurrency } from './concurrency.ts';
import { forgedSignIn } from './forged-sign-in.ts';
import { overload } from './overload.ts';
import { receive } from './receive.ts';
import { throttle, throttleValues } from './throttle.ts';
import { urls } from './urls.ts';
import { validate } from './validate.ts';

/** The stages between routing and the handler, in their order. `frame`, `route` and `release` stand around them. */
export const requestStages: readonly Stage[] = [
  forgedSignIn,
  authenticate,
  banned,
  throttle,
  concurrency,
  receive,
  overload,
  validate,
  throttleValues,
  urls,
  ...authorize,
];
