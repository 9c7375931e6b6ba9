import type { Verdicts } from '../verdict.ts';
import { verdicts as architecture } from './architecture.ts';
import { verdicts as authentication } from './authentication.ts';
import { verdicts as configuration } from './configuration.ts';
import { verdicts as consumption } from './consumption.ts';
import { verdicts as flows } from './flows.ts';
import { verdicts as functionAccess } from './function-access.ts';
import { verdicts as inventory } from './inventory.ts';
import { verdicts as objectAccess } from './object-access.ts';
import { verdicts as properties } from './properties.ts';
import { verdicts as serverRequests } from './server-requests.ts';
import { verdicts as thirdParties } from './third-parties.ts';

/** One table for each group of rules: by the risk that they are counted under, and what stands around the API. */
export const tables: readonly Verdicts[] = [
  objectAccess,
  authentication,
  properties,
  consumption,
  functionAccess,
  flows,
  serverRequests,
  configuration,
  inventory,
  thirdParties,
  architecture,
];
