import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  token: { operation: 'refreshToken', method: 'POST', template: '/auth/refresh' },
  stop: { operation: 'getStop', method: 'GET', template: '/stops/{stopId}' },
  departures: { operation: 'listDepartures', method: 'GET', template: '/stops/{stopId}/departures' },
  tickets: { operation: 'listTickets', method: 'GET', template: '/tickets' },
  ticket: { operation: 'getTicket', method: 'GET', template: '/tickets/{ticketId}' },
  quote: { operation: 'quoteFare', method: 'POST', template: '/fares' },
  buy: { operation: 'purchaseTicket', method: 'POST', template: '/tickets' },
  rider: { operation: 'getRider', method: 'GET', template: '/riders/{riderId}' },
  inspect: { operation: 'adminInspect', method: 'GET', template: '/admin/tickets/{ticketId}' },
} as const satisfies Record<string, Call>;

/** Trains and trams: two peaks a day; after an outage all telephones come back at once and ask for everything anew. */
function transit(seed: number, days: number): World {
  const t = new Traffic(seed * 79 + 47, Date.UTC(2026, 10, 16), days);
  const { random } = t;
  const outages = [random.between(2, 5), random.between(5.2, days - 0.5)].map(
    (at) => t.begin + Math.floor(at) * day + random.pick([8, 17]) * hour,
  );
  const lasts = 35 * minute;
  const callers: Caller[] = [];
  for (let i = 0; i < 260; i++) {
    const caller: Caller = {
      subject: `rider${i}`,
      issuer: 'https://id.transit.example',
      kind: 'jwt',
      credential: '',
      address: t.home(100, 5),
      agent: random.pick(['transit-ios-7', 'transit-android-7', 'transit-android-6']),
    };
    callers.push(caller);
    const stops = Array.from({ length: 4 }, () => String(random.below(300)));
    const tickets: string[] = [`${i}-pass`];
    const open = (start: number, name: string, isBack: boolean): void => {
      const next = t.clock(start, isBack ? 1200 : 8 * second);
      const me = {
        ...caller,
        credential: `${i}-${name}`,
        address: random.chance(0.6) ? t.home(100, 5) : caller.address,
      };
      const down = (time: number): boolean => outages.some((at) => time > at && time < at + lasts);
      const go = (call: Call): void => {
        const time = next();
        if (!down(time)) return t.call(time, me, call);
        // While it is down: again after two seconds, four, eight …
        for (let n = 0; n < 5; n++)
          t.call(time + 2 ** n * 2 * second, me, { ...call, status: random.pick([502, 503, 504]), objects: [] });
      };
      if (isBack) {
        // The tokens ran out meanwhile; the app tries the old one first.
        for (let n = 0; n < 1 + random.below(3); n++)
          t.call(
            next(),
            { ...me, subject: undefined },
            {
              ...o.tickets,
              status: 401,
              refused: ['authenticate', 'unauthenticated', 'expired'],
              attempt: { secret: `${i}-old` },
            },
          );
        t.call(next(), { ...me, subject: undefined }, o.token);
      }
      for (const stop of isBack ? stops : [random.pick(stops)]) {
        go({ ...o.stop, objects: [object('Stop', stop)] });
        go({ ...o.departures, objects: Array.from({ length: 15 }, (_, k) => object('Departure', `${stop}-${k}`)) });
      }
      if (isBack || random.chance(0.4)) {
        go({ ...o.tickets, objects: tickets.map((id) => object('Ticket', id)) });
        for (const id of isBack ? tickets.slice(-6) : [random.pick(tickets)])
          go({ ...o.ticket, objects: [object('Ticket', id)] });
      }
      if (random.chance(0.12)) {
        go({ ...o.quote, ...(random.chance(0.05) ? invalid : {}) });
        tickets.push(`${i}-${name}`);
        go({ ...o.buy, status: 201, objects: [object('Ticket', `${i}-${name}`)] });
      }
      if (random.chance(0.03))
        go({ ...o.rider, objects: [object('Rider', String(i))], sensitive: { email: 1, card: 1 } });
    };
    for (let d = 0; d < days; d++) {
      const weekend = t.weekday(d) > 4;
      for (let n = 0; n < (weekend ? random.below(3) : 1 + random.below(4)); n++)
        open(t.at(d, [7.8, 1.6], [17.3, 2]), `${d}-${n}`, false);
    }
    for (const [k, at] of outages.entries())
      if (random.chance(0.7)) open(at + lasts + random.exponential(90 * second), `back${k}`, true);
  }
  // Boards at stops poll; operators of other apps have keys.
  for (let i = 0; i < 6; i++) {
    const board = keyed(`boards${i}`, `192.0.2.${70 + i}`, 'board-2');
    for (let time = t.begin + i * 7 * second; time < t.end; time += 4 * minute)
      t.call(time, board, {
        ...o.departures,
        status: outages.some((at) => time > at && time < at + lasts) ? 503 : 200,
        objects: Array.from({ length: 15 }, (_, k) => object('Departure', `b${i}-${k}`)),
      });
  }
  for (let i = 0; i < 5; i++)
    for (let d = 0; d < days; d++)
      for (let n = 0; n < 40; n++)
        t.call(
          t.at(d, [9, 3], [17, 3]),
          {
            ...(callers[0] as Caller),
            subject: `inspector${i}`,
            credential: `insp${i}-${d}`,
            address: t.home(100, 5),
            agent: 'inspector-1',
          },
          random.chance(0.06)
            ? { ...o.inspect, status: 404 }
            : { ...o.inspect, objects: [object('Ticket', String(random.below(5000)))], sensitive: { name: 1 } },
        );
  const dormant = keyed('old-board', '192.0.2.180', 'board-1');
  for (let n = 0; n < 60; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.departures,
      objects: Array.from({ length: 15 }, (_, k) => object('Departure', `ob-${k}`)),
    });
  return t.world(
    {
      single: o.ticket,
      type: 'Ticket',
      list: o.departures,
      write: o.quote,
      profile: o.rider,
      admin: o.inspect,
      business: o.buy,
    },
    callers,
    dormant,
  );
}

export const transitFamily: Family = { name: 'transit', heldOut: false, make: transit };
