import { isUnsafe } from '../api.ts';
import { contractRule, graded } from '../rule.ts';
import { using } from '../schemes.ts';
import { named } from '../summary.ts';
import { plain } from '@castellan/meaning';

export const rule = contractRule({
  id: 'cookie-without-csrf-defence',
  title: 'Cookie is enough to change things',
  owasp: ['API2:2023', 'API8:2023'],
  asvs: ['V3.5.1', 'V3.3.2'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Browsers send cookies with requests that other sites start: a foreign page can make its visitors order, pay or delete.',
  mend: 'require a header field that other sites cannot set (an anti-forgery token), or take a bearer token; SameSite helps but is not in the contract',
  docs: 'Silent where the operation takes a header field whose name speaks of CSRF or XSRF, or where another scheme is required together with the cookie.',
  bad: [
    `security: [{ session: [] }]
paths: { /orders: { post: { responses: {} } } }
components: { securitySchemes: { session: { type: apiKey, in: cookie, name: sid } } }`,
  ],
  good: [
    `security: [{ session: [], csrf: [] }]
paths: { /orders: { post: { responses: {} } } }
components: { securitySchemes: { session: { type: apiKey, in: cookie, name: sid }, csrf: { type: apiKey, in: header, name: X-CSRF-Token } } }`,
  ],
  *find(api) {
    for (const { scheme, operations } of using(api)) {
      if (scheme.type !== 'apiKey' || scheme.in !== 'cookie') continue;
      const forgeable = operations.filter(
        (operation) =>
          isUnsafe(operation) &&
          operation.security.some(({ schemes }) => schemes.length === 1 && schemes[0]?.scheme === scheme) &&
          !operation.parameters.some(
            (parameter) => parameter.in === 'header' && /csrf|xsrf|requestedwith|origin/.test(plain(parameter.name)),
          ),
      );
      if (forgeable.length > 0)
        yield {
          at: scheme.location,
          message: `the cookie ${scheme.key} alone lets ${named(forgeable)} be called`,
          operations: forgeable,
        };
    }
  },
});
