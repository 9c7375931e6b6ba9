// npm run bench -- journey: where each microsecond of a guarded request goes, without the network.
// Every step runs by itself on the requests of bench/guard, in many short interleaved rounds. The least of the rounds is
// shown, because whatever else the machine does can only add to it.
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { compileRoutes } from '@castellan/contract';
import { createGuard, type Guard } from '@castellan/guard';
import { node, type GuardedHandler } from '@castellan/guard/node';
import { compileClientAddress } from '../../packages/guard/src/address.ts';
import type { GuardCore } from '../../packages/guard/src/core.ts';
import { Gcra } from '../../packages/guard/src/limits/gcra.ts';
import { Limiters } from '../../packages/guard/src/limits/limiters.ts';
import { Ended } from '../../packages/guard/src/audit/ended.ts';
import type { Exchange } from '../../packages/guard/src/exchange.ts';
import { throttleAddress } from '../../packages/guard/src/stages/throttle.ts';
import { route } from '../../packages/guard/src/stages/route.ts';
import { frame } from '../../packages/guard/src/stages/frame.ts';
import { NodeIncoming } from '../../packages/guard/src/node/request.ts';
import { credential } from '../guard/token.ts';
import { audience, contract, created, issuer, list, order } from '../guard/work.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    calls: { type: 'string', default: '2000' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const calls = Number(values.calls);

const { token, jwks } = await credential('ES256');
const guard = await createGuard({
  contract: contract(),
  authentication: { oauth: { issuer, audience, algorithms: ['ES256'], jwks: jwks as never } },
  limits: { perAddress: '1000000000/minute', perPrincipal: '1000000000/minute' },
  audit: { file: '/dev/null' },
});
const handler: GuardedHandler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.method === 'GET') response.end(JSON.stringify(list));
  else {
    response.statusCode = 201;
    response.end(JSON.stringify(created));
  }
};
const guarded = node(guard, handler);

const body = Buffer.from(JSON.stringify(order));
const common = ['Host', '127.0.0.1:8080', 'Authorization', `Bearer ${token}`];
const get = { method: 'GET', url: '/v1/orders?limit=20&status=open', rawHeaders: common, body: undefined };
const post = {
  method: 'POST',
  url: '/v1/orders',
  rawHeaders: [...common, 'Content-Type', 'application/json', 'Content-Length', String(body.length)],
  body,
};
type Sent = typeof get | typeof post;

/** A socket that takes everything and keeps nothing. */
const socket = {
  remoteAddress: '127.0.0.1',
  writable: true,
  destroyed: false,
  writableHighWaterMark: 65_536,
  writableLength: 0,
  _writableState: {},
  _httpMessage: null,
  bytes: 0,
  on() {},
  once() {},
  off() {},
  removeListener() {},
  cork() {},
  uncork() {},
  setTimeout() {},
  write(this: { bytes: number }, data: string | Uint8Array, _encoding?: unknown, written?: () => void) {
    this.bytes += data.length;
    if (typeof written === 'function') process.nextTick(written);
    return true;
  },
} as unknown as Socket & { bytes: number };

function incoming(sent: Parameters<typeof whole>[0]): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.method = sent.method;
  request.url = sent.url;
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.httpVersion = '1.1';
  request.rawHeaders = [...sent.rawHeaders];
  if (sent.body !== undefined) request.push(sent.body);
  request.complete = true;
  request.push(null);
  return request;
}

function outgoing(request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  return response;
}

/** Ends what a step began, so that the next call finds the socket free. */
function settled(response: ServerResponse): void {
  response.detachSocket(socket);
}

const steps = new Map<string, { readonly run: () => unknown; readonly times: number[] }>();
const step = (name: string, run: () => unknown): void => void steps.set(name, { run, times: [] });

function whole(
  sent: Pick<Sent, 'method' | 'url' | 'rawHeaders'> & { readonly body?: Buffer | undefined },
  serve: (request: IncomingMessage, response: ServerResponse) => unknown,
): () => unknown {
  return () => {
    const request = incoming(sent);
    const response = outgoing(request);
    return new Promise<void>((resolve) => {
      response.once('finish', () => {
        settled(response);
        resolve();
      });
      serve(request, response);
    });
  };
}

const bare = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(list));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.statusCode = 201;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(created));
  });
};

