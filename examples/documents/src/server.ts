// An API as teams write them: it works, and it trusts its callers. Each weakness is marked with what it is.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { posix } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { decodeJwt } from 'jose';
import { openStore, type Row } from './store.ts';

export interface DocumentsOptions {
  /** 0 takes a free port. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface DocumentsServer {
  readonly url: string;
  /** The database, to arrange what a test needs. */
  readonly store: DatabaseSync;
  close(): Promise<void>;
}

/** Starts the API on loopback. */
export async function startDocuments(options: DocumentsOptions = {}): Promise<DocumentsServer> {
  const clock = options.clock ?? Date.now;
  const store = openStore(clock());
  return listen(documentsHandler(store, clock), store, options.port ?? 0);
}

/** The API as a request handler. */
export function documentsHandler(store: DatabaseSync, clock: () => number): RequestListener {
  return (request, response) => {
    handle(store, clock, request, response).catch((error: unknown) => {
      // API8:2023: the stack trace goes to the caller.
      send(response, 500, { error: error instanceof Error ? error.stack : String(error) });
    });
  };
}

/** Serves a handler on loopback. */
export async function listen(handler: RequestListener, store: DatabaseSync, port: number): Promise<DocumentsServer> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          store.close();
          resolve();
        });
      });
    },
  };
}

async function handle(
  store: DatabaseSync,
  clock: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://documents');
  // API9:2023: every way of writing a path reaches the same code.
  const path = posix.normalize(decodeURIComponent(url.pathname));
  // Method override is honoured for old clients.
  const method = String(request.headers['x-http-method-override'] ?? request.method);
  const user = callerOf(request);
  const now = new Date(clock()).toISOString();
  const [, collection, id, child, childId] = path.split('/');

  if (collection === 'internal') {
    // API9:2023: left over from a Friday, in no document.
    return send(response, 200, { database: ':memory:', users: store.prepare('SELECT * FROM users').all() });
  }
  if (collection === 'documents' && id === undefined && method === 'GET') {
    // API4:2023: as many as the caller likes.
    const limit = Number(url.searchParams.get('limit') ?? 20);
    const status = url.searchParams.get('status');
    const rows = store
      .prepare(
        'SELECT * FROM documents WHERE ownerId = ? AND (? IS NULL OR status = ?) ORDER BY updatedAt DESC LIMIT ?',
      )
      .all(user, status, status, limit);
    return send(response, 200, { items: rows });
  }
  if (collection === 'documents' && id === undefined && method === 'POST') {
    // API4:2023: a body of any size.
    const body = await readBody(request);
    const document = {
      id: randomUUID(),
      title: body['title'] ?? '',
      status: 'draft',
      ownerId: body['ownerId'] ?? user,
      updatedAt: now,
    };
    store
      .prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?)')
      .run(document.id, document.title, document.status, document.ownerId, now);
    return send(response, 201, document);
  }
  if (collection === 'documents' && id !== undefined && child === undefined && method === 'GET') {
    // API1:2023: whose document it is, nobody asks.
    return found(response, store.prepare('SELECT * FROM documents WHERE id = ?').get(id) as Row | undefined);
  }
  if (collection === 'documents' && child === 'sections' && childId !== undefined) {
    if (method === 'PATCH') {
      const body = await readBody(request);
      store
        .prepare('UPDATE sections SET text = ? WHERE id = ? AND documentId = ?')
        .run(body['text'] ?? '', childId, id ?? '');
    }
    // API3:2023: reviewNotes go to everybody.
    const row = store.prepare('SELECT * FROM sections WHERE id = ? AND documentId = ?').get(childId, id ?? '') as
      | Row
      | undefined;
    return found(response, row === undefined ? undefined : sectionOf(row));
  }
  if (collection === 'documents' && child === 'comments') {
    if (method === 'POST') {
      const body = await readBody(request);
      const comment = { id: randomUUID(), text: body['text'] ?? '', authorId: user, at: now };
      store
        .prepare('INSERT INTO comments VALUES (?, ?, ?, ?, ?)')
        .run(comment.id, id ?? '', comment.text, comment.authorId, now);
      return send(response, 201, comment);
    }
    const rows = store
      .prepare('SELECT id, text, authorId, at FROM comments WHERE documentId = ? LIMIT ?')
      .all(id ?? '', Number(url.searchParams.get('limit') ?? 20));
    return send(response, 200, { items: rows });
  }
  if (path === '/users/me') {
    if (method === 'PATCH') {
      // API3:2023: whatever stands in the body is written.
      for (const [name, value] of Object.entries(await readBody(request))) {
        if (/^[a-zA-Z]+$/.test(name)) store.prepare(`UPDATE users SET ${name} = ? WHERE id = ?`).run(value, user);
      }
    }
    // API3:2023: SELECT * brings the password's hash along.
    return found(response, store.prepare('SELECT * FROM users WHERE id = ?').get(user) as Row | undefined);
  }
  send(response, 404, { type: 'about:blank', title: 'Not Found', status: 404 }, 'application/problem+json');
}

/** API2:2023: the token is read, never verified; without one, everybody is a guest who may look. */
function callerOf(request: IncomingMessage): string {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  try {
    return token === undefined ? 'guest' : (decodeJwt(token).sub ?? 'guest');
  } catch {
    return 'guest';
  }
}

/** A section as the API answers it. */
export function sectionOf(row: Row): Record<string, unknown> {
  const { approvalTag, approvalBy, approvalAt, reviewNotes, ...section } = row;
  return {
    ...section,
    ...(reviewNotes === null ? {} : { reviewNotes }),
    ...(approvalTag === null ? {} : { approval: { tag: approvalTag, by: approvalBy, at: approvalAt } }),
  };
}

async function readBody(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
}

function found(response: ServerResponse, row: unknown): void {
  if (row === undefined)
    send(response, 404, { type: 'about:blank', title: 'Not Found', status: 404 }, 'application/problem+json');
  else send(response, 200, row);
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'x-powered-by': 'documents/1.0' });
  response.end(JSON.stringify(body));
}
