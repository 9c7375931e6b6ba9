// npm run bench -- authorize: what authorization adds to a request that answers a 2 KB list of 16 resources. The same
// guard with and without policies, in process, rounds in turn; medians.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard, type Guard, type GuardOptions, type IncomingRequest } from '@castellan/guard';

const uuid = (n: number): string => `0b7e9a52-6f0e-4c3e-9a35-${String(n).padStart(12, '0')}`;
const order = {
  type: 'object',
  'x-castellan': { resource: 'Order' },
  required: ['id', 'ownerId', 'status', 'total', 'createdAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    ownerId: { type: 'string', maxLength: 40, 'x-castellan': { resource: 'User' } },
    status: { type: 'string', enum: ['open', 'paid', 'shipped'] },
    total: { type: 'integer', minimum: 0 },
    createdAt: { type: 'string', format: 'date-time' },
  },
};
const answer = (schema: object): object => ({
  200: { description: 'ok', content: { 'application/json': { schema } } },
});
const contractWith = (properties: object): Readonly<Record<string, unknown>> => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/orders': {
      get: {
        operationId: 'listOrders',
        responses: answer({
          type: 'object',
          required: ['items'],
          properties: { items: { type: 'array', maxItems: 100, items: { $ref: '#/components/schemas/Order' } } },
        }),
      },
    },
    '/orders/{orderId}': {
      get: {
        operationId: 'getOrder',
        parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } }],
        responses: answer({ $ref: '#/components/schemas/Order' }),
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    schemas: { Order: { ...order, properties: { ...order.properties, ...properties } }, User: user },
  },
});
const user = {
  type: 'object',
  'x-castellan': { resource: 'User' },
  properties: { id: { type: 'string', maxLength: 40 } },
};

const owner = `permit (principal, action in [Action::"listOrders", Action::"getOrder"], resource is Order)
when { resource.ownerId == principal };`;
const window = `permit (principal in Group::"clerks", action in [Action::"listOrders", Action::"getOrder"], resource is Order)
when { resource.status == "open" && context.now >= resource.createdAt && context.now < resource.createdAt.offset(duration("78h")) };`;

const now = Date.parse('2026-11-24T09:00:00Z');
const items = Array.from({ length: 16 }, (_, n) => ({
  id: uuid(n),
  ownerId: 'ada',
  status: 'open',
  total: 1999 + n,
  createdAt: '2026-11-24T08:15:30Z',
}));
const key = 'a-key-of-some-length';
const incoming: IncomingRequest = {
  method: 'GET',
  target: '/orders',
  rawHeaders: ['Host', 'localhost', 'X-Key', key],
  headers: { host: 'localhost', 'x-key': key },
  httpVersion: '1.1',
  remoteAddress: '127.0.0.1',
  encrypted: false,
};

const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
async function guardWith(policies: string | undefined, properties: object = {}): Promise<Guard> {
  const file = join(folder, 'bench.cedar');
  if (policies !== undefined) writeFileSync(file, policies);
  const options: GuardOptions = {
    contract: contractWith(properties),
    clock: () => now,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: { key: { keys: { [key]: { subject: 'ada', groups: ['clerks'] } } } },
    ...(policies === undefined ? {} : { policies: file }),
  };
  return createGuard(options);
}

/** One request from its first byte to the released answer. */
async function once(guard: Guard, body: string): Promise<void> {
  const exchange = guard.open(incoming);
  const admitted = guard.admit(exchange);
  if (!(admitted instanceof Promise ? await admitted : admitted)) throw new Error(JSON.stringify(exchange.verdict));
  const outcome = exchange.plan?.release.body(exchange, 200, 'application/json', body, undefined);
  const released = outcome instanceof Promise ? await outcome : outcome;
  if (released?.action === 'withhold') throw new Error(JSON.stringify(released));
  guard.close(exchange);
}

async function measure(guard: Guard, body: string, calls: number): Promise<number> {
  // Processor time: what others do on the machine does not count.
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) await once(guard, body);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const rounds = 9;
const calls = 3000;
const restricted = { note: { type: 'string', 'x-castellan': { read: ['clerks'] } } };
const plain = JSON.stringify({ items });
const noted = JSON.stringify({ items: items.map((item) => ({ ...item, note: 'seen' })) });
const cases: readonly (readonly [name: string, guard: Guard, body: string])[] = [
  ['no policies', await guardWith(undefined), plain],
  ['owner policy: each of 16 objects is the caller’s', await guardWith(owner), plain],
  ['78-hour policy on each of 16 objects', await guardWith(window), plain],
  [
    '1,000 other policies loaded beside the owner policy',
    await guardWith(
      Array.from(
        { length: 1000 },
        (_, n) =>
          `permit (principal in Group::"g${n}", action == Action::"getOrder", resource is Order) when { resource.total == ${n} };`,
      ).join('\n') + owner,
    ),
    plain,
  ],
  ['no policies, a readable restricted property on each object', await guardWith(undefined, restricted), noted],
  ['owner policy and the restricted property', await guardWith(owner, restricted), noted],
];
const times = cases.map((): number[] => []);
for (let round = 0; round < rounds + 2; round++) {
  for (const [index, [, guard, body]] of cases.entries()) {
    const time = await measure(guard, body, calls);
    if (round >= 2) times[index]?.push(time);
  }
}
const parse: number[] = [];
for (let round = 0; round < rounds; round++) {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) JSON.parse(plain);
  const { user, system } = process.cpuUsage(before);
  parse.push((user + system) / calls);
}
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
const base = median(times[0] ?? []);
console.log(
  `a ${plain.length}-byte list of ${items.length} resources, µs of processor time per request, medians of ${rounds} rounds\n`,
);
console.log(
  `${'JSON.parse of the list, the yardstick for a busy machine'.padEnd(62)} ${median(parse).toFixed(1).padStart(7)}`,
);
for (const [index, [name]] of cases.entries()) {
  const time = median(times[index] ?? []);
  console.log(
    `${name.padEnd(62)} ${time.toFixed(1).padStart(7)}   ${index === 0 ? '' : `+${(time - base).toFixed(1)}`}`,
  );
}
for (const [, guard] of cases) await guard.end();
rmSync(folder, { recursive: true });
