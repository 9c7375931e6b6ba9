import { notFound } from '../sightings/gather.ts';
import { unsureOf } from '../sightings/refold.ts';
import type { Ghost } from './ghost.ts';
import type { Known } from './known.ts';

/** Files of a page, which no API documents. */
const asset = /\.(?:js|mjs|css|map|png|jpe?g|gif|svg|ico|webp|woff2?|ttf|html?)$/i;

/** What load balancers, orchestrators and browsers ask for by themselves. */
const probe =
  /^(?:\/[\w-]+){0,2}\/(?:_?health(?:z|check|-check|_check)?|livez?|liveness|readyz?|readiness|ping|status|actuator\/health(?:\/\w+)?|lb-?check)\/?$|^\/(?:favicon\.ico|robots\.txt|\.well-known\/.+)$/i;

/** Seen and not documented (OWASP API9:2023). */
export function shadows({ sightings, production }: Known): Ghost[] {
  const open = new Map(
    unsureOf(sightings.filter(({ documented }) => !documented)).map((one) => [
      `${one.host} ${one.method} ${one.template}`,
      one.otherwise,
    ]),
  );
  return sightings.flatMap((one): Ghost[] => {
    const { documented, method, template, host, environment, hits, answered } = one;
    // What a server answers for documented operations, or by itself.
    if (documented || template === notFound || method === 'HEAD' || method === 'OPTIONS' || answered === 0) return [];
    const isProbe = (method === 'GET' && probe.test(template)) || template === '/';
    const severity = asset.test(template) || isProbe ? 'low' : production.has(environment) ? 'high' : 'medium';
    return [
      {
        kind: 'shadow',
        severity,
        api: one.api,
        environment,
        subject: `${method} ${template}`,
        evidence: [
          `${answered} of ${hits} requests were answered${host === '' ? '' : ` by ${host}`} (${one.sources.join(', ')})`,
          one.api === ''
            ? host === ''
              ? 'no imported document has this path'
              : `no imported document has this path at a server of ${host}`
            : `no contract version of ${one.api} documents it`,
          ...unsureText(open.get(`${host} ${method} ${template}`)),
        ],
        remedy: isProbe
          ? 'a health check or a page: document it with security: [], or keep it from outside'
          : one.api === ''
            ? 'import the document of this API, or switch it off'
            : 'document it, or remove it; a guard refuses it',
        firstSeen: new Date(one.firstSeen).toISOString(),
        lastSeen: new Date(one.lastSeen).toISOString(),
      },
    ];
  });
}

/** Too little was seen to tell a name from a value. */
function unsureText(otherwise: string | undefined): readonly string[] {
  return otherwise === undefined
    ? []
    : [
        `not sure yet whether it is one operation or a value of ${otherwise}: more traffic decides, or castellan inventory template '${otherwise}'`,
      ];
}
