import type { SecurityScheme } from '@castellan/contract';
import type { Attack } from '../attack.ts';
import { outgoingOf } from '../call.ts';
import { isOpen, placedFor } from '../identity.ts';
import { opened } from './answers.ts';
import { refusalOf } from '../judge.ts';

/** A credential that was never issued, made of one that was. */
interface Forgery {
  readonly what: string;
  /** Undefined where it cannot be made of this credential. */
  readonly make: (credential: string, scheme: SecurityScheme) => string | undefined;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const forgeries: readonly Forgery[] = [
  {
    what: 'a made-up credential',
    make: (credential) => 'castellan-made-up'.padEnd(Math.min(credential.length, 200), 'x'),
  },
  {
    what: 'a credential with another last character',
    make: (credential) =>
      credential.length < 8
        ? undefined
        : credential.slice(0, -2) + (credential.at(-2) === 'A' ? 'B' : 'A') + credential.slice(-1),
  },
  {
    what: 'a token that says it is not signed (alg none)',
    make: (credential) => {
      const claims = claimsOf(credential);
      return claims === undefined ? undefined : `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`;
    },
  },
  {
    what: 'a token for another subject with the old signature',
    make: (credential) => {
      const claims = claimsOf(credential);
      const [head, , signature] = credential.split('.');
      return claims === undefined
        ? undefined
        : `${head}.${encoded({ ...claims, sub: 'castellan', exp: 4_102_444_800 })}.${signature}`;
    },
  },
];

/** API2:2023: credentials that nobody issued are presented. */
export const forgedCredential: Attack = {
  name: 'forged-credential',
  control: 'authentication',
  fix: 'verify signature, issuer, audience and expiry of every credential, as a guard does',
  title: 'the same call with credentials that were never issued',
  async *run(scene) {
    for (const { call } of opened(scene)) {
      const { operation, values } = call;
      const identity = scene.identities.find(({ name }) => name === call.as);
      if (identity === undefined || isOpen(operation)) continue;
      for (const { what, make } of forgeries) {
        let made = true;
        const placed = placedFor(operation, identity, (credential, scheme) => {
          const forged = make(credential, scheme);
          made &&= forged !== undefined;
          return forged ?? '';
        });
        const outgoing = placed === undefined || !made ? undefined : outgoingOf(operation, values, placed);
        if (outgoing === undefined) continue;
        const { verdict, detail } = refusalOf(await scene.target.send(outgoing, operation));
        yield {
          control: 'authentication',
          attack: 'forged-credential',
          operation,
          verdict,
          detail: `${detail} with ${what}`,
          call: { ...call, as: undefined, outgoing },
        };
      }
    }
  },
};

function claimsOf(credential: string): object | undefined {
  const [head, body, , more] = credential.split('.');
  if (head === undefined || body === undefined || more !== undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
