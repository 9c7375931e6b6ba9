import type { Architecture } from '../../../architecture/index.ts';
import type { ArchitectureRule } from '../../rule.ts';
import { rule as accessLogOff } from './access-log-off.ts';
import { rule as auditSinkMissing } from './audit-sink-missing.ts';
import { rule as authenticationSwitchedOff } from './authentication-switched-off.ts';
import { rule as certificateUnverified } from './certificate-unverified.ts';
import { rule as containerPrivileges } from './container-privileges.ts';
import { rule as credentialWellKnown } from './credential-well-known.ts';
import { rule as debugSetting } from './debug-setting.ts';
import { rule as firewallOpen } from './firewall-open.ts';
import { rule as forwardedFieldBelieved } from './forwarded-field-believed.ts';
import { rule as guardNotEnforcing } from './guard-not-enforcing.ts';
import { rule as issuerNotForProduction } from './issuer-not-for-production.ts';
import { rule as managementPortPublic } from './management-port-public.ts';
import { rule as plainTextExposed } from './plain-text-exposed.ts';
import { rule as secretInDeployment } from './secret-in-deployment.ts';
import { rule as serviceAroundGateway } from './service-around-gateway.ts';
import { rule as storageInTheOpen } from './storage-in-the-open.ts';
import { rule as storePortPublic } from './store-port-public.ts';
import { rule as storeShared } from './store-shared.ts';
import { rule as storeTrafficPlain } from './store-traffic-plain.ts';
import { rule as thirdPartyWithoutContract } from './third-party-without-contract.ts';
import { rule as tlsCipherWeak } from './tls-cipher-weak.ts';
import { rule as tlsVersionWeak } from './tls-version-weak.ts';

/** Every rule over what stands around an API. One file each; this is the list. */
export const architectureRules: readonly ArchitectureRule<Architecture>[] = [
  plainTextExposed,
  tlsVersionWeak,
  tlsCipherWeak,
  managementPortPublic,
  storePortPublic,
  credentialWellKnown,
  secretInDeployment,
  debugSetting,
  storeShared,
  serviceAroundGateway,
  auditSinkMissing,
  accessLogOff,
  containerPrivileges,
  storeTrafficPlain,
  certificateUnverified,
  authenticationSwitchedOff,
  firewallOpen,
  storageInTheOpen,
  forwardedFieldBelieved,
  issuerNotForProduction,
  guardNotEnforcing,
  thirdPartyWithoutContract,
];
