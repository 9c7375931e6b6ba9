import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'logIn', method: 'POST', template: '/login' },
  search: { operation: 'searchTitles', method: 'GET', template: '/titles' },
  title: { operation: 'getTitle', method: 'GET', template: '/titles/{titleId}' },
  loans: { operation: 'listLoans', method: 'GET', template: '/readers/{readerId}/loans' },
  renew: { operation: 'renewLoan', method: 'POST', template: '/loans/{loanId}/renewal' },
  reserve: { operation: 'reserveTitle', method: 'POST', template: '/titles/{titleId}/reservations' },
  reader: { operation: 'getReader', method: 'GET', template: '/readers/{readerId}' },
  remind: { operation: 'exportOverdue', method: 'GET', template: '/reports/overdue/export' },
} as const satisfies Record<string, Call>;

/** A search that crawlers walk through for days, readers whose term begins, desks that renew for others, a harvest every Thursday. */
function library(seed: number, days: number): World {
  const t = new Traffic(seed * 173 + 37, Date.UTC(2027, 8, 27), days);
  const { random } = t;
  const term = random.pick([3, 4, 7]);
  const callers: Caller[] = [];
  for (let i = 0; i < 420; i++) {
    const reader: Caller = {
      subject: `reader${i}`,
      issuer: 'https://id.library.example',
      kind: 'jwt',
      credential: '',
      address: i % 3 === 0 ? `203.0.113.${10 + (i % 5)}` : t.home(65, 30),
      agent: random.pick(['chrome', 'firefox', 'safari', 'library-app']),
    };
    if (i < 70) callers.push(reader);
    for (let d = 0; d < days; d++) {
      if (!random.chance(i < 70 ? 0.6 : d === term ? 0.4 : d > term ? 0.25 : 0.12)) continue;
      const me = { ...reader, credential: `${reader.subject}-${d}` };
      const next = t.clock(t.at(d, [11, 6], [17, 6]), 11 * second);
      t.signIn(next, me, o.login, 0.15);
      for (let q = 0; q < 1 + random.below(5); q++) {
        const from = Math.floor(random.logNormal(300, 1.2)) % 9000;
        t.call(next(), me, {
          ...o.search,
          objects: Array.from({ length: 20 }, (_, k) => object('Title', String(from + k))),
        });
        for (let k = 0; k < random.below(4); k++)
          t.call(next(), me, { ...o.title, objects: [object('Title', String(from + random.below(20)))] });
      }
      if (random.chance(0.4))
        t.call(next(), me, {
          ...o.loans,
          objects: Array.from({ length: 1 + (i % 12) }, (_, k) => object('Loan', `${i}-${k}`)),
        });
      if (random.chance(0.25))
        for (let k = 0; k < 1 + (i % 12); k++)
          t.call(
            next(),
            me,
            random.chance(0.2) ? { ...o.renew, status: 409 } : { ...o.renew, objects: [object('Loan', `${i}-${k}`)] },
          );
      if (random.chance(0.2))
        t.call(
          next(),
          me,
          random.chance(0.1)
            ? { ...o.reserve, ...invalid }
            : { ...o.reserve, status: 201, objects: [object('Reservation', `${i}-${d}`)] },
        );
      if (random.chance(0.1))
        t.call(next(), me, {
          ...o.reader,
          objects: [object('Reader', String(i))],
          sensitive: { address: 1, birth: 1 },
        });
    }
  }
  for (let a = 0; a < 9; a++) {
    const librarian: Caller = {
      subject: `desk${a}`,
      issuer: 'https://sso.library.example',
      kind: 'jwt',
      credential: '',
      address: '203.0.113.9',
      agent: 'edge',
    };
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) === 6 || random.chance(0.25)) continue;
      const me = { ...librarian, credential: `${librarian.subject}-${d}` };
      const next = t.clock(t.begin + d * day + 9 * hour + a * minute, 110 * second);
      for (let n = 0; n < Math.round(random.logNormal(35, 0.4) * (d === term ? 2.5 : 1)); n++) {
        const who = random.below(420);
        t.call(
          next(),
          me,
          random.chance(0.02)
            ? { ...o.reader, status: 404 }
            : { ...o.reader, objects: [object('Reader', String(who))], sensitive: { address: 1, birth: 1 } },
        );
        t.call(next(), me, {
          ...o.loans,
          objects: Array.from({ length: 1 + (who % 12) }, (_, k) => object('Loan', `${who}-${k}`)),
        });
        if (random.chance(0.05))
          t.call(next(), me, { ...o.renew, ...denied, objects: [object('Loan', `${who}-0`, 'refused')] });
      }
      if (a === 2 && t.weekday(d) === 1)
        for (let n = 0; n < 5; n++) t.call(next(), me, { ...o.remind, records: 60, sensitive: { address: 60 } });
    }
  }
  // Crawlers that are nobody: they keep to a pace, and go through all there is.
  for (const [c, agent] of ['Googlebot/2.1', 'bingbot/2.0', 'archive-crawler'].entries()) {
    let at = c * 900;
    for (let time = t.begin + c * minute; time < t.end; time += (60 + c * 40) * second * random.between(0.6, 1.4)) {
      const bot: Caller = {
        subject: undefined,
        issuer: '',
        kind: '',
        credential: '',
        address: `66.249.${60 + c}.${1 + random.below(20)}`,
        agent,
      };
      t.call(
        time,
        bot,
        random.chance(0.01)
          ? { ...o.title, status: 404 }
          : { ...o.title, objects: [object('Title', String((at += 1)))] },
      );
    }
  }
  const union = keyed('union-catalogue', '198.51.100.77', 'harvester');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < (t.weekday(d) === 3 ? 180 : 4); n++)
      t.call(t.begin + d * day + 2 * hour + n * 4 * second, union, {
        ...o.search,
        objects: Array.from({ length: 50 }, (_, k) => object('Title', String((d === 3 ? n : 900 + d) * 50 + k))),
      });
  const dormant = keyed('old-union', '192.0.2.248', 'harvester');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.search, objects: [object('Title', String(n))] });
  return t.world(
    {
      single: o.title,
      type: 'Title',
      list: o.search,
      write: o.reserve,
      profile: o.reader,
      login: o.login,
      admin: o.remind,
    },
    callers,
    dormant,
  );
}

export const libraryFamily: Family = { name: 'library', heldOut: true, make: library };
