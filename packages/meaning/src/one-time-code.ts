import type { OperationNames } from './purpose.ts';
import { CODES, PROVE } from './operation-words.ts';
import { plain, segmentsOf, wordsOf } from './words.ts';

const ASKS = /^(?:resend|send|request|start|begin|create|issue|generate|anfordern|senden|enviar|envoyer|solicitar)$/;

/**
 * Whether it takes a short code that was sent or shown, so that guessing it is tried: `/otp/verify`, `/auth/check-otp`,
 * `/mfa/challenge`. Sending one is another matter (`recover`).
 * @param names of what the request carries
 */
export function takesCode({ method, path }: OperationNames, names: Iterable<string> = []): boolean {
  if (method !== 'POST' && method !== 'PUT') return false;
  const segments = segmentsOf(path).slice(-3);
  const words = segments.flatMap(wordsOf);
  const last = wordsOf(segments.at(-1) ?? '');
  if (last.some((word) => ASKS.test(word))) return false;
  const carries = [...names].some((name) => CODE_NAMES.has(plain(name)));
  if (CODES.hasAny(words) || segments.some((segment) => CODES.has(plain(segment)))) return true;
  return (
    carries && (PROVE.hasAny(words) || /^(?:login|signin|auth|token|code|pin)$/.test(plain(segments.at(-1) ?? '')))
  );
}

const CODE_NAMES = new Set(
  `code otp totp pin passcode onetimecode onetimepassword verificationcode confirmationcode securitycode mfacode smscode
  authcode twofactorcode einmalcode bestaetigungscode codigo codigoverificacion codeverification codigoverificacao`.split(
    /\s+/,
  ),
);
