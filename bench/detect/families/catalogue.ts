import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, keyed, minute, second, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  search: { operation: 'searchBooks', method: 'GET', template: '/books' },
  book: { operation: 'getBook', method: 'GET', template: '/books/{isbn}' },
  loans: { operation: 'listLoans', method: 'GET', template: '/members/{memberId}/loans' },
  reserve: { operation: 'reserveBook', method: 'POST', template: '/books/{isbn}/reservations' },
  member: { operation: 'getMember', method: 'GET', template: '/members/{memberId}' },
  export: { operation: 'exportRecords', method: 'GET', template: '/export/records' },
  oldSearch: { operation: 'opac', method: 'GET', template: '/opac/search' },
} as const satisfies Record<string, Call>;

/** Libraries: crawlers that the terms allow read page after page, one of them begins late; students all search before their exam. */
function catalogue(seed: number, days: number): World {
  const t = new Traffic(seed * 61 + 31, Date.UTC(2026, 4, 4), days);
  const { random } = t;
  const callers: Caller[] = [];
  const exam = 6;
  for (let i = 0; i < 200; i++) {
    const caller: Caller = {
      subject: `member${i}`,
      issuer: 'https://id.library.example',
      kind: 'session',
      credential: '',
      address: i % 5 < 2 ? `198.51.100.${170 + (i % 5)}` : t.home(),
      agent: random.pick(['firefox', 'chrome', 'safari', 'edge']),
    };
    callers.push(caller);
    const keen = random.logNormal(0.6, 0.8);
    for (let d = 0; d < days; d++)
      for (
        let n = 0;
        n < Math.min(8, Math.floor(random.exponential(keen * (d >= exam - 1 && d <= exam ? 2.5 : 1))));
        n++
      ) {
        const next = t.clock(t.at(d, [11, 4], [17, 6]), 12 * second);
        const me = { ...caller, credential: `${caller.subject}-${d}-${n}` };
        let shown: string[] = [];
        for (let k = 0; k < 3 + random.exponential(d === exam ? 14 : 7); k++) {
          if (k % 3 === 0) {
            shown = Array.from({ length: 20 }, () => String(random.below(30_000)));
            t.call(next(), me, {
              ...o.search,
              objects: shown.map((id) => object('Book', id)),
              duration: random.logNormal(120, 0.9),
            });
          } else t.call(next(), me, { ...o.book, objects: [object('Book', random.pick(shown))] });
        }
        if (random.chance(0.3))
          t.call(next(), me, {
            ...o.loans,
            objects: [0, 1].map((k) => object('Loan', `${i}-${k}`)),
            sensitive: { email: 1 },
          });
        if (random.chance(0.25))
          t.call(next(), me, {
            ...o.reserve,
            status: random.chance(0.15) ? 409 : 201,
            objects: [object('Reservation', `${i}-${d}-${n}`)],
          });
      }
  }
  const crawl = (caller: Caller, from: number, pages: number, pace: number, first: number): void => {
    const next = t.clock(from, pace);
    for (let page = 0; page < pages; page++) {
      const id = (n: number): string => String((first + page * 20 + n) % 30_000);
      t.call(next(), caller, { ...o.search, objects: Array.from({ length: 20 }, (_, n) => object('Book', id(n))) });
      if (page % 2 === 0)
        t.call(
          next(),
          caller,
          random.chance(0.04) ? { ...o.book, status: 404 } : { ...o.book, objects: [object('Book', id(page % 20))] },
        );
    }
  };
  // Other catalogues: nightly, by key; the third begins on the fifth day and has much to catch up with.
  for (let i = 0; i < 3; i++)
    for (let d = i === 2 ? 5 : 0; d < days; d++)
      crawl(
        keyed(`catalogue${i}`, `192.0.2.${30 + i}`, `harvester-${i}`),
        t.begin + d * day + (1 + i) * hour,
        Math.round(([150, 60, d === 5 ? 240 : 80][i] as number) * random.between(0.9, 1.1)),
        1500,
        d * 3000 + i * 7000,
      );
  // Search engines, nobody in particular, from many addresses of a network.
  for (let time = t.begin; time < t.end; time += random.exponential(2 * minute)) {
    const bot: Caller = {
      subject: undefined,
      issuer: '',
      kind: '',
      credential: '',
      address: `66.249.${70 + random.below(3)}.${1 + random.below(60)}`,
      agent: 'searchbot',
    };
    if (random.chance(0.01)) t.call(time, bot, undocumented(random.pick(['/robots.txt', '/sitemap.xml'])));
    t.call(
      time,
      bot,
      random.chance(0.08)
        ? { ...o.book, status: 404 }
        : { ...o.book, objects: [object('Book', String(random.below(30_000)))] },
    );
  }
  const desk: Caller = { ...(callers[0] as Caller), subject: 'desk', address: '198.51.100.170', agent: 'desk-1' };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 60; n++)
      t.call(
        t.begin + d * day + 9 * hour + random.below(8 * 60) * minute,
        { ...desk, credential: `desk-${d}` },
        { ...o.member, objects: [object('Member', String(random.below(200)))], sensitive: { email: 1, address: 1 } },
      );
  const union = keyed('union', '192.0.2.60', 'union');
  for (let d = 0; d < days; d++)
    t.call(t.begin + d * day + 4 * hour, union, { ...o.export, bytes: 3_000_000, records: 30_000 });
  const terminal = keyed('terminal', '198.51.100.171', 'terminal-0.9');
  for (let time = t.begin; time < t.end; time += random.exponential(25 * minute))
    t.call(time, terminal, {
      ...o.oldSearch,
      objects: Array.from({ length: 10 }, () => object('Book', String(random.below(30_000)))),
    });
  const dormant = keyed('old-harvester', '192.0.2.140');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.search,
      objects: Array.from({ length: 20 }, (_, k) => object('Book', String(n * 20 + k))),
    });
  return t.world(
    {
      single: o.book,
      type: 'Book',
      list: o.search,
      write: o.reserve,
      profile: o.member,
      admin: o.export,
      business: o.reserve,
      deprecated: o.oldSearch,
    },
    callers,
    dormant,
  );
}

export const catalogueFamily: Family = { name: 'catalogue', heldOut: false, make: catalogue };
