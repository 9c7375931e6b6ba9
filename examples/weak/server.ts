// The Corner Shop of openapi.yaml as somebody wrote it in a hurry: it looks at no caller, and does what it is told. Do not copy
// from it, and let nobody reach it: `node examples/weak/server.ts 3000` listens on 127.0.0.1 only.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Row = Record<string, unknown>;

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Row | readonly Row[];
  /** Who the token says it is; the signature is not looked at. */
  readonly caller: string;
}

const ok = (body: unknown, status = 200): Reply => ({ status, body });
const none: Reply = { status: 204 };
const missing: Reply = { status: 404, body: { message: 'not found' } };

/** All that the shop keeps, as on its first day. */
function createShop(): { customers: Row[]; orders: Row[] } {
  return {
    customers: ['ada', 'bob', 'cem', 'max'].map((name, n) => ({
      id: String(n + 1),
      customerId: String(n + 1),
      name,
      geburtsdatum: '1990-01-01',
      iban: `DE0${n}`,
      passwordHash: '$2b$10$abc',
      balance: 10,
      riskNotes: 'pays late',
    })),
    orders: [1, 2, 3, 1, 2, 3].map((owner, n) => ({
      id: String(11 + n),
      ownerId: String(owner),
      createdAt: '2026-11-01T10:00:00Z',
      quantity: 1,
      sku: 'TEA0001',
      comment: 'ring twice',
      lines: [{ sku: 'TEA0001' }],
      token: `dl-${n}`,
    })),
  };
}

/** Answers as the shop does. */
function application(): (asked: Asked) => Reply {
  const shop = createShop();
  let next = 100;
  const customer = (id: string): Row | undefined => shop.customers.find((row) => row['id'] === id);
  const routes: readonly (readonly [string, RegExp, (asked: Asked, id: string) => Reply])[] = [
    ['POST', /^\/login$/, () => ok({ accessToken: 'x' })],
    [
      'POST',
      /^\/register$/,
      ({ body }) => {
        const id = String(next++);
        shop.customers.push({ id, customerId: id, balance: 0, ...body });
        return { status: 201 };
      },
    ],
    ['PUT', /^\/me\/(?:password|email)$/, () => none],
    ['GET', /^\/customers$/, () => ok(shop.customers)],
    [
      'DELETE',
      /^\/customers$/,
      () => {
        shop.customers = [];
        return none;
      },
    ],
    [
      'GET',
      /^\/customers\/by-email\/(.+)$/,
      (_, email) => ok(shop.customers.find(({ name }) => email.startsWith(String(name)))),
    ],
    ['GET', /^\/customers\/(\d+)$/, (_, id) => (customer(id) === undefined ? missing : ok(customer(id)))],
    ['PUT', /^\/customers\/(\d+)$/, ({ body }, id) => ok(Object.assign(customer(id) ?? {}, body))],
    [
      'PATCH',
      /^\/customers\/(\d+)$/,
      ({ body }, id) => {
        const row = customer(id) ?? {};
        for (const change of body as readonly Row[]) row[String(change['path']).slice(1)] = change['value'];
        return ok(row);
      },
    ],
    [
      'GET',
      /^\/customers\/(\d+)\/delete$/,
      (_, id) => {
        shop.customers = shop.customers.filter((row) => row['id'] !== id);
        return none;
      },
    ],
    ['GET', /^\/sessions\/(.+)$/, (_, token) => ok({ token, userId: token.split('-')[1], isAdmin: false })],
    [
      'GET',
      /^\/orders$/,
      ({ query, caller }) =>
        ok(query.has('where') ? shop.orders : shop.orders.filter(({ ownerId }) => ownerId === caller)),
    ],
    [
      'POST',
      /^\/orders$/,
      ({ body, caller }) => {
        const row = { id: String(next++), ownerId: caller, createdAt: '2026-11-02T10:00:00Z', ...body };
        shop.orders.push(row);
        return ok(row, 201);
      },
    ],
    [
      'POST',
      /^\/orders\/(\d+)\/confirm$/,
      (_, id) => {
        const row = shop.orders.find((order) => order['id'] === id);
        return row === undefined ? missing : ok(Object.assign(row, { comment: 'confirmed' }));
      },
    ],
    ['POST', /^\/orders\/export$/, () => ({ status: 202 })],
    ['POST', /^\/payments$/, () => ({ status: 201 })],
    ['POST', /^\/notes$/, ({ body }) => ok(body, 201)],
    ['DELETE', /^\/admin\/users$/, () => none],
    ['GET', /^\/internal\/metrics$/, () => ({ status: 200, body: 'requests 5\n', type: 'text/plain' })],
    ['POST', /^\/test\/reset$/, () => none],
    ['GET', /^\/v[12]\/stock$/, () => ok({ left: 5 })],
    ['GET', /^\/catalogue$/, () => ok({ things: 3 })],
    ['GET', /^\/offers$/, () => ok({ offers: 2 })],
  ];
  return (asked) => {
    for (const [method, pattern, answer] of routes) {
      const found = method === asked.method ? pattern.exec(asked.path) : null;
      if (found !== null) return answer(asked, found[1] ?? '');
    }
    return missing;
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const [, payload = ''] = (request.headers.authorization ?? '').split('.');
  const { sub = '' } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { sub?: string };
  return {
    method: request.method ?? '',
    path: decodeURIComponent(pathname),
    query: searchParams,
    body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as Row) : {},
    caller: sub,
  };
}

/**
 * Starts the shop on the loopback interface.
 * @param port 0 for a free one
 */
export async function startShop(port = 0): Promise<{ readonly url: string; close(): Promise<void> }> {
  const answer = application();
  const server: Server = createServer((request, response) => {
    void read(request).then(
      (asked) => {
        const { status, body, type } = answer(asked);
        response.writeHead(status, body === undefined ? {} : { 'content-type': type ?? 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main === true) console.log((await startShop(Number(process.argv[2] ?? 3000))).url);
