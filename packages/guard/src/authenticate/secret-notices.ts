import type { SchemeNotice } from '../scheme.ts';
import { isKnownSecret, secretProblem } from '../secrets/strength.ts';

/** What is wrong with a password that was given: everybody knows it. */
export function knownSecretNotice(scheme: string, what: string, secret: string): readonly SchemeNotice[] {
  if (!isKnownSecret(secret)) return [];
  return [
    {
      code: 'known-secret',
      message: `authentication.${scheme}: ${what} is a known default or example`,
      fatalInProduction: true,
      mend: 'choose another',
    },
  ];
}

/** What is wrong with a secret that machines use: known, or guessable. @param bits the least entropy */
export function weakSecretNotice(scheme: string, what: string, secret: string, bits: number): readonly SchemeNotice[] {
  const problem = secretProblem(secret, bits);
  if (problem === undefined) return [];
  return [
    {
      code: isKnownSecret(secret) ? 'known-secret' : 'weak-secret',
      message: `authentication.${scheme}: ${what} ${problem}`,
      fatalInProduction: true,
      mend: 'make a random one: openssl rand -base64 32',
    },
  ];
}
