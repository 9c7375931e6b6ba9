import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, keyed, minute, second, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'createToken', method: 'POST', template: '/oauth/token' },
  headlines: { operation: 'listHeadlines', method: 'GET', template: '/headlines' },
  article: { operation: 'getArticle', method: 'GET', template: '/articles/{slug}' },
  save: { operation: 'saveArticle', method: 'PUT', template: '/saved/{slug}' },
  saved: { operation: 'listSaved', method: 'GET', template: '/saved' },
  account: { operation: 'getAccount', method: 'GET', template: '/account' },
  subscribe: { operation: 'purchaseSubscription', method: 'POST', template: '/subscriptions' },
  ads: { operation: 'exportReaders', method: 'GET', template: '/admin/readers/export' },
} as const satisfies Record<string, Call>;

/** News on telephones; most readers are nobody in particular. A version of the app asks in vain, over and over, for an hour. */
function news(seed: number, days: number): World {
  const t = new Traffic(seed * 53 + 23, Date.UTC(2026, 5, 1), days);
  const { random } = t;
  const callers: Caller[] = [];
  const expired = t.begin + random.between(2, days - 1) * day;
  const missing = t.begin + random.between(2, days - 1) * day;
  const flash = t.begin + random.between(1.5, days - 1) * day;
  const article = (time: number): string =>
    `a${Math.max(0, Math.floor((time - t.begin) / (20 * minute)) - Math.floor(random.exponential(40)))}`;
  const visit = (caller: Caller, start: number): void => {
    const next = t.clock(start, 20 * second);
    const isIn = caller.subject !== undefined;
    const isNew = caller.agent === 'news-8.1';
    // The app does not notice that its token ran out, and tries again every ten seconds for as long as it is open.
    if (isIn && isNew && start > expired && start < expired + 1.2 * hour) {
      for (let n = 0, time = start; n < 8 + random.below(40); n++, time += 10 * second)
        t.call(
          time,
          { ...caller, subject: undefined },
          {
            ...o.saved,
            status: 401,
            refused: ['authenticate', 'unauthenticated', 'expired'],
            attempt: { secret: caller.credential },
          },
        );
      return;
    }
    for (let n = 0; n < 2 + random.exponential(5); n++) {
      const time = next();
      if (isNew && time > missing && time < missing + 1.5 * hour) {
        for (let k = 0; k < 5 + random.below(12); k++)
          t.call(
            time + k * 4 * second,
            caller,
            random.chance(0.5) ? { ...o.article, status: 404 } : undocumented('/articles'),
          );
        continue;
      }
      if (n % 4 === 0)
        t.call(time, caller, {
          ...o.headlines,
          objects: Array.from({ length: 20 }, () => object('Article', article(time))),
        });
      else
        t.call(
          time,
          caller,
          random.chance(0.01)
            ? { ...o.article, status: 404 }
            : { ...o.article, objects: [object('Article', article(time))] },
        );
      if (isIn && random.chance(0.06))
        t.call(time + 1200, caller, { ...o.save, status: 204, objects: [object('Saved', `${caller.subject}-${n}`)] });
      if (isIn && random.chance(0.02)) t.call(time + 1500, caller, { ...o.account, sensitive: { email: 1 } });
    }
  };
  for (let i = 0; i < 420; i++) {
    const isIn = i < 130;
    const caller: Caller = {
      subject: isIn ? `reader${i}` : undefined,
      issuer: 'https://id.news.example',
      kind: 'jwt',
      credential: isIn ? `reader${i}` : '',
      address: random.chance(0.15) ? `203.0.113.${120 + random.below(3)}` : t.home(),
      agent: random.pick(['news-8.1', 'news-8.1', 'news-8.0', 'safari']),
    };
    if (isIn) callers.push(caller);
    const often = random.logNormal(0.8, 0.7);
    for (let d = 0; d < days; d++) {
      for (let n = 0; n < Math.min(6, Math.floor(random.exponential(often))); n++) {
        const start = t.at(d, [7.5, 3], [12.5, 2], [19, 5]);
        const me = {
          ...caller,
          credential: isIn ? `${caller.credential}-${d}` : '',
          address: caller.agent !== 'safari' && random.chance(0.3) ? t.home(100, 4) : caller.address,
        };
        if (isIn && caller.agent === 'safari') t.signIn(t.clock(start - minute), me, o.login, 0.1);
        visit(me, start);
      }
    }
    // A push message: many look at the same moment.
    if (random.chance(0.35))
      visit({ ...caller, credential: isIn ? `${caller.credential}-f` : '' }, flash + random.exponential(4 * minute));
    if (isIn && random.chance(0.3)) {
      const next = t.clock(t.at(random.below(days), [20, 3]));
      t.call(next(), caller, { ...o.account, sensitive: { email: 1 } });
      t.call(next(), caller, { ...o.subscribe, status: 201 });
    }
  }
  const marketing = keyed('marketing', '198.51.100.77');
  for (let d = 0; d < days; d++)
    t.call(t.begin + d * day + 5 * hour, marketing, {
      ...o.ads,
      objects: Array.from({ length: 100 }, (_, n) => object('Reader', String(n))),
      sensitive: { email: 100 },
    });
  const dormant = keyed('old-widget', '192.0.2.120');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.headlines,
      objects: Array.from({ length: 20 }, (_, k) => object('Article', `a${k}`)),
    });
  return t.world(
    {
      single: o.article,
      type: 'Article',
      list: o.headlines,
      write: o.save,
      profile: o.account,
      login: o.login,
      admin: o.ads,
      business: o.subscribe,
    },
    callers,
    dormant,
  );
}

export const newsFamily: Family = { name: 'news', heldOut: false, make: news };
