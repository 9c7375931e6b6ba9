// An API with limits, asked without a network: the caller's address, key and body are what each test says.
import {
  createGuard,
  type AnyOperations,
  type Guard,
  type GuardEvent,
  type GuardOptions,
  type TypedGuard,
} from '@castellan/guard';
import { fetchGuard, type FetchHandler } from '@castellan/guard/fetch';

/** Keys of callers, by name. */
const keys = ['ada', 'bob', 'eve', 'ada-2'] as const;
const keyOf = (name: string): string => `key-of-${name}-long-enough`;

export interface Call {
  readonly address?: string;
  /** Whose key is sent; nobody's where not said. */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LimitsApi {
  readonly guard: Guard;
  readonly events: readonly GuardEvent[];
  /** `POST /login`; gives the status. */
  readonly call: (operation: string, call?: Call) => Promise<number>;
  readonly ask: (operation: string, call?: Call) => Promise<Response>;
  /** Statuses of the same call again and again. */
  readonly calls: (times: number, operation: string, call?: Call) => Promise<number[]>;
  readonly later: (milliseconds: number) => void;
  readonly end: () => Promise<void>;
}

export const json = (schema: object = {}): object => ({
  content: { 'application/json': { schema } },
});
export const answer = (schema: object = {}): object => ({
  200: { description: 'ok', ...json(schema) },
  '4XX': { description: 'no', ...json() },
});

/** The document of an API; `paths` as they are in it. Anybody may call it, with a key or without. */
export function documentOf(paths: object, castellan?: object): Record<string, unknown> {
  return {
    openapi: '3.2.0',
    info: { title: 'Limits', version: '1' },
    ...(castellan === undefined ? {} : { 'x-castellan': castellan }),
    security: [{ key: [] }, {}],
    paths,
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
  };
}

export const answers =
  (status: number, body: unknown = {}): FetchHandler =>
  () =>
    Response.json(body, { status });

/** Starts a guard in front of a handler. */
export async function limitsApi(
  paths: object,
  handler: FetchHandler = answers(200),
  {
    castellan,
    options = {},
    start = Date.parse('2026-11-25T10:00:00Z'),
  }: {
    readonly castellan?: object | undefined;
    readonly options?: Partial<GuardOptions>;
    readonly start?: number;
  } = {},
): Promise<LimitsApi> {
  let now = start;
  const events: GuardEvent[] = [];
  const guard: TypedGuard<AnyOperations> = await createGuard({
    contract: documentOf(paths, castellan),
    clock: () => now,
    onEvent: (event) => events.push(event),
    authentication: {
      key: {
        keys: Object.fromEntries(
          keys.map((name) => [
            keyOf(name),
            { subject: name.split('-')[0] ?? name, tenant: name === 'eve' ? 't2' : 't1' },
          ]),
        ),
      },
    },
    ...options,
  });
  const handle = fetchGuard(guard, handler);
  const ask: LimitsApi['ask'] = (operation, { address = '192.0.2.1', as, body, headers = {} } = {}) => {
    const [method = 'GET', path = '/'] = operation.split(' ');
    return handle(
      new Request(`http://api.example.com${path}`, {
        method,
        headers: {
          ...(as === undefined ? {} : { 'x-key': keyOf(as) }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { remoteAddress: address },
    );
  };
  const call: LimitsApi['call'] = async (operation, of) => {
    const response = await ask(operation, of);
    await response.arrayBuffer();
    return response.status;
  };
  return {
    guard,
    events,
    ask,
    call,
    calls: async (times, operation, of) => {
      const statuses: number[] = [];
      for (let i = 0; i < times; i++) statuses.push(await call(operation, of));
      return statuses;
    },
    later: (milliseconds) => void (now += milliseconds),
    end: () => guard.end(),
  };
}

/** How many of the statuses are not 429. */
export const passed = (statuses: readonly number[]): number => statuses.filter((status) => status !== 429).length;
