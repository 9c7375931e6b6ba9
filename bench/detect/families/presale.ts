import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'login', method: 'POST', template: '/login' },
  queue: { operation: 'getQueuePosition', method: 'GET', template: '/queue/{ticketId}' },
  enter: { operation: 'enterQueue', method: 'POST', template: '/queue' },
  shows: { operation: 'listShows', method: 'GET', template: '/shows' },
  seats: { operation: 'getSeatMap', method: 'GET', template: '/shows/{showId}/seats' },
  hold: { operation: 'holdSeats', method: 'POST', template: '/shows/{showId}/holds' },
  buy: { operation: 'payHold', method: 'POST', template: '/holds/{holdId}/payment' },
  mine: { operation: 'getTicket', method: 'GET', template: '/tickets/{ticketId}' },
  void: { operation: 'adminVoidTicket', method: 'POST', template: '/admin/tickets/{ticketId}/void' },
} as const satisfies Record<string, Call>;

const limited = { status: 429, refused: ['throttle', 'rate-limited', 'rate'] } as const;

/** A quiet shop for a week; then a waiting room of hundreds who ask for their place every few seconds, most for the first time. */
function presale(seed: number, days: number): World {
  const t = new Traffic(seed * 167 + 31, Date.UTC(2027, 7, 2), days);
  const { random } = t;
  const sale = t.begin + random.pick([5, 6, 7]) * day + 10 * hour;
  const callers: Caller[] = [];
  for (let i = 0; i < 1100; i++) {
    const fan: Caller = {
      subject: `fan${i}`,
      issuer: 'https://id.tickets.example',
      kind: 'jwt',
      credential: '',
      address: i % 15 === 0 ? `203.0.113.${100 + (i % 4)}` : t.home(75, 40),
      agent: random.pick(['safari', 'chrome', 'chrome-mobile', 'tickets-app-9', 'firefox']),
    };
    const regular = i < 120;
    if (regular && i < 40) callers.push(fan);
    if (regular)
      for (let d = 0; d < days; d++) {
        if (!random.chance(0.45)) continue;
        const me = { ...fan, credential: `${fan.subject}-${d}` };
        const next = t.clock(t.at(d, [12, 6], [20, 5]), 9 * second);
        if (random.chance(0.3)) t.signIn(next, me, o.login, 0.15);
        t.call(next(), me, { ...o.shows, objects: Array.from({ length: 20 }, (_, n) => object('Show', String(n))) });
        for (let n = 0; n < random.below(5); n++)
          t.call(next(), me, { ...o.seats, objects: [object('Show', String(random.below(20)))], bytes: 40_000 });
        if (random.chance(0.2)) {
          t.call(next(), me, { ...o.hold, status: 201, objects: [object('Hold', `${i}-${d}`)] });
          t.call(next(), me, { ...o.buy, status: 201, objects: [object('Ticket', `${i}-${d}`)] });
        }
        if (random.chance(0.3))
          t.call(next(), me, { ...o.mine, objects: [object('Ticket', `${i}-${d}`)], sensitive: { barcode: 1 } });
      }
    if (!random.chance(0.75)) continue;
    const me = { ...fan, credential: `${fan.subject}-sale` };
    const arrived = sale - random.exponential(12) * minute + (random.chance(0.3) ? random.exponential(30) * minute : 0);
    const next = t.clock(arrived, 10 * second);
    t.signIn(next, me, o.login, 0.25);
    t.call(next(), me, { ...o.enter, status: 201, objects: [object('Place', String(i))] });
    let time = next();
    // A tab for each of the family, and a program that asks too often.
    const tabs = random.chance(0.15) ? 3 : 1;
    const until = Math.max(sale, arrived) + random.between(1, 25) * minute;
    for (; time < until; time += (10 / tabs) * second * random.between(0.8, 1.2))
      t.call(
        time,
        me,
        random.chance(tabs > 1 ? 0.2 : 0.01)
          ? { ...o.queue, ...limited }
          : { ...o.queue, objects: [object('Place', String(i))] },
      );
    const on = t.clock(time, 5 * second);
    for (let n = 0; n < 2 + random.below(9); n++) {
      t.call(on(), me, {
        ...o.seats,
        objects: [object('Show', '99')],
        bytes: 400_000,
        duration: random.logNormal(400, 0.8),
      });
      const gone = random.chance(0.6);
      t.call(
        on(),
        me,
        gone ? { ...o.hold, status: 409 } : { ...o.hold, status: 201, objects: [object('Hold', `${i}-s${n}`)] },
      );
      if (gone) continue;
      t.call(
        on(),
        me,
        random.chance(0.15)
          ? { ...o.buy, status: 402 }
          : {
              ...o.buy,
              status: 201,
              objects: Array.from({ length: 1 + random.below(4) }, (_, k) => object('Ticket', `${i}-s${k}`)),
            },
      );
      t.call(on(), me, { ...o.mine, objects: [object('Ticket', `${i}-s0`)], sensitive: { barcode: 1 } });
      break;
    }
  }
  const gates = [0, 1, 2].map((n) => keyed(`gate${n}`, `198.51.100.${80 + n}`, 'gate-scanner'));
  for (const [g, gate] of gates.entries())
    for (let d = 0; d < days; d++)
      for (let n = 0; n < 130; n++)
        t.call(
          t.begin + d * day + 19 * hour + n * 25 * second + g * second,
          gate,
          random.chance(0.03)
            ? { ...o.mine, status: 404 }
            : { ...o.mine, objects: [object('Ticket', `${(n * 3 + g) % 120}-${d}`)], sensitive: { barcode: 1 } },
        );
  const staff: Caller = {
    ...keyed('boxoffice', '10.4.4.4', 'chrome'),
    issuer: 'https://sso.tickets.example',
    kind: 'jwt',
  };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < (sale < t.begin + d * day ? 9 : 2); n++)
      t.call(t.at(d, [14, 4]), staff, { ...o.void, status: 200 });
  const dormant = keyed('old-gate', '192.0.2.247', 'gate-scanner');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, {
      ...o.mine,
      objects: [object('Ticket', `${n}-0`)],
      sensitive: { barcode: 1 },
    });
  return t.world(
    {
      single: o.mine,
      type: 'Ticket',
      list: o.shows,
      write: o.hold,
      profile: o.mine,
      login: o.login,
      business: o.buy,
      admin: o.void,
    },
    callers,
    dormant,
  );
}

export const presaleFamily: Family = { name: 'presale', heldOut: false, make: presale };
