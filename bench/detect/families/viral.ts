import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, keyed, minute, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'login', method: 'POST', template: '/login' },
  stream: { operation: 'getStream', method: 'GET', template: '/stream' },
  clip: { operation: 'getClip', method: 'GET', template: '/clips/{clipId}' },
  react: { operation: 'reactToClip', method: 'POST', template: '/clips/{clipId}/reactions' },
  upload: { operation: 'createClip', method: 'POST', template: '/clips' },
  person: { operation: 'getPerson', method: 'GET', template: '/people/{handle}' },
  me: { operation: 'getSettings', method: 'GET', template: '/settings' },
  takedown: { operation: 'adminTakedown', method: 'POST', template: '/admin/clips/{clipId}/takedown' },
} as const satisfies Record<string, Call>;

/** Clips: on some evenings one goes round the world, and thousands of nobodies and members come for it within minutes. */
function viral(seed: number, days: number): World {
  const t = new Traffic(seed * 67 + 37, Date.UTC(2026, 6, 6), days);
  const { random } = t;
  const peaks = [1, 2, 3].map(() => t.begin + random.between(1.5, days - 0.3) * day);
  const members: Caller[] = Array.from({ length: 240 }, (_, i) => ({
    subject: `maker${i}`,
    issuer: 'https://id.clips.example',
    kind: 'opaque-token',
    credential: `phone${i}`,
    address: t.home(),
    agent: random.pick(['clips-ios-3', 'clips-android-3', 'clips-web']),
  }));
  const session = (caller: Caller, start: number, clip?: string): void => {
    const next = t.clock(start, 12_000);
    if (clip !== undefined) t.call(next(), caller, { ...o.clip, objects: [object('Clip', clip)], bytes: 20_000 });
    for (let n = 0; n < random.logNormal(6, 0.9) && n < 120; n++) {
      const time = next();
      const recent = `c${Math.floor((time - t.begin) / (5 * minute)) - Math.floor(random.exponential(50))}`;
      const roll = random.next();
      if (roll < 0.35)
        t.call(time, caller, {
          ...o.stream,
          objects: Array.from({ length: 12 }, (_, k) => object('Clip', `${recent}${k}`)),
        });
      else if (roll < 0.7)
        t.call(
          time,
          caller,
          random.chance(0.04)
            ? { ...o.clip, status: 404 }
            : { ...o.clip, objects: [object('Clip', recent)], bytes: random.logNormal(20_000, 0.6) },
        );
      else if (roll < 0.85 && caller.subject !== undefined)
        t.call(time, caller, { ...o.react, status: 204, objects: [object('Clip', recent)] });
      else if (roll < 0.95)
        t.call(
          time,
          caller,
          random.chance(0.05)
            ? { ...o.person, ...denied }
            : { ...o.person, objects: [object('Person', String(random.below(5000)))] },
        );
      else if (caller.subject !== undefined && roll < 0.97)
        t.call(time, caller, { ...o.upload, status: 201, objects: [object('Clip', `${caller.subject}-${n}`)] });
      else if (caller.subject !== undefined) t.call(time, caller, { ...o.me, sensitive: { email: 1, phone: 1 } });
    }
  };
  for (const member of members) {
    const eager = random.logNormal(0.9, 0.8);
    for (let d = 0; d < days; d++)
      for (let n = 0; n < Math.min(7, Math.floor(random.exponential(eager))); n++) {
        const me = {
          ...member,
          address: member.agent === 'clips-web' || random.chance(0.5) ? member.address : t.home(100, 4),
        };
        const start = t.at(d, [13, 3], [21, 5]);
        if (random.chance(0.04)) t.signIn(t.clock(start - minute), me, o.login, 0.3);
        session(me, start);
      }
    for (const [k, peak] of peaks.entries())
      if (random.chance(0.6)) session(member, peak + random.exponential(25 * minute), `hit${k}`);
  }
  for (const [k, peak] of peaks.entries())
    for (let n = 0; n < 1600; n++)
      session(
        {
          subject: undefined,
          issuer: '',
          kind: '',
          credential: '',
          address: random.chance(0.2) ? `203.0.113.${180 + random.below(20)}` : t.home(30, 60),
          agent: random.pick(['safari', 'chrome', 'inapp-browser']),
        },
        peak + random.exponential(40 * minute),
        `hit${k}`,
      );
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 12; n++)
      t.call(
        t.begin + d * day + random.between(7, 23) * hour,
        {
          ...(members[0] as Caller),
          subject: `moderator${n % 3}`,
          credential: `mod${n % 3}-${d}`,
          address: '192.0.2.66',
          agent: 'firefox',
        },
        { ...o.takedown, status: 204, objects: [object('Clip', `bad${d}-${n}`)] },
      );
  const dormant = keyed('old-embed', '192.0.2.150');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.stream,
      objects: Array.from({ length: 12 }, (_, k) => object('Clip', `e${n}-${k}`)),
    });
  return t.world(
    { single: o.clip, type: 'Clip', list: o.stream, write: o.react, profile: o.me, login: o.login, admin: o.takedown },
    members,
    dormant,
  );
}

export const viralFamily: Family = { name: 'viral', heldOut: false, make: viral };
