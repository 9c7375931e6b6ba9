import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API7:2023 say. */
export const verdicts: Verdicts = {
  'callback-unrestricted': [
    [
      {
        says: 'the callback done of POST /jobs goes wherever tellMe leads',
        at: '/paths/~1jobs/post/callbacks/done',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postJobs'],
        members: ['done'],
        mend: 'restrict the property that the callback expression reads: x-castellan: { url: { schemes: [https], private: deny } }',
      },
    ],
  ],
  'fetched-content-passed-on': [
    [
      {
        says: 'GET /preview answers with what url leads to',
        at: '/paths/~1preview/get',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getPreview'],
        mend: 'answer with what was made of it (a described JSON object, an image that was decoded and encoded again), never with the raw response',
      },
    ],
  ],
  'host-unrestricted': [
    [
      {
        says: 'host names a host that the service connects to (POST /probe)',
        at: '/paths/~1probe/post/requestBody/content/application~1json/schema/properties/host',
        severity: 'info low medium high',
        confidence: 'low',
        operations: ['postProbe'],
        mend: 'list the hosts (enum), or check after resolving that the address is public',
      },
    ],
  ],
  'redirect-unrestricted': [
    [
      {
        says: 'returnUrl may be any address (GET /login)',
        at: '/paths/~1login/get/parameters/0',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['getLogin'],
        mend: 'register the addresses per client and compare exactly, or list the hosts: x-castellan: { url: { schemes: [https], hosts: […] } }',
      },
    ],
  ],
  'url-restriction-lax': [
    [
      {
        says: 'url may lead to private addresses',
        at: '/paths/~1webhooks/post/requestBody/content/application~1json/schema/properties/url',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['postWebhooks'],
        mend: 'write schemes: [https] and private: deny; name the hosts where an inside one is meant',
      },
    ],
  ],
  'url-unrestricted': [
    [
      {
        says: 'url may lead anywhere, also inside (POST /webhooks)',
        at: '/paths/~1webhooks/post/requestBody/content/application~1json/schema/properties/url',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postWebhooks'],
        mend: 'allow only https to public addresses',
        fix: '--fix=all',
        patch: [
          '$.paths[\'/webhooks\'].post.requestBody.content[\'application/json\'].schema.properties.url {"x-castellan":{"url":{"schemes":["https"],"private":"deny"}}}',
        ],
      },
    ],
  ],
};
