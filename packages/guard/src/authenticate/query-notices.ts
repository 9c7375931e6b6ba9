import type { SecurityScheme } from '@castellan/contract';
import type { SchemeNotice } from '../scheme.ts';

/** A key in the query is kept by every log, history and Referer on its way (ASVS 5.0 V14.2). */
export function queryNotices(scheme: SecurityScheme & { readonly type: 'apiKey' }): readonly SchemeNotice[] {
  if (scheme.in !== 'query') return [];
  return [
    {
      code: 'key-in-query',
      message: `security scheme ${scheme.name} takes the key from the query, where logs and histories keep it; take it from a header field`,
      fatalInProduction: false,
    },
  ];
}
