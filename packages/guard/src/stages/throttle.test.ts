import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation, RateLimit } from '@castellan/contract';
import { BanList } from '../bans/index.ts';
import type { GuardCore } from '../core.ts';
import { Exchange } from '../exchange.ts';
import type { IncomingRequest } from '../incoming.ts';
import { Limiters } from '../limits/limiters.ts';
import type { Refusal } from '../problem.ts';
import { concurrency } from './concurrency.ts';
import { callerKey } from '../limits/key.ts';
import { throttle, throttleAddress } from './throttle.ts';

const rate = (count: number, seconds = 60): { count: number; seconds: number } => ({ count, seconds });

interface Caller {
  readonly address?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly tenant?: string;
}

function exchangeOf({ address = '192.0.2.1', subject, issuer = 'i', tenant }: Caller = {}): Exchange {
  const exchange = new Exchange('1', {} as IncomingRequest, 0, 0, undefined);
  exchange.address = address;
  exchange.auth = subject === undefined ? undefined : ({ subject, issuer, tenant } as NonNullable<Exchange['auth']>);
  return exchange;
}

interface Limits {
  readonly perAddress?: number;
  readonly perPrincipal?: number;
  readonly api?: Partial<RateLimit>;
  readonly own?: Partial<RateLimit>;
  readonly concurrency?: number;
}

const limitOf = (limit: Partial<RateLimit>): RateLimit =>
  ({ by: ['principal'], cost: 1, rate: rate(2), ...limit }) as RateLimit;

function limited({ perAddress, perPrincipal, api, own, concurrency: calls }: Limits): {
  readonly core: GuardCore;
  readonly operation: Operation;
  readonly later: (milliseconds: number) => void;
} {
  let now = 1_000_000;
  const limiters = new Limiters(() => now);
  return {
    core: {
      limiters,
      bans: new BanList(),
      addressLimiter: perAddress === undefined ? undefined : limiters.get('address', rate(perAddress)),
      settings: { perPrincipal: perPrincipal === undefined ? undefined : rate(perPrincipal), byMeaning: false },
      contract: { castellan: { rateLimit: api === undefined ? undefined : [limitOf(api)] } },
    } as unknown as GuardCore,
    operation: {
      operationId: 'read',
      castellan: { rateLimit: own === undefined ? undefined : [limitOf(own)], concurrency: calls },
    } as unknown as Operation,
    later: (milliseconds) => (now += milliseconds),
  };
}

/** Asks as often as callers are given, one after another: the reasons of the refusals. */
function asked(limits: Limits, callers: readonly Caller[]): (string | undefined)[] {
  const { core, operation } = limited(limits);
  const run = throttle.compile(core, operation);
  assert.notEqual(run, undefined);
  return callers.map((caller) => (run?.(exchangeOf(caller)) as Refusal | undefined)?.reason);
}

const ada = { subject: 'ada' };
const [fits, principal, operation, api] = [undefined, 'principal-limit', 'operation-limit', 'api-limit'];

const rows: readonly (readonly [
  name: string,
  limits: Limits,
  callers: readonly Caller[],
  reasons: readonly unknown[],
])[] = [
  ['a principal by the default', { perPrincipal: 2 }, [ada, ada, ada], [fits, fits, principal]],
  ['wherever he calls from', { perPrincipal: 1 }, [ada, { ...ada, address: '192.0.2.2' }], [fits, principal]],
  ['each principal on his own', { perPrincipal: 1 }, [ada, { subject: 'bob' }], [fits, fits]],
  ['one name of two issuers is two', { perPrincipal: 1 }, [ada, { ...ada, issuer: 'j' }, ada], [fits, fits, principal]],
  ['nobody is no principal', { perPrincipal: 1 }, [{}, {}, {}], [fits, fits, fits]],
  ['the cost counts', { perPrincipal: 3, own: { cost: 2, rate: rate(100) } }, [ada, ada], [fits, principal]],
  ['the cost of the API too', { perPrincipal: 3, api: { cost: 2, rate: rate(100) } }, [ada, ada], [fits, principal]],
  ['the operation', { own: {} }, [ada, ada, ada, { subject: 'bob' }], [fits, fits, operation, fits]],
  ['the cost of the operation', { own: { cost: 2 } }, [ada, ada], [fits, operation]],
  ['the burst of the operation', { own: { burst: 1 } }, [ada, ada], [fits, operation]],
  ['the API', { api: {} }, [ada, ada, ada], [fits, fits, api]],
  ['the operation instead of the API', { api: { rate: rate(1) }, own: {} }, [ada, ada, ada], [fits, fits, operation]],
  ['an operation that nobody signs in to', { own: {} }, [{}, {}, {}, { address: 'b' }], [fits, fits, operation, fits]],
  [
    'by address, whoever calls',
    { own: { by: ['address'] } },
    [ada, { subject: 'bob' }, { subject: 'eve' }, { ...ada, address: '192.0.2.2' }],
    [fits, fits, operation, fits],
  ],
  [
    'by tenant, whoever calls',
    { own: { by: ['tenant'] } },
    [
      { ...ada, tenant: 't' },
      { subject: 'bob', tenant: 't' },
      { subject: 'eve', tenant: 't' },
      { ...ada, tenant: 'u' },
    ],
    [fits, fits, operation, fits],
  ],
  [
    'by tenant without one',
    { own: { by: ['tenant'] } },
    [ada, ada, ada, { subject: 'bob' }],
    [fits, fits, operation, fits],
  ],
  [
    'a tenant counts for nothing elsewhere',
    { own: {} },
    [
      { ...ada, tenant: 't' },
      { subject: 'bob', tenant: 't' },
      { subject: 'eve', tenant: 't' },
    ],
    [fits, fits, fits],
  ],
  ['both, the principal first', { perPrincipal: 1, own: { rate: rate(1) } }, [ada, ada], [fits, principal]],
  ['both, the operation after', { perPrincipal: 3, own: { rate: rate(1) } }, [ada, ada], [fits, operation]],
];
for (const [name, limits, callers, reasons] of rows)
  test(`who is limited: ${name}`, () => assert.deepEqual(asked(limits, callers), reasons));