/** An exchange that has passed every stage. */
async function admitted(of: Guard, sent: Sent): Promise<Exchange> {
  const exchange = of.open(new NodeIncoming(incoming(sent), sent.url));
  if ((await of.admit(exchange)) !== true) throw new Error(JSON.stringify(exchange.verdict));
  exchange.status = sent.method === 'GET' ? 200 : 201;
  return exchange;
}

step('GET bare', whole(get, bare));
step('GET guarded', whole(get, guarded));
step('POST bare', whole(post, bare));
step('POST guarded', whole(post, guarded));
for (const [name, sent, answer] of [
  ['GET', get, JSON.stringify(list)],
  ['POST', post, JSON.stringify(created)],
] as const) {
  const exchange = await admitted(guard, sent);
  const { plan } = exchange;
  if (plan === undefined) throw new Error('no plan');
  const carrier = new NodeIncoming(incoming(sent), sent.url);
  step(`${name} open`, () => guard.open(carrier));
  const core = {
    settings: guard.settings,
    routes: compileRoutes(guard.contract),
    clientAddress: compileClientAddress([]),
    addressLimiter: new Gcra({ rate: { count: 1e9, seconds: 60 } }),
    limiters: new Limiters(),
    authentication: { resource: undefined },
    planOf: () => plan,
  } as unknown as GuardCore;
  step(`${name} frame`, () => frame(core, exchange));
  step(`${name} route`, () => route(core, exchange));
  step(`${name} throttle by address`, () => throttleAddress(core, exchange));
  if (sent === get) step('GET open and admit, all stages', () => guard.admit(guard.open(carrier)));
  for (const stage of plan.stages) {
    if (stage.name !== 'receive') step(`${name} ${stage.name}`, () => stage.run(exchange));
  }
  step(`${name} release`, () => plan.release.body(exchange, exchange.status, 'application/json', answer, undefined));
  step(`${name} audit line`, () => plan.scribe.line(new Ended(exchange, performance.now())));
  step(`${name} close: audit line, gathered and written`, () => guard.close(exchange));
  step(`${name} JSON.parse of the answer`, () => JSON.parse(answer));
}
/** What refuses, and on what: the cost of an attacker's request. */
const oauth = { issuer, audience, algorithms: ['ES256'], jwks: jwks as never } as const;
const shared = { contract: contract(), authentication: { oauth }, audit: { file: '/dev/null' } } as const;
const byAddress = await createGuard({ ...shared, limits: { perAddress: '1/day' } });
const byPrincipal = await createGuard({ ...shared, limits: { perAddress: 'off', perPrincipal: '1/day' } });
const withToken = (text: string): Refused => ({
  ...get,
  rawHeaders: ['Host', '127.0.0.1:8080', 'Authorization', `Bearer ${text}`],
});
type Refused = {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly body: undefined;
};
const refused: readonly (readonly [string, Guard, Refused])[] = [
  ['429 by address', byAddress, get],
  ['429 by principal', byPrincipal, get],
  ['401 without a token', guard, { ...get, rawHeaders: ['Host', '127.0.0.1:8080'] }],
  ['401 with a made-up token', guard, withToken('a.b.c')],
  ['401 with a wrong signature', guard, withToken(`${token.slice(0, -8)}AAAAAAAA`)],
  ['404', guard, { ...get, url: '/v1/nothing' }],
  ['400', guard, { ...get, url: '/v1/orders?limit=many' }],
];
for (const [name, of, sent] of refused) step(`refused: ${name}`, whole(sent, node(of, handler)));
step('JSON.stringify of the list', () => JSON.stringify(list));
step('JSON.parse of the order', () => JSON.parse(body.toString()));

for (const name of steps.keys()) if (values.only !== undefined && !name.includes(values.only)) steps.delete(name);
for (let round = 0; round < rounds; round++) {
  for (const { run, times } of steps.values()) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    times.push(((performance.now() - start) / calls) * 1000);
  }
}
for (const one of [guard, byAddress, byPrincipal]) await one.end();
for (const [name, { times }] of steps) {
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `${name.padEnd(52)} ${(sorted[0] ?? Number.NaN).toFixed(2).padStart(7)} µs   median ${(sorted[times.length >> 1] ?? Number.NaN).toFixed(2).padStart(7)}`,
  );
}
process.exit(0);
