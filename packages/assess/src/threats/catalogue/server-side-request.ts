import { need, threat, way } from '../definition.ts';
import { castellanOf } from '@castellan/contract';

export const serverSideRequest = threat({
  id: 'server-side-request',
  title: 'The server sent somewhere by a caller',
  subject: 'operation',
  stride: ['disclosure', 'elevation'],
  owasp: 'API7:2023',
  harm: 'confidentiality',
  ease: 0,
  reach: 'api',
  attack:
    'Gives a URL that leads the server to the metadata service, to inner services, or to a server that keeps it waiting.',
  ways: [
    way(
      'Cloud metadata',
      ['names 169.254.169.254, directly or by redirect or DNS', 'url-restriction'],
      'reads credentials from what comes back',
    ),
    way(
      'Inner services',
      ['names an inner service', 'url-restriction'],
      ['that trusts its network', 'network-isolation'],
    ),
  ],
  find: ({ data }) => {
    if (data.urls.length === 0) return undefined;
    const open = data.urls.filter(
      ({ node, target, parameter }) =>
        (parameter?.castellan.url ?? castellanOf(node.raw).url ?? castellanOf(target.raw).url) === undefined,
    );
    const names = [...new Set(open.map(({ name }) => name))];
    return [
      need(
        'url-restriction',
        open.length === 0,
        `${names.slice(0, 4).join(', ')} may lead anywhere`,
        'it is said where the URL may lead',
        { at: open.map(({ location }) => location) },
      ),
    ];
  },
  bad: [
    {
      name: 'a callback to anywhere',
      schemas: { Hook: { type: 'object', properties: { callbackUrl: { type: 'string', format: 'uri' } } } },
      paths: { '/hooks': { post: { body: 'Hook' } } },
    },
  ],
  good: [
    {
      name: 'a restricted callback',
      schemas: {
        Hook: {
          type: 'object',
          properties: { callbackUrl: { type: 'string', format: 'uri', 'x-castellan': { url: { private: 'deny' } } } },
        },
      },
      paths: { '/hooks': { post: { body: 'Hook' } } },
    },
  ],
});
