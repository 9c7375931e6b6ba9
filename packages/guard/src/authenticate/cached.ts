import type { SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import { Memory } from './memory.ts';
import { credentialReader } from './scheme-credential.ts';

interface Known {
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
}

/**
 * Keeps good answers of a verifier for a while, under a keyed hash of the credential. Refusals are never kept, so that
 * made-up credentials push no good one out; many requests with one credential at once are one question.
 * @param seconds for which an answer holds; never past the credential's own end
 */
export function cached(verifier: SchemeVerifier, seconds: number): SchemeVerifier {
  const read = credentialReader(verifier.scheme);
  const memory = new Memory<Known>();
  const asked = new Map<string, Promise<SchemeOutcome>>();
  return {
    scheme: verifier.scheme,
    challenge: verifier.challenge,
    notices: verifier.notices,
    close: verifier.close,
    verify(request) {
      const credential = read(request);
      if (credential === undefined || credential === '') return verifier.verify(request);
      const digest = memory.digest(credential);
      const known = memory.get(digest, request.now);
      if (known !== undefined) return known.outcome;
      let answer = asked.get(digest);
      if (answer === undefined) {
        answer = Promise.resolve(verifier.verify(request))
          .then((outcome) => {
            if (outcome.outcome !== 'verified') return outcome;
            const { expiresAt = Number.POSITIVE_INFINITY } = outcome.identity.credential;
            memory.set(digest, { expiresAt: Math.min(expiresAt, request.now + seconds * 1000), outcome });
            return outcome;
          })
          .finally(() => asked.delete(digest));
        asked.set(digest, answer);
      }
      return answer;
    },
  };
}
