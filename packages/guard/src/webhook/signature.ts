import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The fields that prove who sent a webhook: HMAC-SHA-256 over time and body.
 * @param now milliseconds since the epoch
 */
export function hmacSignature(secret: string, body: string, now: number): Readonly<Record<string, string>> {
  const time = String(Math.floor(now / 1000));
  return { 'castellan-timestamp': time, 'castellan-signature': `sha256=${macOf(secret, time, body)}` };
}

function macOf(secret: string, time: string, body: string): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
}

/**
 * Whether a webhook was sent by who knows the secret, for receivers.
 * @param now milliseconds since the epoch; what is older than five minutes is not taken
 */
export function isSigned(
  secret: string,
  body: string,
  fields: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): boolean {
  const { 'castellan-timestamp': time, 'castellan-signature': signature } = fields;
  if (typeof time !== 'string' || typeof signature !== 'string' || Math.abs(now / 1000 - Number(time)) > 300)
    return false;
  const expected = Buffer.from(`sha256=${macOf(secret, time, body)}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
