import { ifNoneMatch, list, notModified, object, problems, ref, tagged, text } from './forms.ts';

const anything = { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] };
/** This document, by its members. */
const whole = object({
  openapi: text(10),
  info: { type: 'object', additionalProperties: text(500), maxProperties: 10 },
  servers: list(object({ url: text(500) }), 10),
  security: list({ type: 'object', additionalProperties: list(text(100), 10), maxProperties: 5 }, 10),
  tags: list(object({ name: text(100), description: text(500) }), 20),
  'x-castellan': { type: 'object', additionalProperties: anything, maxProperties: 10 },
  paths: { type: 'object', additionalProperties: anything, maxProperties: 100 },
  components: { type: 'object', additionalProperties: anything, maxProperties: 10 },
});
const link = object({ href: text(2_100), type: text(100), title: text(400) }, ['type', 'title']);
const linkset = object({
  linkset: list(
    object(
      {
        anchor: text(2_100),
        item: list(link, 10_000),
        'service-desc': list(link, 100),
        'service-doc': list(link, 100),
      },
      ['item', 'service-desc', 'service-doc'],
    ),
    10_001,
  ),
});

/** What needs no credential. */
export const publicPaths = {
  '/openapi.json': {
    get: {
      operationId: 'getDocument',
      summary: 'This document.',
      tags: ['public'],
      security: [],
      parameters: [ifNoneMatch],
      responses: { 200: tagged('The document.', whole), 304: notModified, 429: problems[429] },
    },
  },
  '/.well-known/api-catalog': {
    get: {
      operationId: 'getCatalog',
      summary: 'The published APIs (RFC 9727).',
      tags: ['public'],
      security: [],
      parameters: [ifNoneMatch],
      responses: {
        200: tagged('A linkset.', linkset, 'application/linkset+json'),
        304: notModified,
        429: problems[429],
      },
    },
  },
  '/me': {
    get: {
      operationId: 'whoAmI',
      summary: 'Who the caller is, with which roles and teams.',
      tags: ['self'],
      responses: { 200: tagged('The caller.', ref('Caller')), ...problems },
    },
  },
};
