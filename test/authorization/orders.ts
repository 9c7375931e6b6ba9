import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@castellan/gateway';
import { createGuard, type Guard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { ordersContract, ordersPolicies } from './orders-contract.ts';
import type { Side } from './both-sides.ts';

type Row = Record<string, unknown>;

/** What the API behind the guard knows and does; tests change it. */
interface OrdersState {
  readonly orders: Record<string, Row>;
  readonly users: Record<string, Row>;
  readonly products: Record<string, Row>;
  /** What handlers wrote, in order. */
  readonly writes: string[];
  /** Answers in the place of the application's own code. */
  override: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
}

export interface Orders {
  readonly url: string;
  readonly state: OrdersState;
  readonly events: GuardEvent[];
  readonly policies: string;
  readonly guard: Guard;
  close(): Promise<void>;
}

export const keys = { ada: 'key-of-ada-long-enough', bob: 'key-of-bob-long-enough', max: 'key-of-max-long-enough' };
const authentication = {
  key: {
    keys: {
      [keys.ada]: { subject: 'ada', tenant: 'north' },
      [keys.bob]: { subject: 'bob', tenant: 'north' },
      [keys.max]: { subject: 'max', tenant: 'north', groups: ['managers'] },
    },
  },
};

function freshState(): OrdersState {
  return {
    orders: {
      a1: { id: 'a1', tenantId: 'north', ownerId: 'ada', title: 'Tea', margin: 7, note: 'kept' },
      a2: { id: 'a2', tenantId: 'south', ownerId: 'ada', title: 'Moved away' },
      b1: { id: 'b1', tenantId: 'north', ownerId: 'bob', title: 'Secret of Bob' },
      m1: { id: 'm1', tenantId: 'north', ownerId: 'max', title: 'Of Max', margin: 9 },
    },
    users: { ada: { id: 'ada', name: 'Ada' }, bob: { id: 'bob', name: 'Bob' } },
    products: { p1: { id: 'p1', brandOwner: 'ada' }, p2: { id: 'p2', brandOwner: 'bob' } },
    writes: [],
    override: undefined,
  };
}

/** The orders API with the guard on one of its sides. */
export async function ordersBehindGuard(side: Side, options: Partial<GuardOptions> = {}): Promise<Orders> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-orders-'));
  const policies = join(folder, 'orders.cedar');
  writeFileSync(policies, ordersPolicies);
  const state = freshState();
  const events: GuardEvent[] = [];
  const guardOptions: GuardOptions = {
    contract: ordersContract,
    policies: join(folder, '*.cedar'),
    authentication,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    onEvent: (event) => void events.push(event),
    ...options,
  };
  const application = (request: IncomingMessage, response: ServerResponse): void => {
    handle(state, request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const shared = { state, events, policies };
  if (side === 'in the application') {
    const guard = await createGuard(guardOptions);
    const byId = (rows: Record<string, Row>) => (ids: readonly string[]) => ids.map((id) => rows[id]);
    guard.resource('Order', byId(state.orders));
    guard.resource('User', byId(state.users));
    guard.resource('Product', byId(state.products));
    const server = createServer(node(guard, application));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      ...shared,
      guard,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await guard.end();
        rmSync(folder, { recursive: true });
      },
    };
  }
  const server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway({
    ...guardOptions,
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: 0,
  });
  return {
    ...shared,
    guard: gateway.guard,
    url: gateway.url,
    async close() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** An application that checks nothing: whatever is stopped, the guard stopped it. */
async function handle(state: OrdersState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, collection = '', id = '', child] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? [];
  if (request.method !== 'GET' && request.method !== 'HEAD') state.writes.push(`${request.method} ${request.url}`);
  if ((await state.override?.(request, response)) === true) return;
  const send = (value: unknown): void => {
    response.writeHead(value === undefined ? 404 : 200, {
      'content-type': value === undefined ? 'application/problem+json' : 'application/json',
    });
    response.end(JSON.stringify(value ?? { title: 'not found' }));
  };
  if (child === 'receipt') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`receipt of ${String(state.orders[id]?.['title'])}`);
  } else if (collection === 'orders' && id !== '') send(state.orders[id]);
  else if (collection === 'orders' || collection === 'visible-orders') send({ items: Object.values(state.orders) });
  else if (collection === 'users') send(state.users[id]);
  else if (collection === 'products') send(state.products[id]);
  else send({ done: 1 });
}
