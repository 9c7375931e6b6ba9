import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'login', method: 'POST', template: '/login' },
  events: { operation: 'listEvents', method: 'GET', template: '/events' },
  seats: { operation: 'listSeats', method: 'GET', template: '/events/{eventId}/seats' },
  hold: { operation: 'holdSeat', method: 'POST', template: '/events/{eventId}/holds' },
  buy: { operation: 'buyTickets', method: 'POST', template: '/orders' },
  order: { operation: 'getOrder', method: 'GET', template: '/orders/{orderId}' },
  me: { operation: 'getAccount', method: 'GET', template: '/accounts/{accountId}' },
  guests: { operation: 'exportGuests', method: 'GET', template: '/admin/events/{eventId}/guests/export' },
} as const satisfies Record<string, Call>;

/** Concerts: nothing for days, and on three mornings at ten everybody asks for seats every two seconds until they are gone. */
function tickets(seed: number, days: number): World {
  const t = new Traffic(seed * 83 + 53, Date.UTC(2026, 3, 13), days);
  const { random } = t;
  const sales = [2, 4, 7].filter((d) => d < days).map((d) => t.begin + d * day + 10 * hour);
  const callers: Caller[] = [];
  for (let i = 0; i < 420; i++) {
    const caller: Caller = {
      subject: `fan${i}`,
      issuer: 'https://id.tickets.example',
      kind: 'session',
      credential: '',
      address: random.chance(0.1) ? '198.51.100.240' : t.home(20, 60),
      agent: random.pick(['safari', 'chrome', 'firefox', 'tickets-ios-2']),
    };
    if (i < 200) callers.push(caller);
    const orders = [`${i}-old`];
    const visit = (start: number, name: string, event: string, isSale: boolean): void => {
      const next = t.clock(start, isSale ? 1700 : 9 * second);
      const me = { ...caller, credential: `${i}-${name}` };
      t.signIn(next, me, o.login, 0.12);
      t.call(next(), me, { ...o.events, objects: Array.from({ length: 15 }, (_, n) => object('Event', `e${n}`)) });
      const tries = isSale ? 8 + random.below(45) : random.below(4);
      let gotOne = false;
      for (let n = 0; n < tries && !gotOne; n++) {
        t.call(next(), me, {
          ...o.seats,
          objects: Array.from({ length: 40 }, () => object('Seat', `${event}-${random.below(900)}`)),
        });
        if (!random.chance(isSale ? 0.5 : 0.2)) continue;
        const gone = random.chance(isSale ? 0.85 : 0.1);
        t.call(next(), me, { ...o.hold, status: gone ? 409 : 201, objects: gone ? [] : [object('Hold', `${i}-${n}`)] });
        if (gone) continue;
        gotOne = true;
        if (random.chance(0.1)) t.call(next(), me, { ...o.buy, ...invalid });
        orders.push(`${i}-${name}`);
        t.call(next(), me, { ...o.buy, status: 201, objects: [object('Order', `${i}-${name}`)] });
      }
      if (gotOne || random.chance(0.3))
        t.call(next(), me, { ...o.order, objects: [object('Order', random.pick(orders))] });
      if (random.chance(0.1))
        t.call(next(), me, { ...o.me, objects: [object('Account', String(i))], sensitive: { email: 1 } });
    };
    for (let d = 0; d < days; d++)
      if (random.chance(0.14)) visit(t.at(d, [12, 4], [20, 4]), `${d}`, `e${random.below(15)}`, false);
    for (const [k, at] of sales.entries())
      if (random.chance(0.45)) visit(at + random.between(-2, 8) * minute, `sale${k}`, `sale${k}`, true);
  }
  // Doors scan orders on evenings.
  for (let i = 0; i < 3; i++)
    for (let d = 0; d < days; d++) {
      if ((d + i) % 3 !== 0) continue;
      const next = t.clock(t.begin + d * day + 19 * hour, 4 * second);
      for (let n = 0; n < 240; n++)
        t.call(
          next(),
          keyed(`door${i}`, `100.70.${i}.${1 + random.below(3)}`, 'door-3'),
          random.chance(0.03)
            ? { ...o.order, status: 404 }
            : { ...o.order, objects: [object('Order', `${random.below(420)}-old`)] },
        );
    }
  const office: Caller = { ...(callers[0] as Caller), subject: 'promoter', address: '192.0.2.21', agent: 'edge' };
  for (let d = 0; d < days; d++)
    t.call(
      t.begin + d * day + 15 * hour,
      { ...office, credential: `promoter-${d}` },
      {
        ...o.guests,
        objects: Array.from({ length: 100 }, (_, n) => object('Guest', `${d}-${n}`)),
        sensitive: { email: 100 },
      },
    );
  const dormant = keyed('old-door', '192.0.2.190', 'door-1');
  for (let n = 0; n < 60; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.order, objects: [object('Order', `${n}-old`)] });
  return t.world(
    {
      single: o.order,
      type: 'Order',
      list: o.seats,
      write: o.hold,
      profile: o.me,
      login: o.login,
      admin: o.guests,
      business: o.buy,
    },
    callers,
    dormant,
  );
}

export const ticketsFamily: Family = { name: 'tickets', heldOut: false, make: tickets };
