/**
 * Header fields that every answer carries unless the handler set its own (OWASP REST Security Cheat Sheet, 'Security
 * Headers'). An API answers data, so nothing may be framed, sniffed, executed or kept.
 */
export const securityFields: readonly (readonly [name: string, value: string])[] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
];

/** Only over TLS, where it means something (RFC 6797 section 7.2). */
export const strictTransport: readonly [name: string, value: string] = [
  'strict-transport-security',
  'max-age=31536000; includeSubDomains',
];

/** Fields that tell what software answers; removed from every answer. */
export const revealingFields: readonly string[] = [
  'x-powered-by',
  'server',
  'x-aspnet-version',
  'x-aspnetmvc-version',
  'x-runtime',
];