test('an operation without any limit costs nothing', () => {
  const { core, operation: plain } = limited({});
  assert.equal(throttle.compile(core, plain), undefined);
  assert.equal(throttleAddress(core, exchangeOf()), undefined);
  assert.equal(concurrency.compile(core, plain), undefined);
});

test('an address is limited before anybody is known, a network of IPv6 as one', () => {
  const { core } = limited({ perAddress: 1 });
  const of = (address: string): string | undefined =>
    (throttleAddress(core, exchangeOf({ address })) as Refusal | undefined)?.reason;
  assert.deepEqual(['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map(of), [
    fits,
    'address-limit',
    fits,
    fits,
    'address-limit',
    fits,
  ]);
});

test('the answer says how long to wait, and of what there is how much', () => {
  const { core, operation: own, later } = limited({ own: { rate: rate(2, 60) } });
  const run = throttle.compile(core, own);
  const ask = (): Refusal | undefined => run?.(exchangeOf(ada)) as Refusal | undefined;
  assert.deepEqual([ask(), ask()], [fits, fits]);
  assert.deepEqual(ask(), {
    type: 'rate-limited',
    reason: 'operation-limit',
    detail: 'Try again in 30 s.',
    headers: { 'retry-after': '30', ratelimit: '"operation";r=0;t=30', 'ratelimit-policy': '"operation";q=2;w=60' },
  });
  later(30_000);
  assert.deepEqual([ask(), ask()?.reason], [fits, operation]);
});

test('a caller is himself, or where nobody knows him his address', () => {
  assert.equal(callerKey(exchangeOf(ada)), 'i ada');
  assert.equal(callerKey(exchangeOf()), '192.0.2.1');
  const exchange = exchangeOf(ada);
  assert.deepEqual([callerKey(exchange), callerKey(exchange)], ['i ada', 'i ada']);
});

test('calls that run at once are counted for each caller, until each has ended', () => {
  for (const [limit, detail] of [
    [1, 'A call of'],
    [2, '2 calls of'],
  ] as const) {
    const { core, operation: own } = limited({ concurrency: limit });
    const run = concurrency.compile(core, own);
    const running = Array.from({ length: limit }, () => exchangeOf(ada));
    let ended = 0;
    for (const exchange of running) {
      exchange.finish = () => (ended += 1);
      assert.equal(run?.(exchange), undefined);
    }
    const refusal = run?.(exchangeOf(ada)) as Refusal | undefined;
    assert.deepEqual(
      [refusal?.type, refusal?.reason, refusal?.headers],
      ['rate-limited', 'concurrency-limit', { 'retry-after': '1' }],
    );
    assert.match(refusal?.detail ?? '', new RegExp(`^${detail}`));
    assert.equal(run?.(exchangeOf({ subject: 'bob' })), undefined);
    running[0]?.finish?.();
    assert.equal(ended, 1, 'what was to be done at the end is done as well');
    assert.equal(run?.(exchangeOf(ada)), undefined);
    assert.notEqual(run?.(exchangeOf(ada)), undefined);
  }
});
