import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  register: { operation: 'register', method: 'POST', template: '/users' },
  login: { operation: 'authenticate', method: 'POST', template: '/users/login' },
  habits: { operation: 'listHabits', method: 'GET', template: '/habits' },
  habit: { operation: 'getHabit', method: 'GET', template: '/habits/{habitId}' },
  create: { operation: 'createHabit', method: 'POST', template: '/habits' },
  check: { operation: 'checkHabit', method: 'POST', template: '/habits/{habitId}/checks' },
  ideas: { operation: 'listIdeas', method: 'GET', template: '/ideas' },
  profile: { operation: 'getProfile', method: 'GET', template: '/users/{userId}' },
  refunds: { operation: 'adminRefund', method: 'POST', template: '/admin/refunds' },
} as const satisfies Record<string, Call>;

/** A small app is in the newspaper on the fifth day: ten times as many people within hours, all new, all clicking everywhere. */
function launch(seed: number, days: number): World {
  const t = new Traffic(seed * 73 + 43, Date.UTC(2026, 2, 9), days);
  const { random } = t;
  const callers: Caller[] = [];
  const fame = 4 + random.next();
  for (let i = 0; i < 90 + 900; i++) {
    const isNew = i >= 90;
    const from = isNew ? fame + random.exponential(0.5) : i < 70 ? -1 : random.between(0, 4);
    const caller: Caller = {
      subject: `person${i}`,
      issuer: 'https://id.habits.example',
      kind: 'jwt',
      credential: '',
      address: random.chance(0.1) ? `203.0.113.${220 + random.below(4)}` : t.home(20, 70),
      agent: random.pick(['habits-ios-1', 'habits-ios-1', 'habits-android-1', 'chrome']),
    };
    if (i < 70) callers.push(caller);
    const own: string[] = [`${i}-0`];
    const visit = (start: number, name: string, isFirst: boolean): void => {
      const next = t.clock(start, 6000);
      const me = {
        ...caller,
        credential: `${i}-${name}`,
        address: random.chance(0.25) ? t.home(100, 4) : caller.address,
      };
      if (isFirst) {
        for (let n = 0; n < 4 && random.chance(0.3); n++)
          t.call(next(), { ...me, subject: undefined }, { ...o.register, ...invalid });
        t.call(next(), { ...me, subject: undefined }, { ...o.register, status: 201 });
      } else if (random.chance(0.3)) t.signIn(next, me, o.login, isNew ? 0.2 : 0.08);
      t.call(next(), me, { ...o.habits, objects: own.map((id) => object('Habit', id)) });
      for (let n = 0; n < (isFirst ? 6 + random.exponential(14) : 2 + random.exponential(4)); n++) {
        const roll = random.next();
        if (roll < 0.3)
          t.call(next(), me, {
            ...o.ideas,
            objects: Array.from({ length: 30 }, () => object('Idea', String(random.below(800)))),
          });
        else if (roll < 0.5) t.call(next(), me, { ...o.habit, objects: [object('Habit', random.pick(own))] });
        else if (roll < 0.75)
          t.call(next(), me, {
            ...o.check,
            status: random.chance(0.05) ? 409 : 201,
            objects: [object('Habit', random.pick(own))],
          });
        else if (roll < 0.88) {
          const wrong = random.chance(0.15);
          if (!wrong) own.push(`${i}-${own.length}`);
          t.call(
            next(),
            me,
            wrong
              ? { ...o.create, ...invalid }
              : { ...o.create, status: 201, objects: [object('Habit', own.at(-1) ?? '')] },
          );
        } else if (roll < 0.95)
          t.call(next(), me, { ...o.profile, objects: [object('User', String(i))], sensitive: { email: 1 } });
        else if (random.chance(0.3)) t.call(next(), me, undocumented('/badges'));
      }
    };
    const start = Math.max(0, from);
    if (from >= 0) visit(t.begin + from * day, 'first', true);
    for (let d = Math.ceil(start); d < days; d++)
      for (let n = 0; n < Math.min(4, Math.floor(random.exponential(isNew ? 0.7 : 1.4))); n++)
        visit(t.at(d, [7, 2], [21, 4]), `${d}-${n}`, false);
  }
  for (let d = 0; d < days; d++)
    for (let n = 0; n < (d > fame ? 9 : 2); n++)
      t.call(
        t.begin + d * day + random.between(9, 18) * hour,
        {
          ...(callers[0] as Caller),
          subject: `support${n % 2}`,
          credential: `support${n % 2}-${d}`,
          address: '192.0.2.99',
          agent: 'firefox',
        },
        { ...o.refunds, status: 201 },
      );
  const dormant = keyed('beta', '192.0.2.170');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day + minute, dormant, {
      ...o.ideas,
      objects: Array.from({ length: 30 }, (_, k) => object('Idea', String(k))),
    });
  return t.world(
    {
      single: o.habit,
      type: 'Habit',
      list: o.ideas,
      write: o.create,
      profile: o.profile,
      login: o.login,
      admin: o.refunds,
    },
    callers,
    dormant,
  );
}

export const launchFamily: Family = { name: 'launch', heldOut: false, make: launch };
