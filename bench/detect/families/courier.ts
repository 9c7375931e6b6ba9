import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  token: { operation: 'issueDriverToken', method: 'POST', template: '/driver-tokens' },
  tour: { operation: 'getTour', method: 'GET', template: '/tours/{tourId}' },
  stop: { operation: 'getStop', method: 'GET', template: '/stops/{stopId}' },
  scan: { operation: 'recordScan', method: 'POST', template: '/stops/{stopId}/scans' },
  position: { operation: 'reportPosition', method: 'POST', template: '/positions' },
  track: { operation: 'trackParcel', method: 'GET', template: '/tracking/{number}' },
  tours: { operation: 'listTours', method: 'GET', template: '/tours' },
  recipient: { operation: 'getRecipient', method: 'GET', template: '/recipients/{recipientId}' },
  reroute: { operation: 'adminRerouteTour', method: 'POST', template: '/admin/tours/{tourId}/route' },
} as const satisfies Record<string, Call>;

/** Drivers under changing networks and without any for hours; what they did comes at once when there is one; a sale doubles the stops. */
function courier(seed: number, days: number): World {
  const t = new Traffic(seed * 179 + 41, Date.UTC(2027, 10, 22), days);
  const { random } = t;
  const sale = random.pick([4, 5, 7]);
  const callers: Caller[] = [];
  for (let i = 0; i < 65; i++) {
    const driver: Caller = {
      subject: `driver${i}`,
      issuer: 'https://id.courier.example',
      kind: 'jwt',
      credential: '',
      address: t.home(100, 6),
      agent: i % 4 === 0 ? 'scanner-android-11' : 'scanner-android-12',
    };
    callers.push(driver);
    for (let d = i > 58 ? sale - 1 : 0; d < days; d++) {
      if (t.weekday(d) === 6 || random.chance(0.2)) continue;
      const me = { ...driver, credential: `${driver.subject}-${d}`, address: t.home(100, 6) };
      const start = t.begin + d * day + (6 + (i % 3)) * hour + random.below(25) * minute;
      const next = t.clock(start, 5 * minute);
      t.signIn(t.clock(start, 6 * second), me, o.token, 0.1);
      t.call(next(), me, { ...o.tour, objects: [object('Tour', `${i}-${d}`)], records: 30 });
      const stops = Math.round(random.logNormal(26, 0.25) * (d >= sale && d < sale + 2 ? 1.9 : 1));
      let held = 0;
      for (let n = 0; n < stops; n++) {
        if (random.chance(0.1)) me.address = t.home(100, 6);
        const time = next();
        const id = `${i}-${d}-${n}`;
        // No network: it is sent later, as fast as it goes.
        if (random.chance(0.25)) {
          held += 1;
          continue;
        }
        for (let k = 0; k < held; k++)
          t.call(time + k * 0.4 * second, me, {
            ...o.scan,
            status: random.chance(0.1) ? 409 : 201,
            objects: [object('Scan', `${id}-h${k}`)],
          });
        held = 0;
        t.call(time, me, { ...o.stop, objects: [object('Stop', id)], sensitive: { address: 1 } });
        if (random.chance(0.4))
          t.call(time + 20 * second, me, {
            ...o.recipient,
            objects: [object('Recipient', id)],
            sensitive: { phone: 1 },
          });
        t.call(
          time + 60 * second,
          me,
          random.chance(0.02) ? { ...o.scan, ...invalid } : { ...o.scan, status: 201, objects: [object('Scan', id)] },
        );
        t.call(time + 90 * second, me, { ...o.position, status: 204 });
        if (random.chance(0.01))
          for (let k = 0; k < 3; k++) t.call(time + (100 + k * 3) * second, me, { ...o.stop, status: 404 });
      }
    }
  }
  // Who waits for a parcel is nobody, and looks often; some mistype the number.
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 260 * (d >= sale && d < sale + 2 ? 3 : 1); n++) {
      const who: Caller = {
        subject: undefined,
        issuer: '',
        kind: '',
        credential: '',
        address: t.home(20, 60),
        agent: random.pick(['chrome', 'safari', 'chrome-mobile', 'samsung']),
      };
      const next = t.clock(t.at(d, [10, 6], [17, 6]), random.pick([20, 600]) * second);
      for (let k = 0; k < random.below(2); k++) t.call(next(), who, { ...o.track, status: 404 });
      for (let k = 0; k < 1 + random.below(6); k++)
        t.call(next(), who, { ...o.track, objects: [object('Parcel', `${d}-${n}`)] });
    }
  const shops = Array.from({ length: 14 }, (_, i) =>
    keyed(`shop${i}`, `198.51.100.${150 + i}`, i % 3 === 0 ? 'shop-plugin' : 'java-http'),
  );
  for (const [i, shop] of shops.entries())
    for (let d = 0; d < days; d++)
      for (let n = 0; n < (10 + i * 9) * (d >= sale && d < sale + 3 ? 3 : 1); n++)
        t.call(
          t.begin + d * day + (4 + i * 0.2) * hour + n * 7 * second,
          shop,
          random.chance(0.02)
            ? { ...o.track, status: 404 }
            : { ...o.track, objects: [object('Parcel', `s${i}-${d}-${n}`)] },
        );
  for (let a = 0; a < 4; a++) {
    const planner: Caller = {
      subject: `planner${a}`,
      issuer: 'https://sso.courier.example',
      kind: 'jwt',
      credential: '',
      address: '203.0.113.200',
      agent: 'chrome',
    };
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) === 6) continue;
      const me = { ...planner, credential: `${planner.subject}-${d}` };
      const next = t.clock(t.begin + d * day + 5 * hour + a * hour, 3 * minute);
      for (let n = 0; n < 20; n++) {
        t.call(next(), me, {
          ...o.tours,
          objects: Array.from({ length: 16 }, (_, k) => object('Tour', `${(k + a * 16) % 65}-${d}`)),
        });
        if (random.chance(d >= sale ? 0.5 : 0.15))
          t.call(next(), me, { ...o.reroute, status: 200, objects: [object('Tour', `${random.below(65)}-${d}`)] });
      }
    }
  }
  const dormant = keyed('old-shop', '192.0.2.249', 'java-http');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.track, objects: [object('Parcel', `o-${n}`)] });
  return t.world(
    {
      single: o.stop,
      type: 'Stop',
      list: o.tours,
      write: o.scan,
      profile: o.recipient,
      login: o.token,
      admin: o.reroute,
    },
    callers,
    dormant,
  );
}

export const courierFamily: Family = { name: 'courier', heldOut: true, make: courier };
