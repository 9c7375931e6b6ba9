/**
 * Fields by which one program in front of an application tells it who calls, from where, and what to do: what a proxy,
 * a sign-in service or a framework writes and servers believe. In a caller's words they are forgeries (OWASP API2:2023).
 */
const families: readonly RegExp[] = [
  // Where the request came from, and what it was before a proxy changed it.
  /^(?:x-)?forwarded(?:$|-)/,
  /^x-(?:original|originating|rewrite|real|proxy|proxied|proxyuser|envoy|arr|azure|appengine)(?:$|-)/,
  /^x-(?:host|url|uri|scheme|url-scheme|path-info|http-host-override|forwarder-for|cluster-client-ip)$/,
  /(?:^|-)(?:client|connecting|user|source|src|peer)-?ip(?:v[46])?$/,
  /^(?:proxy|front-end-https|base-url|destination-host)(?:$|-)/,
  // Whom a proxy or sign-in service has recognised.
  /^(?:x-)?(?:auth-request|remote|authenticated|webauth|authentik|authelia|pomerium|vouch)(?:$|-)/,
  /^x-(?:consumer|credential|anonymous-consumer|goog-iap|goog-authenticated-user|amzn-oidc)(?:$|-)/,
  /^x-ms-(?:client-principal|token)(?:$|-)/,
  /^cf-(?:access|ipcountry|visitor|worker)(?:$|-)/,
  // What TLS said of the caller.
  /^(?:x-)?(?:ssl|tls|mtls|client-(?:cert|certificate|verify|verified|dn|s-dn|i-dn))(?:$|-)/,
  // What a framework or server says to itself.
  /^x-(?:middleware|accel|sendfile|lighttpd|litespeed|invoke|nextjs|matched-path|now-route|vercel)(?:$|-)/,
  /^castellan-/,
];

/**
 * Whether a field is one that only software in front of the application may write.
 * @param name in lower case; an underscore counts as a hyphen, because CGI-like servers cannot tell the two
 */
export function saidByProxies(name: string): boolean {
  const spelt = name.includes('_') ? name.replaceAll('_', '-') : name;
  return families.some((family) => family.test(spelt));
}
