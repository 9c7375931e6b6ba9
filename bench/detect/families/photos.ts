import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  token: { operation: 'refreshToken', method: 'POST', template: '/token' },
  changes: { operation: 'listChanges', method: 'GET', template: '/library/changes' },
  photo: { operation: 'getPhoto', method: 'GET', template: '/photos/{photoId}' },
  upload: { operation: 'uploadPhoto', method: 'POST', template: '/photos' },
  album: { operation: 'getAlbum', method: 'GET', template: '/albums/{albumId}' },
  account: { operation: 'getAccount', method: 'GET', template: '/account' },
  print: { operation: 'purchasePrints', method: 'POST', template: '/prints' },
} as const satisfies Record<string, Call>;

/** Telephones keep their photos elsewhere: hundreds after a holiday, all of them when a telephone is new; what others shared; what is gone. */
function photos(seed: number, days: number): World {
  const t = new Traffic(seed * 199 + 31, Date.UTC(2027, 7, 2), days);
  const { random } = t;
  const callers: Caller[] = [];
  for (let i = 0; i < 240; i++) {
    const person: Caller = {
      subject: `p${i}`,
      issuer: 'https://id.photos.example',
      kind: 'opaque-token',
      credential: `p${i}-a`,
      address: t.home(100, 8),
      agent: random.pick(['photos-ios-12', 'photos-android-11', 'photos-android-12']),
    };
    callers.push(person);
    const owned = Math.round(random.logNormal(500, 0.9));
    const travels = random.chance(0.15) ? random.below(days) : -9;
    const replaced = random.chance(0.07) ? random.below(days) : -1;
    const friends = Array.from({ length: 3 }, () => random.below(240));
    let phone = person;
    for (let d = 0; d < days; d++) {
      const away = d >= travels && d < travels + 4;
      for (let v = 0; v < 1 + random.below(4); v++) {
        const me = { ...phone, address: away ? t.home(180, 3) : random.chance(0.3) ? t.home(100, 8) : person.address };
        const next = t.clock(t.at(d, [8, 3], [20.5, 4]), 1.5 * second);
        t.call(next(), me, {
          ...o.changes,
          objects: Array.from({ length: random.below(4) }, (_, k) => object('Photo', `${i}-${owned - k}`)),
        });
        // Pictures that are scrolled past.
        for (let k = 0; k < random.exponential(random.chance(0.05) ? 90 : 6); k++)
          t.call(
            next(),
            me,
            random.chance(0.01)
              ? { ...o.photo, status: 404 }
              : {
                  ...o.photo,
                  objects: [object('Photo', `${i}-${Math.floor(random.next() ** 0.5 * owned)}`)],
                  bytes: random.logNormal(300_000, 0.8),
                },
          );
        if (random.chance(0.12)) {
          const friend = random.pick(friends);
          t.call(next(), me, {
            ...o.album,
            objects: Array.from({ length: 30 }, (_, k) => object('Photo', `${friend}-${k}`)),
          });
          for (let k = 0; k < random.below(30); k++)
            t.call(next(), me, {
              ...o.photo,
              objects: [object('Photo', `${friend}-${k}`)],
              bytes: random.logNormal(300_000, 0.8),
            });
        }
        if (random.chance(0.05)) t.call(next(), me, { ...o.account, sensitive: { email: 1 } });
        if (random.chance(0.01)) t.call(next(), me, { ...o.print, status: random.chance(0.1) ? 402 : 201 });
      }
      const taken = d === travels + 4 ? 60 + random.below(200) : random.below(away ? 2 : 6);
      const send = t.clock(t.at(d, [22, 3]), 2 * second);
      for (let k = 0; k < taken; k++)
        t.call(send(), phone, {
          ...o.upload,
          status: random.chance(0.01) ? 503 : 201,
          objects: [object('Photo', `${i}-n${d}-${k}`)],
        });
      if (d === replaced) {
        // A new telephone fetches all that the old one had.
        phone = { ...person, credential: `p${i}-b`, agent: random.pick(['photos-ios-12', 'photos-android-12']) };
        const fetch = t.clock(t.at(d, [19, 3]), 1.2 * second);
        t.call(fetch(), { ...phone, subject: undefined }, o.token);
        for (let k = 0; k < Math.min(700, owned); k++) {
          if (k % 50 === 0)
            t.call(fetch(), phone, {
              ...o.changes,
              objects: Array.from({ length: 50 }, (_, n) => object('Photo', `${i}-${k + n}`)),
            });
          t.call(fetch(), phone, {
            ...o.photo,
            objects: [object('Photo', `${i}-${k}`)],
            bytes: random.logNormal(300_000, 0.8),
          });
        }
      }
    }
  }
  const printer = keyed('printer', '192.0.2.140', 'press-2');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 120 * random.between(0.5, 2); n++)
      t.call(t.begin + d * day + 23 * hour + n * 6 * second, printer, {
        ...o.photo,
        objects: [object('Photo', `${random.below(240)}-${random.below(200)}`)],
        bytes: 4_000_000,
      });
  const dormant = keyed('old-frame', '192.0.2.141', 'frame-1');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * 50 * minute, dormant, { ...o.photo, objects: [object('Photo', `3-${n}`)] });
  return t.world(
    {
      single: o.photo,
      type: 'Photo',
      list: o.changes,
      write: o.upload,
      profile: o.account,
      login: o.token,
      business: o.print,
    },
    callers,
    dormant,
  );
}

export const photosFamily: Family = { name: 'photos', heldOut: true, make: photos };
