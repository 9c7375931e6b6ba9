import { type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
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
  now: { operation: 'currentWeather', method: 'GET', template: '/places/{placeId}/now' },
  forecast: { operation: 'forecast', method: 'GET', template: '/places/{placeId}/forecast' },
  search: { operation: 'searchPlaces', method: 'GET', template: '/places' },
  alert: { operation: 'createAlert', method: 'POST', template: '/alerts' },
  tiles: { operation: 'radarTile', method: 'GET', template: '/radar/{z}/{x}/{y}' },
  keys: { operation: 'adminCreateKey', method: 'POST', template: '/admin/keys' },
  old: { operation: 'weatherV1', method: 'GET', template: '/v1/weather' },
} as const satisfies Record<string, Call>;

/** Weather: most callers are nobody, no object has an owner or is named in facts, half of the addresses are IPv6; a storm makes all look at the radar. */
function weather(seed: number, days: number): World {
  const t = new Traffic(seed * 103 + 71, Date.UTC(2026, 7, 3), days);
  const { random } = t;
  const storm = t.begin + random.between(2, days - 0.5) * day;
  const hex = (below: number): string => random.below(below).toString(16);
  const nobody = (): Caller => ({
    subject: undefined,
    issuer: '',
    kind: '',
    credential: '',
    address: random.chance(0.5) ? `2a02:${hex(4096)}:${hex(65_536)}:${hex(65_536)}::${hex(65_536)}` : t.home(60, 80),
    agent: random.pick(['weather-ios', 'weather-android', 'safari', 'chrome', '']),
  });
  const look = (caller: Caller, start: number, radar: boolean): void => {
    const next = t.clock(start, 5 * second);
    t.call(next(), caller, { ...o.now, records: 1 });
    if (random.chance(0.6)) t.call(next(), caller, { ...o.forecast, records: 24 });
    if (random.chance(0.15))
      for (let n = 0; n < 1 + random.below(5); n++)
        t.call(
          next(),
          caller,
          random.chance(0.1) ? { ...o.search, ...invalid } : { ...o.search, records: random.below(20) },
        );
    if (radar || random.chance(0.1))
      for (let n = 0; n < 12 + random.below(30); n++)
        t.call(
          start + n * 300,
          caller,
          random.chance(0.02) ? { ...o.tiles, status: 404 } : { ...o.tiles, bytes: random.logNormal(30_000, 0.5) },
        );
    if (random.chance(0.02))
      t.call(next(), caller, undocumented(random.pick(['/favicon.ico', '/apple-touch-icon.png', '/widget'])));
  };
  const regulars = Array.from({ length: 300 }, nobody);
  for (const regular of regulars)
    for (let d = 0; d < days; d++) if (random.chance(0.5)) look(regular, t.at(d, [7, 2], [18, 4]), false);
  for (let d = 0; d < days; d++) for (let n = 0; n < 220; n++) look(nobody(), t.at(d, [7, 3], [13, 4], [19, 4]), false);
  for (let n = 0; n < 500; n++)
    look(random.chance(0.3) ? random.pick(regulars) : nobody(), storm + random.exponential(50 * minute), true);
  const callers: Caller[] = [];
  for (let i = 0; i < 25; i++) {
    const key = keyed(
      `app${i}`,
      i % 4 === 0 ? '' : `198.51.100.${100 + i}`,
      i % 3 === 0 ? 'python-requests' : `app-${i}`,
    );
    callers.push(i % 4 === 0 ? { ...key, address: '52.1.1.1' } : key);
    const every = minute * 4 * 1.35 ** (i % 12);
    for (let time = t.begin + random.next() * every; time < t.end; time += every * random.between(0.8, 1.2)) {
      const me =
        i % 4 === 0 ? { ...key, address: `52.${random.below(3)}.${random.below(250)}.${1 + random.below(250)}` } : key;
      t.call(
        time,
        me,
        i === 5
          ? { ...o.old, records: 1 }
          : random.chance(0.03)
            ? { ...o.now, status: 404 }
            : { ...random.pick([o.now, o.forecast]), records: 12 },
      );
      if (random.chance(0.01)) t.call(time + 500, me, { ...o.alert, status: 201 });
    }
  }
  const staff: Caller = {
    subject: 'staff',
    issuer: 'https://id.weather.example',
    kind: 'jwt',
    credential: 'staff',
    address: '192.0.2.55',
    agent: 'chrome',
  };
  for (let d = 0; d < days; d++)
    t.call(t.begin + d * day + (10 + random.below(6)) * hour, staff, { ...o.keys, status: 201 });
  const dormant = keyed('old-app', '192.0.2.241');
  for (let n = 0; n < 50; n++) t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.now, records: 1 });
  return t.world(
    { single: o.now, type: 'Place', list: o.search, write: o.alert, admin: o.keys, deprecated: o.old },
    callers,
    dormant,
  );
}

export const weatherFamily: Family = { name: 'weather', heldOut: false, make: weather };
