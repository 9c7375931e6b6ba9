import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'verifyCode', method: 'POST', template: '/login/verify' },
  deck: { operation: 'getDeck', method: 'GET', template: '/deck' },
  profile: { operation: 'getProfile', method: 'GET', template: '/profiles/{profileId}' },
  swipe: { operation: 'swipe', method: 'POST', template: '/profiles/{profileId}/swipes' },
  matches: { operation: 'listMatches', method: 'GET', template: '/matches' },
  message: { operation: 'sendMessage', method: 'POST', template: '/matches/{matchId}/messages' },
  boost: { operation: 'purchaseBoost', method: 'POST', template: '/boosts' },
  review: { operation: 'adminReviewReport', method: 'GET', template: '/admin/reports/{reportId}' },
} as const satisfies Record<string, Call>;

/** People look at strangers, some at hundreds in an evening; a city is opened; many false accounts vanish at once, and all who saw them ask in vain. */
function dating(seed: number, days: number): World {
  const t = new Traffic(seed * 193 + 3, Date.UTC(2027, 4, 31), days);
  const { random } = t;
  const callers: Caller[] = [];
  const opening = 4.2 + random.between(0, 3);
  const purge = t.begin + random.between(2, days - 1) * day;
  const agents = ['ember-ios-9', 'ember-android-9', 'ember-android-8'];
  for (let i = 0; i < 620; i++) {
    const isNew = i >= 430;
    const city = isNew ? 7 : i % 7;
    const since = isNew ? opening + random.exponential(0.7) : random.chance(0.85) ? 0 : random.between(0, days);
    const person: Caller = {
      subject: `u${i}`,
      issuer: 'https://id.ember.example',
      kind: 'opaque-token',
      credential: `u${i}-phone`,
      address: t.home(90 + city, 1),
      agent: random.pick(agents),
    };
    if (since === 0) callers.push(person);
    const keen = random.logNormal(0.8, 0.7);
    const stranger = (): string => `${city}-${random.below(700)}`;
    for (let d = Math.floor(since); d < days; d++) {
      const visits = Math.min(5, Math.floor(random.exponential(keen) * (t.weekday(d) === 6 ? 1.6 : 1)));
      for (let v = 0; v < visits; v++) {
        const start = Math.max(t.at(d, [13, 5], [21.5, 4]), t.begin + since * day);
        const next = t.clock(start, 5 * second);
        const me = random.chance(0.35) ? { ...person, address: t.home(90 + city, 1) } : person;
        // Who swipes the whole evening.
        const many = random.chance(0.06) ? 60 + random.below(160) : 3 + Math.floor(random.exponential(14));
        for (let n = 0; n < many; n++) {
          if (n % 10 === 0)
            t.call(next(), me, {
              ...o.deck,
              objects: Array.from({ length: 10 }, () => object('Profile', stranger())),
              sensitive: { birthDate: 10, location: 10 },
            });
          const who = stranger();
          const time = next();
          const isGone = time > purge && time < purge + 5 * hour && random.chance(0.4);
          if (random.chance(0.3))
            t.call(
              time,
              me,
              isGone
                ? { ...o.profile, status: 404 }
                : { ...o.profile, objects: [object('Profile', who)], sensitive: { birthDate: 1, location: 1 } },
            );
          t.call(
            time + 900,
            me,
            isGone
              ? { ...o.swipe, status: 404 }
              : { ...o.swipe, status: 201, objects: [object('Swipe', `${i}-${who}`)] },
          );
        }
        t.call(next(), me, {
          ...o.matches,
          objects: Array.from({ length: random.below(12) }, (_, k) => object('Match', `${i}-${k}`)),
        });
        for (let n = 0; n < random.exponential(4); n++)
          t.call(
            next(),
            me,
            random.chance(0.02)
              ? { ...o.message, ...invalid }
              : { ...o.message, status: 201, objects: [object('Message', `${i}-${d}-${v}-${n}`)] },
          );
        if (random.chance(0.015)) t.call(next(), me, { ...o.boost, status: random.chance(0.2) ? 402 : 201 });
      }
      if (random.chance(0.02)) t.signIn(t.clock(t.at(d, [20, 4])), person, o.login, 0.35);
    }
  }
  for (let i = 0; i < 5; i++)
    for (let d = 0; d < days; d++) {
      if (random.chance(0.25)) continue;
      const moderator = {
        subject: `mod${i}`,
        issuer: 'https://sso.ember.example',
        kind: 'jwt',
        credential: `mod${i}-${d}`,
        address: '198.51.100.77',
        agent: 'chrome',
      };
      const next = t.clock(t.begin + d * day + (i % 2 === 0 ? 7 : 15) * hour, 2 * minute);
      for (let n = 0; n < 45 * random.between(0.5, 1.8); n++) {
        t.call(next(), moderator, { ...o.review, objects: [object('Report', `${d}-${i}-${n}`)] });
        t.call(next(), moderator, {
          ...o.profile,
          objects: [object('Profile', `${random.below(8)}-${random.below(700)}`)],
          sensitive: { birthDate: 1, location: 1 },
        });
      }
    }
  const dormant = keyed('old-partner', '192.0.2.91', 'partner-1');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.profile, objects: [object('Profile', `0-${n}`)] });
  return t.world(
    {
      single: o.profile,
      type: 'Profile',
      list: o.deck,
      write: o.message,
      profile: o.profile,
      login: o.login,
      business: o.boost,
      admin: o.review,
    },
    callers,
    dormant,
  );
}

export const datingFamily: Family = { name: 'dating', heldOut: false, make: dating };
