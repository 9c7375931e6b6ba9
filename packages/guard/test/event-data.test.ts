// The JSON in the data of events is looked at as an answer is, wherever the schema says that it is JSON.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Started } from './adapters/servers.ts';
import { guarded, identity } from './guarded.ts';

const note = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'integer' },
    secret: { type: 'string', 'x-castellan': { read: ['scope:secrets'] } },
  },
};
const ref = { $ref: '#/components/schemas/Note' };
const holds = (schema: object): object => ({
  type: 'string',
  contentMediaType: 'application/json',
  contentSchema: schema,
});
const event = (data: object, more: object = {}): object => ({
  type: 'object',
  required: ['data'],
  properties: { data, event: { type: 'string' }, id: { type: 'string' }, ...more },
});

/** Where a contentSchema may stand, and the data that it describes. */
const places: Record<string, readonly [itemSchema: object, wrap: (note: string) => string]> = {
  'data itself': [event(holds(ref)), (text) => text],
  'by $ref': [{ $ref: '#/components/schemas/Event' }, (text) => text],
  'data by $ref': [event({ $ref: '#/components/schemas/Data' }), (text) => text],
  allOf: [{ allOf: [event({ type: 'string' }), { properties: { data: holds(ref) } }] }, (text) => text],
  'data of allOf': [event({ allOf: [{ type: 'string' }, holds(ref)] }), (text) => text],
  'an alternative by its name': [
    {
      oneOf: [
        event({ type: 'string' }, { event: { const: 'ping' } }),
        { ...event(holds(ref), { event: { const: 'note' } }), required: ['event', 'data'] },
      ],
    },
    (text) => text,
  ],
  'if and then': [
    {
      ...event({ type: 'string' }),
      if: { properties: { event: { const: 'note' } } },
      then: { properties: { data: holds(ref) } },
    },
    (text) => text,
  ],
  'a list': [event(holds({ type: 'array', items: ref })), (text) => `[${text}]`],
  'a property': [event(holds({ type: 'object', properties: { note: ref } })), (text) => `{"note":${text}}`],
};

const contract = {
  openapi: '3.2.0',
  info: { title: 'Events', version: '1' },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: { Note: note, Data: holds(ref), Event: event(holds(ref)) },
  },
  paths: Object.fromEntries(
    Object.values(places).map(([itemSchema], index) => [
      `/events/${index}`,
      {
        get: {
          operationId: `events${index}`,
          responses: { 200: { description: 'All', content: { 'text/event-stream': { itemSchema } } } },
        },
      },
    ]),
  ),
};

let server: Started;
let answer = '';
before(async () => {
  server = await guarded({ contract }, (_request, response) => {
    response.setHeader('content-type', 'text/event-stream');
    response.end(answer);
  });
});
after(() => server.close());

const nobody = await identity.token();
const insider = await identity.token({ scope: 'secrets' });
const read = async (path: string, token: string): Promise<string> => {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } });
  return response.text();
};

for (const [index, [name, [, wrap]]] of Object.entries(places).entries())
  test(`${name}: only who may reads it, and what nobody documented stays inside`, async () => {
    const path = `/events/${index}`;
    // Beyond 2^53: what is written anew keeps every digit.
    const free = `event: note\nid: 7\ndata: ${wrap('{"id":12345678901234567891}')}\n\n`;
    answer = free;
    assert.equal(await read(path, nobody), free);
    answer = `event: note\nid: 7\ndata: ${wrap('{"id":12345678901234567891,"secret":"SECRET"}')}\n\n`;
    assert.equal(await read(path, nobody), `event: note\ndata: ${wrap('{"id":12345678901234567891}')}\nid: 7\n\n`);
    assert.equal(await read(path, insider), answer);
    answer = `event: note\nid: 7\ndata: ${wrap('{"id":12345678901234567891,"inside":1}')}\n\n`;
    assert.equal(await read(path, insider), `event: note\ndata: ${wrap('{"id":12345678901234567891}')}\nid: 7\n\n`);
  });
