// Notes under policies: their document, calls of a guard of them in this process, and what comes of each.
import assert from 'node:assert/strict';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Answered } from './asked.ts';
import { answers, cedar, content, done, id, item, noteRef, own, resources, stored, text } from './notes.ts';

const patchBody = {
  type: 'array',
  items: { type: 'object', properties: { op: text, path: text, from: text, value: {} } },
};
const ofNotes = { resource: { type: 'Note' } };
const body = (schema: object, type?: string): object => ({ requestBody: content(schema, type) });
const inQuery = [{ name: 'note', in: 'query', schema: text }];
const list = { type: 'array', items: noteRef };

const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  properties: {
    id: text,
    ownerId: text,
    title: text,
    price: { type: 'integer', 'x-castellan': { write: ['action:setPrice'] } },
    grade: { type: 'integer', 'x-castellan': { write: ['managers'] } },
    salary: { type: 'integer', 'x-castellan': { read: ['managers'] } },
    draft: { type: 'string', 'x-castellan': { read: ['action:editNote'] } },
    parentId: { type: 'string', 'x-castellan': { resource: 'Note', action: 'getNote' } },
    copy: { $ref: '#/components/schemas/Note' },
    parts: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
  },
};
const user = { type: 'object', 'x-castellan': { resource: 'User' }, properties: { id: text, name: text } };

function documentOf(castellan: object, more: object = {}): Record<string, unknown> {
  return apiOf(
    {
      '/notes': {
        get: { operationId: 'listNotes', 'x-castellan': { ...ofNotes, ...more }, responses: answers(list) },
        post: {
          operationId: 'createNote',
          'x-castellan': ofNotes,
          ...body(noteRef),
          responses: { 201: { description: 'It', ...content(noteRef) } },
        },
      },
      '/notes/many': {
        post: {
          operationId: 'createNotes',
          'x-castellan': ofNotes,
          ...body(list),
          responses: { 201: { description: 'All' } },
        },
      },
      '/notes/clear': {
        put: { operationId: 'clearNotes', 'x-castellan': ofNotes, ...body({ type: 'object' }), responses: done },
      },
      '/notes/count': {
        get: {
          operationId: 'countNotes',
          'x-castellan': ofNotes,
          responses: answers({ type: 'object', properties: { count: { type: 'integer' } } }),
        },
      },
      '/notes/one': {
        get: {
          operationId: 'findNote',
          parameters: inQuery,
          'x-castellan': { resource: { type: 'Note', id: 'query.note' }, ...more },
          responses: answers(noteRef),
        },
      },
      '/notes/drop': {
        post: {
          operationId: 'dropNotes',
          'x-castellan': { resource: { type: 'Note', id: 'body.ids' } },
          ...body({ type: 'object', properties: { ids: { type: 'array', items: text } } }),
          responses: done,
        },
      },
      '/notes/{id}': {
        parameters: id,
        get: {
          operationId: 'getNote',
          'x-castellan': { ...item, ...more },
          responses: {
            ...answers(noteRef),
            404: { description: 'None', ...content({ type: 'object' }) },
            302: { description: 'There' },
          },
        },
        put: {
          operationId: 'editNote',
          'x-castellan': { ...item, ...more },
          ...body(noteRef),
          responses: { ...done, 200: { description: 'It', ...content(noteRef) } },
        },
        patch: {
          operationId: 'patchNote',
          'x-castellan': item,
          ...body(patchBody, 'application/json-patch+json'),
          responses: done,
        },
        delete: { operationId: 'dropNote', 'x-castellan': item, responses: done },
      },
      '/notes/{id}/price': { parameters: id, put: { operationId: 'setPrice', 'x-castellan': item, responses: done } },
      '/notes/{id}/file': {
        parameters: id,
        get: {
          operationId: 'getFile',
          'x-castellan': item,
          responses: { 200: { description: 'It', content: { 'application/octet-stream': {} } } },
        },
      },
      '/me': {
        get: {
          operationId: 'getMe',
          'x-castellan': { resource: { type: 'User', id: 'auth.subject' } },
          responses: answers({ $ref: '#/components/schemas/User' }),
        },
      },
      '/status': { get: { operationId: 'getStatus', responses: answers({ type: 'object' }) } },
    },
    {
      security: [{ token: [] }],
      'x-castellan': castellan,
      components: {
        schemas: { Note: note, User: user },
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
    },
  );
}

/** A credential is who it is of, and the groups. */
const verify = (credential: string): object => {
  const [subject, ...groups] = credential.split('.');
  return { subject, groups };
};

export interface Setting {
  readonly policies: string;
  readonly castellan?: object;
  /** Of some operations. */
  readonly more?: object;
  readonly options?: Partial<GuardOptions>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly as?: string;
  /** What the handler answers: a value as JSON; nothing is 204. */
  readonly answers?: unknown;
  readonly status?: number;
}

/** Status, reason of the refusal if there is one, and whether the handler ran. */
export type Outcome = readonly [status: number, reason?: string];
export type Row = readonly [call: Call, outcome: Outcome, left?: unknown];

export async function check(
  { policies, castellan = {}, more = {}, options = {} }: Setting,
  rows: readonly Row[],
): Promise<void> {
  let call: Call = { path: '/' };
  const guard = await asking(
    documentOf(castellan, more),
    () => {
      if (call.answers === undefined) return new Response(null, { status: call.status ?? 204 });
      if (typeof call.answers === 'string')
        return new Response(Buffer.from(call.answers), {
          status: call.status ?? 200,
          headers: { 'content-type': 'application/octet-stream' },
        });
      return Response.json(call.answers, { status: call.status ?? 200 });
    },
    { policies: cedar(policies), resources, authentication: { token: { verify } } as never, ...options },
  );
  for (const [asked, [status, reason], left] of rows) {
    call = asked;
    const { method = 'GET', path, body: sent, type = 'application/json', as = 'ada' } = asked;
    const answered: Answered = await guard.ask({
      method,
      path,
      fields: { authorization: `Bearer ${as}`, ...(sent === undefined ? {} : { 'content-type': type }) },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const told = `${JSON.stringify(asked)} ${answered.refused ?? ''} ${JSON.stringify(answered.event.refused)}`;
    assert.deepEqual([answered.status, answered.refused?.split(' ').at(-1)], [status, reason], told);
    // Before the handler, or on its answer.
    assert.equal(answered.handled, answered.refused === undefined || answered.refused.startsWith('release '), told);
    if (left !== undefined) assert.deepEqual(JSON.parse(answered.body), left, told);
  }
  await guard.end();
}

export const mine = stored['mine'] as object;
export const theirs = stored['theirs'] as object;
export const permitted = `permit (principal, action, resource is Note) ${own};`;
export const no: Outcome = [403, 'policy-denied'];
export const hidden: Outcome = [500, 'object-denied'];
export const undecided: Outcome = [500, 'authorization-not-decided'];
