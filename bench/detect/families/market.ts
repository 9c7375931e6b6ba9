import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  quotes: { operation: 'listQuotes', method: 'GET', template: '/quotes' },
  quote: { operation: 'getQuote', method: 'GET', template: '/quotes/{symbol}' },
  order: { operation: 'placeOrder', method: 'POST', template: '/orders' },
  cancel: { operation: 'cancelOrder', method: 'DELETE', template: '/orders/{orderId}' },
  state: { operation: 'getOrderState', method: 'GET', template: '/orders/{orderId}' },
  account: { operation: 'getTradingAccount', method: 'GET', template: '/accounts/{accountId}' },
  halt: { operation: 'adminHalt', method: 'POST', template: '/admin/markets/{marketId}/halt' },
  old: { operation: 'getQuoteV0', method: 'GET', template: '/v0/quotes/{symbol}' },
} as const satisfies Record<string, Call>;

/** Electricity: programs trade quarter hours, most in the minutes before the gate closes; on a day without wind ten times as much. */
function market(seed: number, days: number): World {
  const t = new Traffic(seed * 113 + 83, Date.UTC(2026, 9, 5), days);
  const { random } = t;
  const wild = random.pick([3, 5, 6]);
  const callers: Caller[] = [];
  for (let i = 0; i < 32; i++) {
    const trader: Caller = {
      ...keyed(`trader${i}`, `192.0.2.${60 + i}`, i % 4 === 0 ? 'fix-bridge' : `algo-${i % 5}`),
      issuer: 'https://id.market.example',
      kind: 'jwt',
      credential: '',
    };
    callers.push(trader);
    const active = random.logNormal(1.2, 0.7);
    for (let d = 0; d < days; d++)
      for (let h = 6; h < 22; h++) {
        if (random.chance(0.4)) continue;
        const next = t.clock(t.begin + d * day + h * hour + (40 + random.below(12)) * minute, 6 * second);
        const me = { ...trader, credential: `${trader.subject}-${d}` };
        const orders = Math.min(60, Math.round(random.exponential(active) * (d === wild ? 5 : 1)));
        t.call(next(), me, {
          ...o.quotes,
          objects: Array.from({ length: 24 }, (_, n) => object('Quote', `${d}-${n}`)),
        });
        for (let n = 0; n < orders; n++) {
          const id = `${i}-${d}-${h}-${n}`;
          const wrong = random.chance(0.07);
          t.call(next(), me, { ...o.quote, objects: [object('Quote', `${d}-${random.below(96)}`)] });
          t.call(
            next(),
            me,
            wrong ? { ...o.order, ...invalid } : { ...o.order, status: 201, objects: [object('Order', id)] },
          );
          if (!wrong)
            for (let k = 0; k < random.below(4); k++)
              t.call(next(), me, { ...o.state, objects: [object('Order', id)] });
          if (!wrong && random.chance(0.35))
            t.call(next(), me, { ...o.cancel, status: random.chance(0.3) ? 404 : 204, objects: [object('Order', id)] });
        }
        if (random.chance(0.1))
          t.call(next(), me, { ...o.account, objects: [object('Account', String(i))], sensitive: { balance: 1 } });
      }
  }
  for (let i = 0; i < 9; i++) {
    const reader = keyed(`screen${i}`, `198.51.100.${130 + i}`, 'screen');
    for (let time = t.begin + i * second; time < t.end; time += (i + 2) * 2 * minute)
      t.call(
        time,
        reader,
        i === 8
          ? { ...o.old, objects: [object('Quote', `x-${random.below(96)}`)] }
          : {
              ...o.quotes,
              objects: Array.from({ length: 24 }, (_, n) =>
                object('Quote', `${Math.floor((time - t.begin) / day)}-${n}`),
              ),
            },
      );
  }
  const watch: Caller = {
    subject: 'surveillance',
    issuer: 'https://id.exchange.example',
    kind: 'jwt',
    credential: 'surveillance',
    address: '10.1.1.1',
    agent: 'chrome',
  };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < (d === wild ? 12 : 1); n++)
      t.call(t.begin + d * day + random.between(7, 20) * hour, watch, { ...o.halt, status: 202 });
  const dormant = keyed('old-screen', '192.0.2.233', 'screen-1');
  for (let n = 0; n < 60; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.quote, objects: [object('Quote', `0-${n}`)] });
  return t.world(
    {
      single: o.state,
      type: 'Order',
      list: o.quotes,
      write: o.order,
      profile: o.account,
      admin: o.halt,
      deprecated: o.old,
    },
    callers,
    dormant,
  );
}

export const marketFamily: Family = { name: 'market', heldOut: true, make: market };
