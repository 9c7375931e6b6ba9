// A model asked in two ways: a guarded application with loaders and filters, and a gateway before one that protects nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Operation } from '@castellan/contract';
import { startGateway } from '@castellan/gateway';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import type { Model, Row } from './model.ts';
import type { Database } from './tables.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks as a caller. */
export interface Way {
  ask(who: string, method: string, path: string, given?: Readonly<Record<string, unknown>>): Promise<Answer>;
  close(): Promise<void>;
}

/** What a guard and a gateway of a model have in common. */
export const optionsOf = (model: Model): GuardOptions => ({
  contract: model.contract,
  policies: model.policies,
  clock: () => model.clock,
  limits: { perAddress: 'off', perPrincipal: 'off' },
  onEvent: () => {},
  ...(model.entities === undefined ? {} : { entities: model.entities }),
  authentication: {
    login: {
      verify: (token: string) => {
        const caller = Object.hasOwn(model.callers, token) ? model.callers[token] : undefined;
        const { tenant, groups = [], subject = token, actor } = caller ?? {};
        return caller === undefined
          ? undefined
          : {
              subject,
              groups,
              ...(actor === undefined ? {} : { claims: { act: actor === '' ? {} : { sub: actor } } }),
              ...(tenant === undefined ? {} : { tenant }),
            };
      },
    },
  } as never,
});

/** The type that an operation is about, by its path: `/documents/…` is about a Document. */
function typeOf(model: Model, { path }: Pick<Operation, 'path'>): string {
  const segment = path.split('/')[1] ?? '';
  const type = Object.keys(model.rows).find((name) => `${name.toLowerCase()}s` === segment);
  assert.ok(type !== undefined, path);
  return type;
}

const rowOf = (model: Model, type: string, id: string): Row | undefined =>
  model.rows[type]?.find((row) => row.id === id);

/** Header fields and body of a question. */
function given(method: string, more: Readonly<Record<string, unknown>> = {}) {
  const sent = method === 'GET' || Object.keys(more).length === 0;
  return {
    headers: { ...(method === 'GET' ? more : {}), ...(sent ? {} : { 'content-type': 'application/json' }) } as Record<
      string,
      string
    >,
    ...(sent ? {} : { body: JSON.stringify(more) }),
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** In the application: lists are asked of every database, which must agree. */
export async function inApplication(model: Model, databases: readonly Database[]): Promise<Way> {
  const types = Object.keys(model.rows);
  const guard = await createGuard({
    ...optionsOf(model),
    filters: model.filters,
    resources: Object.fromEntries(
      types.map((type) => [type, (ids: readonly string[]) => ids.map((id) => rowOf(model, type, id))]),
    ),
  });
  assert.deepEqual(
    guard.notices.filter(({ code }) => code === 'untranslatable-filter'),
    [],
  );
  const handle = fetchGuard(guard, async (request, { operation, params, filter }) => {
    assert.ok(operation !== undefined);
    const type = typeOf(model, operation);
    const [id] = Object.values(params);
    if (id === undefined) {
      const mine = await filter(type);
      const [first = [], ...others] = await Promise.all(databases.map((database) => database.select(type, mine)));
      for (const other of others) assert.deepEqual(other, first);
      const kept = await mine.keep(model.rows[type] ?? []);
      assert.deepEqual(
        kept.map((row) => row.id),
        first,
      );
      return Response.json(first.map((one) => rowOf(model, type, one)));
    }
    if (request.method === 'DELETE') return new Response(null, { status: 204 });
    return Response.json(rowOf(model, type, String(id)));
  });
  return {
    async ask(who, method, path, more) {
      const { headers, ...rest } = given(method, more);
      const request = new Request(`http://api.example.com${path}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${who}` },
        ...rest,
      });
      return answerOf(await handle(request, { remoteAddress: '127.0.0.1' }));
    },
    close: () => guard.end(),
  };
}

/** At the gateway: what is behind answers everybody everything. */
export async function atGateway(model: Model): Promise<Way> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const type = typeOf(model, { path });
    const id = path.split('/')[2];
    const body = id === undefined ? model.rows[type] : rowOf(model, type, decodeURIComponent(id));
    request.resume();
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const gateway = await startGateway({
    ...optionsOf(model),
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: 0,
  });
  return {
    async ask(who, method, path, more) {
      const { headers, ...rest } = given(method, more);
      return answerOf(
        await fetch(`${gateway.url}${path}`, {
          method,
          headers: { ...headers, authorization: `Bearer ${who}` },
          ...rest,
        }),
      );
    },
    async close() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
