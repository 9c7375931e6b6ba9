import type { Facts } from '@castellan/guard';
import type { Sequence, Step } from './detector.ts';

const day = 86_400;
const users = 40;
const days = 5;

/** Milliseconds: five days after the example API began. */
const sequencesBegin = Date.UTC(2026, 2, 7, 12);

const operations: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'POST /login': 'login',
    'GET /orders': 'listOrders',
    'POST /orders': 'createOrder',
    'GET /orders/{id}': 'getOrder',
    'GET /products': 'listProducts',
    'GET /products/{id}': 'getProduct',
    'POST /cart': 'addToCart',
    'GET /users/{id}': 'getUser',
    'GET /v1/products': 'oldListProducts',
    'GET /admin/users': 'adminListUsers',
    'GET /admin/export': 'adminExport',
    'POST /admin/users/{id}/roles': 'giveRole',
    'GET /internal/keys': 'internalKeys',
  }),
);

/** The document of the example API that sequences play on. */
export const sequenceDocument: Readonly<Record<string, unknown>> = (() => {
  const paths: Record<string, Record<string, unknown>> = Object.create(null) as Record<string, Record<string, unknown>>;
  for (const [call, operationId] of operations) {
    const [method = '', path = ''] = call.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = {
      operationId,
      ...(operationId === 'oldListProducts' ? { deprecated: true } : {}),
      ...(operationId === 'internalKeys' ? { 'x-castellan': { canary: true } } : {}),
      ...(path.includes('{')
        ? { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] }
        : {}),
      responses: { 200: { description: 'ok' } },
    };
  }
  return { openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths };
})();

/** The honey path of the example. */
export const sequenceHoney: readonly string[] = ['/backup.sql'];

let numbers = 0;

/** Five days of ordinary traffic, in their order: forty users, a partner, an administrator, a job that ends on the first day. */
export function ordinaryDays(): readonly Facts[] {
  const facts: Facts[] = [];
  const start = sequencesBegin / 1000 - days * day;
  for (let d = 0; d <= days; d++) {
    for (let u = 1; u <= users; u++) {
      const from = start + d * day + ((u * 977) % (10 * 3600));
      if (d < days) facts.push(...session(`user${u}`, from));
    }
    for (let page = 0; page < 60; page++) {
      const at = start + d * day + 3600 + page * 5;
      if (at < sequencesBegin / 1000)
        facts.push(
          ...play({ by: 'partner', call: page % 12 === 0 ? 'GET /v1/products' : 'GET /products', many: 50 }, at),
        );
    }
    if (d < days)
      for (let n = 0; n < 4; n++)
        facts.push(
          ...play(
            { by: 'admin', call: n === 3 ? 'GET /admin/export' : 'GET /admin/users', sensitive: 5 },
            start + d * day + 9000 + n * 600,
          ),
        );
  }
  for (let n = 0; n < 20; n++)
    facts.push(...play({ by: 'old-job', call: 'GET /products', many: 20 }, start + 7200 + n * 600));
  return facts.sort((a, b) => a.time - b.time);
}

function session(by: string, from: number): Facts[] {
  const steps: Step[] = [
    { call: 'POST /login' },
    { by, call: 'GET /products', many: 20 },
    { by, call: 'GET /products/{id}', times: 4 },
    { by, call: 'GET /orders' },
    { by, call: 'GET /orders/{id}', times: 2 },
    { by, call: 'GET /users/{id}', sensitive: 2 },
    { by, call: 'POST /cart' },
    { by, call: 'POST /orders' },
  ];
  return steps.flatMap((step, i) => play({ every: 7, ...step }, from + i * 40));
}

/** The facts of a sequence, after the ordinary days. */
export function sequenceFacts({ steps }: Sequence): readonly Facts[] {
  const facts: Facts[] = [];
  let at = sequencesBegin / 1000;
  for (const step of steps) {
    at += step.after ?? 30;
    facts.push(...play(step, at));
    at += (step.times ?? 1) * (step.every ?? 10);
  }
  return facts;
}

/** @param from seconds */
function play(step: Step, from: number): Facts[] {
  const { times = 1, every = 10 } = step;
  return Array.from({ length: times }, (_, i) => factOf(step, from + i * every, i));
}

function factOf(step: Step, time: number, i: number): Facts {
  const { by, status = 200, many = 1, objects = 'own' } = step;
  const [method = '', template = ''] = step.call.split(' ');
  const operation = operations.get(step.call) ?? '';
  numbers += 1;
  const isIn = by !== undefined && status !== 401;
  const names =
    step.call.startsWith('GET') || status === 201 ? objectsOf(step, i + (step.nth ?? 0), many, objects) : [];
  const [stage, type, reason] = step.refused?.split(' ') ?? [];
  const each = (text: string | undefined): string | undefined => (text === 'each' ? `${text}-${numbers}` : text);
  return {
    id: `request-${numbers}`,
    time: time * 1000,
    duration: step.duration ?? 10 + (numbers % 7),
    api: 'Shop',
    contract: '',
    operation,
    method,
    template,
    status,
    address: step.from === 'each' ? `192.0.${numbers % 250}.9` : (step.from ?? addressOf(by)),
    agent: step.agent ?? (by === 'partner' || by === 'old-job' ? by : 'browser'),
    principal: isIn
      ? {
          subject: by,
          issuer: 'https://login.example.com',
          tenant: undefined,
          credentialKind: by === 'partner' || by === 'old-job' ? 'api-key' : 'jwt',
          credentialId: step.credential ?? `${by}-session`,
        }
      : undefined,
    attempt:
      step.account === undefined
        ? undefined
        : { kind: 'password', account: each(step.account), secret: each(step.secret) },
    refused: stage === undefined || type === undefined ? undefined : { stage, type, reason },
    ...(step.probe === undefined ? {} : { probe: step.probe }),
    observed: [],
    objects: names.map((id) => ({ type: 'Object', id, verdict: status === 403 ? 'refused' : 'permitted' })),
    objectCount: names.length,
    records: status < 300 ? names.length : 0,
    bytesIn: 0,
    bytesOut: step.bytes ?? (status < 300 ? 300 + 200 * names.length : 150),
    sensitive: step.sensitive === undefined ? {} : { email: step.sensitive },
    removed: 0,
    alarms: [],
    trace: undefined,
  };
}

function objectsOf(
  { call, by, status = 200 }: Step,
  i: number,
  many: number,
  which: 'own' | 'new' | 'others',
): string[] {
  if (status === 404 || call.includes('/admin') || !operations.has(call)) return [];
  const kind = call.replace(/^\w+ \/(?:v1\/)?(\w+).*/, '$1');
  if (which === 'new') return Array.from({ length: many }, (_, n) => `${kind}-x${numbers * 100 + n}`);
  if (which === 'others')
    return Array.from({ length: many }, (_, n) => `${kind}-user${1 + (((i + n) * 7) % users)}-${i % 2}`);
  return Array.from({ length: many }, (_, n) => `${kind}-${kind === 'products' ? '' : by}-${(i % 20) + n}`);
}

function addressOf(by: string | undefined): string {
  const number = Number(/\d+$/.exec(by ?? '')?.[0] ?? 200);
  return by === undefined ? '198.51.100.250' : `10.${number % 250}.${by.length}.7`;
}
