import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  hook: { operation: 'receivePaymentEvent', method: 'POST', template: '/hooks/payments' },
  ship: { operation: 'receiveShippingEvent', method: 'POST', template: '/hooks/shipping' },
  events: { operation: 'listEvents', method: 'GET', template: '/events' },
  event: { operation: 'getEvent', method: 'GET', template: '/events/{eventId}' },
  replay: { operation: 'replayEvent', method: 'POST', template: '/events/{eventId}/replay' },
  merchant: { operation: 'getMerchant', method: 'GET', template: '/merchants/{merchantId}' },
  rotate: { operation: 'adminRotateSecret', method: 'POST', template: '/admin/merchants/{merchantId}/secret' },
} as const satisfies Record<string, Call>;

/** Providers deliver events; what was not taken comes again, all at once when the door opens; a secret is rotated a day too late. */
function hooks(seed: number, days: number): World {
  const t = new Traffic(seed * 139 + 13, Date.UTC(2027, 3, 7), days);
  const { random } = t;
  const outage = t.begin + random.between(3, days - 1.5) * day;
  const until = outage + random.between(1, 3) * hour;
  const rotated = t.begin + random.between(3, days - 1) * day;
  const clients = Array.from({ length: 6 }, (_, i): Caller => ({
    ...keyed(`provider${i}`, `192.0.2.${10 + i}`, `Provider${i}/1.0`),
    kind: 'signature',
  }));
  let number = 0;
  for (const [i, provider] of clients.entries()) {
    const call = i % 2 === 0 ? o.hook : o.ship;
    for (let time = t.begin + i * second; time < t.end; time += random.exponential((i + 1) * 3 * minute)) {
      const h = ((time - t.begin) / hour) % 24;
      if ((h < 7 || h > 22) && random.chance(0.8)) continue;
      const id = `e${(number += 1)}`;
      const sender = { ...provider, address: `192.0.2.${10 + i * 4 + random.below(4)}` };
      const made = { ...call, status: 202, objects: [object('Event', id)] };
      if (time > outage && time < until) {
        for (let n = 0; n < 3; n++) t.call(time + 2 ** n * 20 * second, sender, { ...call, status: 503 });
        t.call(until + (number % 500) * 0.4 * second, sender, made);
      } else if (i === 2 && time > rotated && time < rotated + 5 * hour)
        t.call(
          time,
          { ...sender, subject: undefined },
          {
            ...call,
            status: 401,
            refused: ['authenticate', 'unauthenticated', 'wrong-signature'],
            attempt: { secret: `sig${number}` },
          },
        );
      else if (random.chance(0.01))
        for (let n = 0; n < 5; n++) t.call(time + 4 ** n * 10 * second, sender, { ...call, ...invalid });
      else {
        t.call(time, sender, made);
        // Delivered twice, and out of order.
        if (random.chance(0.06)) t.call(time + random.below(900) * second, sender, made);
      }
    }
  }
  const callers: Caller[] = [];
  for (let i = 0; i < 60; i++) {
    const person: Caller = {
      subject: `dev${i}`,
      issuer: 'https://id.hooks.example',
      kind: 'jwt',
      credential: '',
      address: t.home(),
      agent: random.pick(['chrome', 'safari', 'edge']),
    };
    callers.push(person);
    for (let d = 0; d < days; d++) {
      const isAfter = until > t.begin + d * day && until < t.begin + (d + 1) * day;
      if (!random.chance(t.weekday(d) > 4 ? 0.1 : 0.6)) continue;
      const me = { ...person, credential: `${person.subject}-${d}` };
      const next = t.clock(isAfter ? until + random.below(240) * minute : t.at(d, [11, 5], [15, 5]), 15 * second);
      for (let n = 0; n < 2 + random.below(5); n++) {
        const page = random.below(40);
        t.call(next(), me, {
          ...o.events,
          objects: Array.from({ length: 25 }, (_, k) => object('Event', `e${d * 400 + page * 25 + k}`)),
        });
        // Who looks for what went wrong opens one after the other.
        for (let k = 0; k < (isAfter ? 20 + random.below(60) : random.below(5)); k++) {
          const event = object('Event', `e${d * 400 + page * 25 + k}`);
          t.call(next(), me, random.chance(0.03) ? { ...o.event, status: 404 } : { ...o.event, objects: [event] });
          if (isAfter && random.chance(0.4)) t.call(next(), me, { ...o.replay, status: 202, objects: [event] });
        }
      }
      if (random.chance(0.2))
        t.call(next(), me, { ...o.merchant, objects: [object('Merchant', String(i % 20))], sensitive: { iban: 1 } });
    }
  }
  const pullers = Array.from({ length: 5 }, (_, i) => keyed(`puller${i}`, `198.51.100.${40 + i}`, 'event-puller'));
  for (const [i, puller] of pullers.entries())
    for (let time = t.begin + i * minute; time < t.end; time += (5 + i) * minute)
      t.call(time, puller, {
        ...o.events,
        objects: Array.from({ length: random.below(12) }, (_, k) =>
          object('Event', `e${Math.floor((time - t.begin) / (8 * minute)) + k}`),
        ),
      });
  const staff: Caller = { ...keyed('ops', '10.2.2.2', 'chrome'), issuer: 'https://id.staff.example', kind: 'jwt' };
  for (let d = 0; d < days; d++) t.call(t.at(d, [14, 4]), staff, { ...o.rotate, status: 200 });
  const dormant = keyed('old-puller', '192.0.2.242', 'event-puller');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.events, objects: [object('Event', `e${n}`)] });
  return t.world(
    { single: o.event, type: 'Event', list: o.events, write: o.replay, profile: o.merchant, admin: o.rotate },
    callers,
    dormant,
  );
}

export const hooksFamily: Family = { name: 'hooks', heldOut: false, make: hooks };
