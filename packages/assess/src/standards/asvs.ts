import type { AsvsId } from '../findings/risk.ts';
import type { ControlId } from '../threats/controls.ts';

/**
 * OWASP Application Security Verification Standard 5.0.0 (30 May 2025), https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en: its
 * chapters.
 */
export const asvsChapters = {
  V1: 'Encoding and Sanitization',
  V2: 'Validation and Business Logic',
  V3: 'Web Frontend Security',
  V4: 'API and Web Service',
  V5: 'File Handling',
  V6: 'Authentication',
  V7: 'Session Management',
  V8: 'Authorization',
  V9: 'Self-contained Tokens',
  V10: 'OAuth and OIDC',
  V11: 'Cryptography',
  V12: 'Secure Communication',
  V13: 'Configuration',
  V14: 'Data Protection',
  V15: 'Secure Coding and Architecture',
  V16: 'Security Logging and Error Handling',
  V17: 'WebRTC',
} as const satisfies Readonly<Record<`V${number}`, string>>;

/**
 * The requirements that each control serves, the closest first. Empty where the standard asks for nothing of the kind: who
 * owns an API, what environments share, and what privacy laws say, it leaves to others.
 */
export const asvsOf: Readonly<Record<ControlId, readonly AsvsId[]>> = {
  authentication: ['V6.3.3'],
  'strong-authentication': ['V6.3.3', 'V10.4.4'],
  'sender-constraint': ['V10.3.5'],
  'credential-out-of-url': ['V14.2.1'],
  'scope-separation': ['V8.2.1', 'V10.3.2'],
  'function-authorization': ['V8.2.1', 'V8.3.1'],
  'object-authorization': ['V8.2.2', 'V8.3.1'],
  'property-read': ['V8.2.3', 'V14.2.6'],
  'property-write': ['V8.2.3', 'V15.3.3'],
  'input-validation': ['V2.2.1', 'V2.2.2'],
  'output-validation': ['V15.3.1', 'V4.1.1'],
  'rate-limit': ['V2.4.1', 'V6.3.1'],
  'page-limit': ['V15.2.2'],
  'data-budget': ['V2.4.1'],
  'body-limit': ['V5.2.1'],
  'flow-control': ['V2.3.1', 'V2.4.2'],
  'url-restriction': ['V1.3.6', 'V13.2.4'],
  'existence-secret': ['V8.2.2'],
  'safe-errors': ['V16.5.1'],
  audit: ['V16.2.1', 'V16.3.2'],
  lifecycle: ['V15.2.3'],
  ownership: [],
  'third-party-contract': ['V2.2.1', 'V13.1.1'],
  'transport-encryption': ['V12.2.1', 'V12.1.1'],
  'internal-encryption': ['V12.3.3', 'V12.3.1'],
  'network-isolation': ['V13.4.5'],
  'secret-storage': ['V13.3.1'],
  'store-authentication': ['V13.2.3', 'V13.2.1'],
  'environment-separation': [],
  'least-privilege': ['V13.2.2'],
  'no-debug': ['V13.4.2'],
  'storage-encryption': ['V14.2.4'],
  classification: ['V14.1.1'],
  'subject-rights': [],
  retention: ['V14.2.7'],
};
