import type { Detector } from '../detector.ts';
import { canary } from './canary.ts';
import { credentialMoved } from './credential-moved.ts';
import { credentialStuffing } from './credential-stuffing.ts';
import { dataLeaving } from './data-leaving.ts';
import { deprecatedRising } from './deprecated-rising.ts';
import { distributedScraping } from './distributed-scraping.ts';
import { dormantCredential } from './dormant-credential.ts';
import { injection } from './injection.ts';
import { newConsumer } from './new-consumer.ts';
import { objectEnumeration } from './object-enumeration.ts';
import { operationChange } from './operation-change.ts';
import { passwordSpraying } from './password-spraying.ts';
import { probing } from './probing.ts';
import { scraping } from './scraping.ts';
import { sequenceViolation } from './sequence-violation.ts';

/** All detectors, in the order of what they say: where several see the same, the first names the incident. */
export const detectors: readonly Detector[] = [
  canary,
  objectEnumeration,
  credentialStuffing,
  passwordSpraying,
  credentialMoved,
  dataLeaving,
  probing,
  injection,
  sequenceViolation,
  newConsumer,
  dormantCredential,
  scraping,
  distributedScraping,
  operationChange,
  deprecatedRising,
];
