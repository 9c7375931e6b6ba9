// A small API of notes, with words set at each of its places, and what a request gets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { createGuard, type Guard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard, type Connection, type FetchHandler } from '@castellan/guard/fetch';
import { audience, createIssuer, issuer } from '../../packages/guard/test/tokens.ts';

export const identity = await createIssuer();
export const jwks = identity.jwks;

export const folder = mkdtempSync(join(tmpdir(), 'castellan-words-'));
export const removeFolder = (): void => rmSync(folder, { recursive: true });

let files = 0;
/** A file with this text; its name. */
export function file(text: string, ending = 'txt'): string {
  files += 1;
  const name = join(folder, `${files}.${ending}`);
  writeFileSync(name, text, { mode: 0o600 });
  return name;
}

/** `x-castellan` at each level of the document. */
export interface Words {
  readonly api?: object;
  /** Of `getNote`, `listNotes`, `createNote`, `archive`. */
  readonly operations?: Readonly<Record<string, object>>;
  /** Of the path parameter. */
  readonly parameter?: object;
  readonly note?: object;
  readonly text?: object;
  readonly folder?: object;
  /** Of the property that is a URL, and of the query parameter that is one. */
  readonly hook?: object;
  readonly callback?: object;
}

const x = (words: object | undefined): object => (words === undefined ? {} : { 'x-castellan': words });
const json = (schema: object): object => ({ description: 'ok', content: { 'application/json': { schema } } });

export function document(words: Words = {}, more: object = {}): Record<string, unknown> {
  const Note = { $ref: '#/components/schemas/Note' };
  const of = (name: string): object => x(words.operations?.[name]);
  return {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    ...x(words.api),
    security: [{ token: [] }],
    paths: {
      '/notes/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, ...x(words.parameter) }],
        get: { operationId: 'getNote', ...of('getNote'), responses: { 200: json(Note) } },
      },
      '/notes': {
        get: {
          operationId: 'listNotes',
          ...of('listNotes'),
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer' } },
            { name: 'size', in: 'query', schema: { type: 'integer' } },
            { name: 'callback', in: 'query', schema: { type: 'string' }, ...x(words.callback) },
          ],
          responses: { 200: json({ type: 'array', items: Note }) },
        },
        post: {
          operationId: 'createNote',
          ...of('createNote'),
          requestBody: { required: true, content: { 'application/json': { schema: Note } } },
          responses: { 200: json(Note) },
        },
      },
      '/archive': {
        post: {
          operationId: 'archive',
          ...of('archive'),
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { type: 'object', properties: { which: { type: 'string' }, id: { type: 'string' } } },
              },
            },
          },
          responses: { 200: json({ type: 'object' }) },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Note: {
          type: 'object',
          ...x(words.note ?? { resource: 'Note' }),
          properties: {
            id: { type: 'string' },
            code: { type: 'string' },
            ownerId: { type: 'string' },
            text: { type: 'string', ...x(words.text) },
            folderId: { type: 'string', ...x(words.folder) },
            hook: { type: 'string', ...x(words.hook) },
          },
        },
        Folder: { type: 'object', ...x({ resource: 'Folder' }), properties: { id: { type: 'string' } } },
      },
    },
    ...more,
  };
}

export interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly as?: string | undefined;
  readonly claims?: object;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly connection?: Connection;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Running {
  readonly guard: Guard;
  readonly events: readonly GuardEvent[];
  readonly ask: (ask: Ask) => Promise<Answered>;
}

export const note = { id: 'n1', code: 'c1', ownerId: 'ada', text: 'secret', folderId: 'f1' };

/** The application: every operation answers with notes. */
const application: FetchHandler = (_request, { operation }) =>
  Response.json(operation?.operationId === 'listNotes' ? [note] : operation?.operationId === 'archive' ? {} : note);

/** Starts a guard, lets `use` ask it, and ends it. What start refuses is `refused: <code>`. */
export async function running<T>(
  options: Partial<GuardOptions>,
  use: (running: Running) => T | Promise<T>,
  handler: FetchHandler = application,
): Promise<T | string> {
  const events: GuardEvent[] = [];
  let guard: Guard;
  try {
    guard = await createGuard({
      contract: document(),
      authentication: { token: { issuer, audience, jwks } },
      onEvent: (event) => events.push(event),
      ...options,
    });
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return `refused: ${error.code} ${error.message}`;
  }
  const handle = fetchGuard(guard, handler);
  const ask = async (request: Ask): Promise<Answered> => {
    const { path, method = 'GET', as = 'ada', claims = {}, headers = {}, body, connection } = request;
    const token = request.token ?? (as === '' ? undefined : await identity.token({ sub: as, ...claims }));
    const response = await handle(
      new Request(`http://api.example.com${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      connection ?? { remoteAddress: '192.0.2.1' },
    );
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  try {
    return await use({ guard, events, ask });
  } finally {
    await guard.end();
  }
}

/** The statuses of these requests, one after another. */
export function statuses(options: Partial<GuardOptions>, ...asks: readonly Ask[]): Promise<string> {
  return running(options, async ({ ask }) => {
    const found: number[] = [];
    for (const one of asks) found.push((await ask(one)).status);
    return found.join(' ');
  });
}

/** What a request gets without the word, and with it. */
export type Probe = () => Promise<readonly [without: string, with_: string]>;
