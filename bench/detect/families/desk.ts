import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'signIn', method: 'POST', template: '/auth/sign-in' },
  find: { operation: 'searchCustomers', method: 'GET', template: '/customers' },
  customer: { operation: 'getCustomer', method: 'GET', template: '/customers/{customerId}' },
  contract: {
    operation: 'getContractOfCustomer',
    method: 'GET',
    template: '/customers/{customerId}/contracts/{contractId}',
  },
  note: { operation: 'addNote', method: 'POST', template: '/customers/{customerId}/notes' },
  bill: { operation: 'getBill', method: 'GET', template: '/bills/{billId}' },
  credit: { operation: 'adminGrantCredit', method: 'POST', template: '/admin/customers/{customerId}/credits' },
} as const satisfies Record<string, Call>;

/** A telephone company: people at the desk open the customers that call, on a day of an outage five times as many; one is hired. */
function desk(seed: number, days: number): World {
  const t = new Traffic(seed * 151 + 19, Date.UTC(2027, 5, 14), days);
  const { random } = t;
  const outage = random.pick([3, 4, 7, 8]);
  const callers: Caller[] = [];
  for (let i = 0; i < 350; i++) {
    const customer: Caller = {
      subject: `c${i}`,
      issuer: 'https://id.phone.example',
      kind: 'opaque-token',
      credential: `app${i}`,
      address: t.home(85, 20),
      agent: random.pick(['phone-app-7', 'phone-app-8', 'chrome']),
    };
    if (i < 60) callers.push(customer);
    for (let d = 0; d < days; d++) {
      if (!random.chance(d === outage ? 0.5 : i < 60 ? 0.6 : 0.15)) continue;
      const next = t.clock(t.at(d, [8, 4], [18, 6]), 8 * second);
      if (random.chance(0.15)) t.signIn(next, customer, o.login, 0.2);
      t.call(next(), customer, {
        ...o.customer,
        objects: [object('Customer', String(i))],
        sensitive: { phone: 1, iban: 1 },
      });
      for (let n = 0; n < random.below(4); n++)
        t.call(next(), customer, { ...o.bill, objects: [object('Bill', `${i}-${random.below(12)}`)], bytes: 60_000 });
      // A version of the app keeps the number of a customer before: one of them gets refusals all day.
      if (i === 17 && d >= 4)
        for (let n = 0; n < 30; n++)
          t.call(next() + n * minute, customer, {
            ...o.customer,
            ...denied,
            objects: [object('Customer', '16', 'refused')],
          });
    }
  }
  for (let a = 0; a < 22; a++) {
    const agent: Caller = {
      subject: `agent${a}`,
      issuer: 'https://sso.phone.example',
      kind: 'jwt',
      credential: '',
      address: '203.0.113.50',
      agent: a % 3 === 0 ? 'desk-edge' : 'desk-chrome',
    };
    const from = a >= 19 ? 4 + (a % 3) : 0;
    for (let d = from; d < days; d++) {
      if ((a + d) % 7 > 4) continue;
      const me = { ...agent, credential: `${agent.subject}-${d}` };
      const next = t.clock(t.begin + d * day + (8 + (a % 3) * 3) * hour + random.below(20) * minute, 35 * second);
      t.signIn(next, me, o.login, 0.1);
      const many = Math.round(random.logNormal(26, 0.35) * (d === outage ? 3 : 1) * (a % 8 === 5 ? 2 : 1));
      for (let n = 0; n < many; n++) {
        const who = random.below(350);
        if (random.chance(0.7))
          t.call(next(), me, {
            ...o.find,
            objects: Array.from({ length: 1 + random.below(9) }, (_, k) =>
              object('Customer', String((who + k * 37) % 350)),
            ),
            sensitive: { phone: 5 },
          });
        t.call(
          next(),
          me,
          random.chance(0.02)
            ? { ...o.customer, status: 404 }
            : { ...o.customer, objects: [object('Customer', String(who))], sensitive: { phone: 1, iban: 1 } },
        );
        for (let k = 0; k < random.below(3); k++)
          t.call(next(), me, { ...o.contract, objects: [object('Contract', `${who}-${k}`)], sensitive: { iban: 1 } });
        if (random.chance(0.5))
          t.call(
            next(),
            me,
            random.chance(0.03)
              ? { ...o.note, ...invalid }
              : { ...o.note, status: 201, objects: [object('Note', `${a}-${d}-${n}`)] },
          );
        if (random.chance(d === outage ? 0.25 : 0.03))
          t.call(next(), me, { ...o.credit, status: 201, objects: [object('Credit', `${a}-${d}-${n}`)] });
      }
    }
  }
  const campaign = keyed('campaign', '198.51.100.70', 'mailer');
  for (const d of [1, 4, 7])
    for (let n = 0; n < 350; n++)
      t.call(t.begin + d * day + 4 * hour + n * 2 * second, campaign, {
        ...o.customer,
        objects: [object('Customer', String(n))],
        sensitive: { phone: 1 },
      });
  const dormant = keyed('old-mailer', '192.0.2.244', 'mailer');
  for (let n = 0; n < 30; n++) t.call(t.begin + n * hour, dormant, { ...o.bill, objects: [object('Bill', `${n}-1`)] });
  return t.world(
    { single: o.bill, type: 'Bill', list: o.find, write: o.note, profile: o.customer, login: o.login, admin: o.credit },
    callers,
    dormant,
  );
}

export const deskFamily: Family = { name: 'desk', heldOut: false, make: desk };
