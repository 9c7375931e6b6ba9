import type { AnyThreat } from '../definition.ts';
import { aroundTheGateway } from './around-the-gateway.ts';
import { automatedFlow } from './automated-flow.ts';
import { breakout } from './breakout.ts';
import { credentialGuessing } from './credential-guessing.ts';
import { credentialInUrl } from './credential-in-url.ts';
import { debugMode } from './debug-mode.ts';
import { defaultCredential } from './default-credential.ts';
import { deniedAction } from './denied-action.ts';
import { detectingPeople } from './detecting-people.ts';
import { disclosingPeople } from './disclosing-people.ts';
import { eavesdropping } from './eavesdropping.ts';
import { exposedManagement } from './exposed-management.ts';
import { failsOpen } from './fails-open.ts';
import { flood } from './flood.ts';
import { functionOfTheFew } from './function-of-the-few.ts';
import { harvest } from './harvest.ts';
import { identifyingPeople } from './identifying-people.ts';
import { linkingPeople } from './linking-people.ts';
import { malformedInput } from './malformed-input.ts';
import { massAssignment } from './mass-assignment.ts';
import { noWayOut } from './no-way-out.ts';
import { nobodyAnswers } from './nobody-answers.ts';
import { objectOfAnother } from './object-of-another.ts';
import { openFirewall } from './open-firewall.ts';
import { openToAnyone } from './open-to-anyone.ts';
import { overexposedProperties } from './overexposed-properties.ts';
import { oversizedBody } from './oversized-body.ts';
import { poisonedThirdParty } from './poisoned-third-party.ts';
import { provablePeople } from './provable-people.ts';
import { reachableStore } from './reachable-store.ts';
import { readRightWrites } from './read-right-writes.ts';
import { revealingErrors } from './revealing-errors.ts';
import { secretInFile } from './secret-in-file.ts';
import { serverSideRequest } from './server-side-request.ts';
import { sharedStore } from './shared-store.ts';
import { stolenToken } from './stolen-token.ts';
import { unclassifiedPeople } from './unclassified-people.ts';
import { unencryptedStore } from './unencrypted-store.ts';
import { weakCredential } from './weak-credential.ts';
import { weakTls } from './weak-tls.ts';
import { zombieOperation } from './zombie-operation.ts';

/** Every threat that is looked for. One file each; this is the list. */
export const catalogue: readonly AnyThreat[] = [
  objectOfAnother,
  openToAnyone,
  weakCredential,
  stolenToken,
  credentialInUrl,
  credentialGuessing,
  overexposedProperties,
  massAssignment,
  flood,
  harvest,
  oversizedBody,
  functionOfTheFew,
  readRightWrites,
  automatedFlow,
  serverSideRequest,
  malformedInput,
  zombieOperation,
  nobodyAnswers,
  revealingErrors,
  poisonedThirdParty,
  deniedAction,
  aroundTheGateway,
  failsOpen,
  debugMode,
  exposedManagement,
  breakout,
  secretInFile,
  openFirewall,
  reachableStore,
  defaultCredential,
  sharedStore,
  unencryptedStore,
  eavesdropping,
  weakTls,
  linkingPeople,
  identifyingPeople,
  detectingPeople,
  disclosingPeople,
  provablePeople,
  noWayOut,
  unclassifiedPeople,
];
