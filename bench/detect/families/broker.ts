import { object, type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
  denied,
  hour,
  invalid,
  keyed,
  minute,
  second,
  Traffic,
  undocumented,
  type Family,
  type World,
} from './traffic.ts';

const o = {
  login: { operation: 'authenticate', method: 'POST', template: '/authenticate' },
  quote: { operation: 'calculatePremium', method: 'POST', template: '/quotes' },
  offers: { operation: 'listOffers', method: 'GET', template: '/quotes/{quoteId}/offers' },
  policies: { operation: 'listPolicies', method: 'GET', template: '/policies' },
  policy: { operation: 'getPolicy', method: 'GET', template: '/policies/{policyId}' },
  sign: { operation: 'purchasePolicy', method: 'POST', template: '/quotes/{quoteId}/purchase' },
  holder: { operation: 'getHolder', method: 'GET', template: '/holders/{holderId}' },
  book: { operation: 'exportPortfolio', method: 'GET', template: '/brokers/{brokerId}/portfolio/export' },
  old: { operation: 'calculatePremiumV1', method: 'POST', template: '/v1/quotes' },
} as const satisfies Record<string, Call>;

/** Brokers before the day on which contracts can be ended; a comparison site that asks in bursts; testers who try what must not work. */
function broker(seed: number, days: number): World {
  const t = new Traffic(seed * 181 + 43, Date.UTC(2027, 10, 23), days);
  const { random } = t;
  const deadline = 7;
  const callers: Caller[] = [];
  for (let b = 0; b < 55; b++) {
    const many = random.logNormal(7, 0.8);
    const person: Caller = {
      subject: `broker${b}`,
      issuer: 'https://id.cover.example',
      kind: 'jwt',
      credential: '',
      address: b % 2 === 0 ? `203.0.113.${120 + (b % 12)}` : t.home(),
      agent: random.pick(['chrome', 'edge', 'broker-suite-4', 'broker-suite-5']),
    };
    callers.push(person);
    for (let d = 0; d < days; d++) {
      if (!random.chance(t.weekday(d) > 4 ? (d > deadline - 3 ? 0.4 : 0.1) : 0.8)) continue;
      const me = { ...person, credential: `${person.subject}-${d}` };
      const next = t.clock(t.at(d, [10, 4], [15, 5]), 25 * second);
      t.signIn(next, me, o.login, 0.12);
      const rush = d > deadline - 3 && d <= deadline ? 3.5 : 1;
      const n = Math.min(90, Math.round(random.exponential(many) * rush));
      t.call(next(), me, {
        ...o.policies,
        objects: Array.from({ length: 20 }, (_, k) => object('Policy', `${b}-${k}`)),
      });
      for (let q = 0; q < n; q++) {
        const id = `${b}-${d}-${q}`;
        const wrong = random.chance(0.15);
        t.call(
          next(),
          me,
          wrong
            ? { ...o.quote, ...invalid }
            : { ...o.quote, status: 201, objects: [object('Quote', id)], duration: random.logNormal(600, 0.7) },
        );
        if (wrong) continue;
        t.call(next(), me, {
          ...o.offers,
          objects: Array.from({ length: 8 }, (_, k) => object('Offer', `${id}-${k}`)),
        });
        if (random.chance(0.25)) t.call(next(), me, { ...o.sign, status: 201, objects: [object('Policy', `n${id}`)] });
        if (random.chance(0.35))
          t.call(next(), me, { ...o.policy, objects: [object('Policy', `${b}-${random.below(180)}`)] });
        if (random.chance(0.2))
          t.call(next(), me, {
            ...o.holder,
            objects: [object('Holder', `${b}-${random.below(180)}`)],
            sensitive: { birth: 1, iban: 1 },
          });
      }
      if (b % 10 === 3 && d === deadline - 2)
        for (let k = 0; k < 4; k++) t.call(next(), me, { ...o.book, records: 45, sensitive: { birth: 45 } });
      // Contracts that went to somebody else are still in a list of theirs.
      if (random.chance(0.08))
        for (let k = 0; k < 1 + random.below(5); k++)
          t.call(next(), me, { ...o.policy, ...denied, objects: [object('Policy', `moved${b}-${k}`, 'refused')] });
    }
  }
  for (const [s, agent] of ['compare24', 'quotefinder'].entries()) {
    const site = keyed(agent, `198.51.100.${30 + s}`, agent);
    for (let d = 0; d < days; d++)
      for (let burst = 0; burst < 45 * (d > deadline - 3 && d <= deadline ? 3 : 1); burst++) {
        const time = t.at(d, [12, 8], [20, 4]);
        for (let k = 0; k < 3; k++)
          t.call(
            time + k * second,
            site,
            random.chance(0.04)
              ? { ...(s === 1 ? o.old : o.quote), ...invalid }
              : {
                  ...(s === 1 ? o.old : o.quote),
                  status: 201,
                  objects: [object('Quote', `${agent}-${d}-${burst}-${k}`)],
                },
          );
      }
  }
  // Testers of the new suite: by hand, some days, from the office, and most of it is wrong on purpose.
  for (const n of [0, 1]) {
    const tester: Caller = {
      subject: `tester${n}`,
      issuer: 'https://id.cover.example',
      kind: 'jwt',
      credential: '',
      address: '203.0.113.199',
      agent: 'broker-suite-6-rc',
    };
    for (const d of [1, 2, 4 + n, 6]) {
      const me = { ...tester, credential: `${tester.subject}-${d}` };
      const next = t.clock(t.begin + d * day + 10 * hour + n * 20 * minute, 40 * second);
      for (let k = 0; k < 14; k++) {
        t.call(next(), me, {
          ...o.quote,
          ...invalid,
          refused: ['validate', 'invalid-request', k % 2 === 0 ? 'schema' : 'content-type'],
        });
        t.call(
          next(),
          me,
          k % 5 === 0
            ? { ...o.policy, status: 404 }
            : { ...o.quote, status: 201, objects: [object('Quote', `t${n}-${d}-${k}`)] },
        );
      }
      if (d > 2) t.call(next(), me, undocumented('/quotes/drafts', 'POST'));
    }
  }
  const dormant = keyed('old-compare', '192.0.2.250', 'compare24');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.quote, status: 201, objects: [object('Quote', `old-${n}`)] });
  return t.world(
    {
      single: o.policy,
      type: 'Policy',
      list: o.policies,
      write: o.quote,
      profile: o.holder,
      login: o.login,
      business: o.sign,
      admin: o.book,
      deprecated: o.old,
    },
    callers,
    dormant,
  );
}

export const brokerFamily: Family = { name: 'broker', heldOut: true, make: broker };
