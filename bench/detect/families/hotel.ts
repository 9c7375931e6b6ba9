import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'login', method: 'POST', template: '/guests/login' },
  search: { operation: 'searchRooms', method: 'GET', template: '/rooms' },
  room: { operation: 'getRoom', method: 'GET', template: '/rooms/{roomId}' },
  rates: { operation: 'putRates', method: 'PUT', template: '/rooms/{roomId}/rates' },
  book: { operation: 'createReservation', method: 'POST', template: '/reservations' },
  reservation: { operation: 'getReservation', method: 'GET', template: '/reservations/{reservationId}' },
  guest: { operation: 'getGuest', method: 'GET', template: '/guests/{guestId}' },
  register: { operation: 'exportRegister', method: 'GET', template: '/admin/register/export' },
} as const satisfies Record<string, Call>;

/** Hotels: portals poll rates by room all day, receptions read who arrives today, guests look in seasons, one portal joins late. */
function hotel(seed: number, days: number): World {
  const t = new Traffic(seed * 107 + 73, Date.UTC(2026, 4, 18), days);
  const { random } = t;
  for (let i = 0; i < 7; i++) {
    const portal = keyed(`portal${i}`, `198.51.100.${60 + i}`, `portal-${i % 3}`);
    const begins = i === 6 ? 4.4 : 0;
    const every = (3 + i * 2) * minute;
    for (let time = t.begin + begins * day; time < t.end; time += every * random.between(0.7, 1.3)) {
      const calls = 1 + random.below(6);
      for (let n = 0; n < calls; n++)
        t.call(
          time + n * 700,
          portal,
          random.chance(0.03)
            ? { ...o.room, status: 404 }
            : { ...o.room, objects: [object('Room', String(random.below(400)))] },
        );
      if (random.chance(0.04))
        t.call(
          time + 9 * second,
          portal,
          random.chance(0.1)
            ? { ...o.book, ...invalid }
            : { ...o.book, status: 201, objects: [object('Reservation', `${i}-${Math.floor(time / 1000)}`)] },
        );
    }
  }
  const callers: Caller[] = [];
  for (let i = 0; i < 24; i++) {
    const desk: Caller = {
      subject: `desk${i}`,
      issuer: 'https://id.hotels.example',
      kind: 'jwt',
      credential: '',
      address: `203.0.113.${10 + (i % 12)}`,
      agent: 'pms-8',
    };
    callers.push(desk);
    for (let d = 0; d < days; d++) {
      if (random.chance(0.2)) continue;
      const me = { ...desk, credential: `${desk.subject}-${d}` };
      const next = t.clock(t.begin + d * day + random.pick([6, 14]) * hour, 4 * minute);
      t.signIn(next, me, o.login, 0.06);
      const arrivals = Math.round(random.logNormal(25, 0.5) * (t.weekday(d) === 4 ? 2.2 : 1));
      for (let n = 0; n < arrivals; n++) {
        const id = `${i}-${d}-${n}`;
        t.call(next(), me, { ...o.reservation, objects: [object('Reservation', id)] });
        if (random.chance(0.7))
          t.call(next(), me, { ...o.guest, objects: [object('Guest', id)], sensitive: { passport: 1, birthday: 1 } });
        if (random.chance(0.1))
          t.call(next(), me, { ...o.rates, status: 204, objects: [object('Room', String(random.below(400)))] });
      }
    }
  }
  for (let i = 0; i < 300; i++) {
    const guest: Caller = {
      subject: `guest${i}`,
      issuer: 'https://id.guests.example',
      kind: 'session',
      credential: '',
      address: t.home(25, 70),
      agent: random.pick(['safari', 'chrome', 'firefox', 'edge']),
    };
    if (i < 60) callers.push(guest);
    for (let d = 0; d < days; d++) {
      if (!random.chance(0.15)) continue;
      const me = { ...guest, credential: `g${i}-${d}` };
      const next = t.clock(t.at(d, [12, 4], [21, 4]), 12 * second);
      t.signIn(next, me, o.login, 0.1);
      for (let n = 0; n < 2 + random.exponential(6); n++) {
        t.call(next(), me, {
          ...o.search,
          objects: Array.from({ length: 20 }, () => object('Room', String(random.below(400)))),
        });
        if (random.chance(0.6)) t.call(next(), me, { ...o.room, objects: [object('Room', String(random.below(400)))] });
      }
      if (random.chance(0.25))
        t.call(next(), me, { ...o.book, status: 201, objects: [object('Reservation', `g${i}-${d}`)] });
    }
  }
  const police = keyed('register', '192.0.2.44', 'register');
  for (let d = 0; d < days; d++)
    t.call(t.begin + d * day + 23 * hour, police, {
      ...o.register,
      objects: Array.from({ length: 100 }, (_, n) => object('Guest', `${d}-${n}`)),
      sensitive: { passport: 100 },
    });
  const dormant = keyed('old-portal', '192.0.2.211');
  for (let n = 0; n < 60; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.room, objects: [object('Room', String(n))] });
  return t.world(
    {
      single: o.reservation,
      type: 'Reservation',
      list: o.search,
      write: o.rates,
      profile: o.guest,
      login: o.login,
      admin: o.register,
      business: o.book,
    },
    callers,
    dormant,
  );
}

export const hotelFamily: Family = { name: 'hotel', heldOut: true, make: hotel };
