import type { Contract, Operation } from '@castellan/contract';
import { some, type Notice } from '../notices.ts';

/** Last parts of paths where credentials are given out or asked for anew, without hyphens; what ends or renews one has one already. */
const signIn = new Set([
  'login',
  'signin',
  'logon',
  'authenticate',
  'apitokenauth',
  'register',
  'signup',
  'forgotpassword',
  'resetpassword',
  'passwordreset',
]);
/** Where tokens are given out by OAuth 2.0 servers and their like. */
const tokenEndpoint = /^(?:.*\/)?(?:oauth2?|auth|connect|login|jwt)\/token\/?$|^(?:\/v\d+)?\/token\/?$/i;
const health = new Set([
  'health',
  'healthz',
  'healthcheck',
  'livez',
  'liveness',
  'live',
  'readyz',
  'readiness',
  'ready',
  'ping',
  'heartbeat',
  'alive',
]);

/**
 * Operations that cannot work as the document has it: to sign in needs to be signed in, and probes of a platform have no
 * credential, because both inherit the `security` of the whole document.
 */
export function inheritedSecurityNotices(contract: Contract): readonly Notice[] {
  const inheriting = contract.operations.filter(
    ({ securityFrom, security }) =>
      securityFrom === 'document' && security.length > 0 && security.every(({ schemes }) => schemes.length > 0),
  );
  const logins = inheriting.filter(isSignIn);
  const probes = inheriting.filter((one) => !logins.includes(one) && isProbe(one));
  return [
    ...told(
      'nobody-can-sign-in',
      logins,
      'give credentials out and need one, which they inherit from the whole document: nobody can ever log in',
    ),
    ...told(
      'probes-need-credentials',
      probes,
      'are asked by platforms without a credential, and inherit one from the whole document: probes get 401',
    ),
  ];
}

function told(code: string, operations: readonly Operation[], what: string): readonly Notice[] {
  if (operations.length === 0) return [];
  const names = some(operations.map(({ operationId, method, path }) => `${operationId} (${method} ${path})`));
  return [{ code, message: `${names} ${what}; write security: [] at each that is open to everybody` }];
}

function lastPart(path: string): string {
  const part = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return part.replaceAll(/[-_.]/g, '').toLowerCase();
}

function isSignIn({ method, path }: Operation): boolean {
  return signIn.has(lastPart(path)) || (method === 'POST' && tokenEndpoint.test(path));
}

function isProbe({ method, path }: Operation): boolean {
  return (method === 'GET' || method === 'HEAD') && !path.includes('{') && health.has(lastPart(path));
}
