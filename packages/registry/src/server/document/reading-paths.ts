import {
  after,
  count,
  flag,
  id,
  ifNoneMatch,
  limit,
  list,
  moment,
  notModified,
  object,
  orNull,
  paged,
  pathId,
  problems,
  ref,
  tagged,
  text,
} from './forms.ts';
import { page } from './schemas.ts';
import { mostListed } from '../../inventory/most-listed.ts';

const ofApi = { resource: { type: 'RegisteredApi', id: 'path.api' }, existence: 'secret' };
const read = (operation: object): object => ({ tags: ['read'], ...operation });

/** What is read. */
export const readingPaths = {
  '/apis': {
    get: read({
      operationId: 'listApis',
      summary: 'Every API that the caller may see, by id.',
      parameters: [
        limit,
        after,
        ifNoneMatch,
        { name: 'owner', in: 'query', schema: text(200) },
        { name: 'environment', in: 'query', schema: text(100) },
      ],
      'x-castellan': paged,
      responses: { 200: tagged('A page.', page('apis', ref('Api'))), 304: notModified, ...problems },
    }),
  },
  '/apis/{api}/operations': {
    parameters: [pathId('api')],
    get: read({
      operationId: 'listOperations',
      summary: 'The operations of its newest contract.',
      parameters: [limit, after, ifNoneMatch],
      'x-castellan': { ...paged, ...ofApi },
      responses: { 200: tagged('A page.', page('operations', ref('Operation'))), 304: notModified, ...problems },
    }),
  },
  '/apis/{api}/contracts/{digest}': {
    parameters: [
      pathId('api'),
      { name: 'digest', in: 'path', required: true, schema: text(80, { pattern: '^sha256:[0-9a-f]{64}$' }) },
    ],
    get: read({
      operationId: 'getContract',
      summary: 'One version of the contract: the OpenAPI document as a text of JSON, references as they were.',
      parameters: [ifNoneMatch],
      'x-castellan': ofApi,
      responses: {
        200: tagged(
          'The version. `document` is null where it was too large to keep.',
          object({ digest: text(80), version: text(200), source: text(2_100), document: orNull(text(8_388_608)) }),
        ),
        304: notModified,
        ...problems,
      },
    }),
  },
  '/deployments': {
    get: read({
      operationId: 'listDeployments',
      summary: 'What runs where.',
      parameters: [
        limit,
        after,
        ifNoneMatch,
        { name: 'api', in: 'query', schema: id },
        { name: 'environment', in: 'query', schema: text(100) },
      ],
      'x-castellan': paged,
      responses: { 200: tagged('A page.', page('deployments', ref('Deployment'))), 304: notModified, ...problems },
    }),
  },
  '/ghosts': {
    get: read({
      operationId: 'listGhosts',
      summary: 'What is wrong between documents, deployments and traffic, worst first.',
      parameters: [
        limit,
        after,
        ifNoneMatch,
        { name: 'api', in: 'query', schema: id },
        { name: 'environment', in: 'query', schema: text(100) },
        {
          name: 'kind',
          in: 'query',
          schema: { type: 'string', enum: ['ghost-path', 'shadow', 'zombie', 'unwatched', 'orphan'] },
        },
      ],
      'x-castellan': paged,
      responses: {
        200: tagged(
          'A page.',
          page('ghosts', ref('Ghost'), {
            all: count,
            checked: object({ apis: count, deployments: count, sightings: count }),
          }),
        ),
        304: notModified,
        ...problems,
      },
    }),
  },
  '/export': {
    get: read({
      operationId: 'exportInventory',
      summary: 'All that the caller may see of the inventory, as castellan inventory export writes it.',
      parameters: [
        {
          name: 'format',
          in: 'query',
          schema: {
            type: 'string',
            enum: ['json', 'api-catalog', 'csv', 'markdown', 'backstage', 'cyclonedx'],
            default: 'json',
          },
        },
        ifNoneMatch,
      ],
      responses: {
        200: {
          description:
            'The inventory. Formats that are JSON are sent as application/octet-stream: nothing is taken out of them.',
          content: {
            'application/octet-stream': {},
            'text/csv': {},
            'text/markdown': {},
          },
        },
        304: notModified,
        ...problems,
      },
    }),
  },
  '/inventory': {
    get: read({
      operationId: 'getInventory',
      summary:
        'Environments, dependencies, and documents that could not be read. Empty for who sees only the APIs of a team.',
      parameters: [ifNoneMatch],
      responses: {
        200: tagged(
          'What belongs to no API.',
          object({
            environments: list(object({ name: text(200), production: flag }), mostListed.allEnvironments),
            dependencies: list(ref('Dependency'), mostListed.dependencies),
            unreadable: list(object({ source: text(2_100), reason: text(3_000), seen: moment }), mostListed.unreadable),
          }),
        ),
        304: notModified,
        ...problems,
      },
    }),
  },
  '/backup': {
    get: {
      operationId: 'backUp',
      summary: 'Everything that the store holds, as castellan inventory restore takes it.',
      tags: ['administration'],
      responses: {
        200: {
          description: 'Compressed with gzip. It holds hashes of keys: keep it as safe as the store.',
          content: { 'application/octet-stream': {} },
        },
        ...problems,
      },
    },
  },
  '/journal': {
    get: {
      operationId: 'listJournal',
      summary:
        'What happened to the registry itself, the latest first: imports, changes, keys, refused keys, clocks that are off.',
      tags: ['oversight'],
      parameters: [limit, after, ifNoneMatch, { name: 'kind', in: 'query', schema: text(60) }],
      'x-castellan': paged,
      responses: { 200: tagged('A page.', page('entries', ref('JournalEntry'))), 304: notModified, ...problems },
    },
  },
};
