import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'createSession', method: 'POST', template: '/sessions' },
  postings: { operation: 'listPostings', method: 'GET', template: '/firms/{firmId}/postings' },
  receipt: { operation: 'getReceipt', method: 'GET', template: '/firms/{firmId}/receipts/{receiptId}' },
  post: { operation: 'createPosting', method: 'POST', template: '/firms/{firmId}/postings' },
  staff: { operation: 'getEmployee', method: 'GET', template: '/firms/{firmId}/employees/{employeeId}' },
  pay: { operation: 'releasePayment', method: 'POST', template: '/firms/{firmId}/payments' },
  pack: { operation: 'exportTaxPackage', method: 'GET', template: '/firms/{firmId}/export' },
  old: { operation: 'listEntriesV1', method: 'GET', template: '/v1/entries' },
} as const satisfies Record<string, Call>;

/** Books of firms: quiet until the month ends, auditors from outside read a year in a week, holidays have stand-ins, all passwords run out on one day. */
function ledger(seed: number, days: number): World {
  const t = new Traffic(seed * 197 + 19, Date.UTC(2027, 2, 29), days);
  const { random } = t;
  const callers: Caller[] = [];
  const isEnd = (d: number): boolean => d === 2 || d === 3 || d === 7;
  const expiry = 1 + random.below(4);
  const firms = 34;
  const receipts = (firm: number, from: number, many: number) =>
    Array.from({ length: many }, (_, k) => object('Receipt', `${firm}-${from + k}`));
  for (let firm = 0; firm < firms; firm++) {
    const people = 2 + random.below(6);
    const office = `203.0.113.${150 + firm}`;
    const vpn = `198.18.${firm % 4}.${3 + random.below(3)}`;
    const size = Math.round(random.logNormal(400, 0.8));
    const leave = random.below(days);
    for (let p = 0; p < people; p++) {
      const clerk: Caller = {
        subject: `f${firm}p${p}`,
        issuer: 'https://login.books.example',
        kind: 'session',
        credential: '',
        address: office,
        agent: random.pick(['edge', 'edge', 'chrome', 'firefox']),
      };
      callers.push(clerk);
      const [from, span] = [Math.floor((size / people) * p), Math.ceil(size / people)];
      for (let d = 0; d < days; d++) {
        if (t.weekday(d) > 4 && !(isEnd(d) && random.chance(0.4))) continue;
        if (random.chance(0.12) || (p === 0 && Math.abs(d - leave) < 2)) continue;
        const me = { ...clerk, credential: `${clerk.subject}-${d}`, address: random.chance(0.25) ? vpn : office };
        const next = t.clock(t.at(d, [8.5, 1]), 4 * minute);
        t.signIn(next, me, o.login, d === expiry ? 0.75 : 0.05);
        // Whoever stands in has the work of somebody else for some days.
        const instead = p === 1 && Math.abs(d - leave) < 2;
        const many = Math.round(random.logNormal(16, 0.5) * (isEnd(d) ? 3.5 : 1) * (instead ? 1.7 : 1));
        for (let n = 0; n < many; n++) {
          const begin = instead && n % 2 === 0 ? 0 : from;
          const id = begin + random.below(span);
          const roll = random.next();
          if (roll < 0.2) t.call(next(), me, { ...o.postings, objects: receipts(firm, id, 25), bytes: 9000 });
          else if (roll < 0.62)
            t.call(next(), me, {
              ...o.receipt,
              objects: [object('Firm', String(firm)), object('Receipt', `${firm}-${id}`)],
              bytes: random.logNormal(120_000, 1),
            });
          else if (roll < 0.9)
            t.call(
              next(),
              me,
              random.chance(0.09)
                ? { ...o.post, ...invalid }
                : { ...o.post, status: 201, objects: [object('Posting', `${firm}-${p}-${d}-${n}`)] },
            );
          else if (p < 2)
            t.call(next(), me, {
              ...o.staff,
              objects: [object('Employee', `${firm}-${random.below(25)}`)],
              sensitive: { iban: 1, salary: 1 },
            });
          else if (random.chance(0.12))
            t.call(next(), me, {
              ...o.staff,
              ...denied,
              objects: [object('Employee', `${firm}-${random.below(25)}`, 'refused')],
            });
        }
        if (p === 0 && (t.weekday(d) === 4 || isEnd(d)))
          for (let n = 0; n < 2 + random.below(9); n++)
            t.call(next(), me, { ...o.pay, status: random.chance(0.07) ? 409 : 201 });
        if (p === 0 && isEnd(d) && random.chance(0.5))
          t.call(next(), me, { ...o.pack, records: size, bytes: size * 900, duration: 4000 });
      }
    }
    // The bank's program.
    const feed = { ...keyed(`feed${firm}`, `192.0.2.${100 + (firm % 3)}`, 'bankfeed-5') };
    for (let d = 0; d < days; d++)
      if (t.weekday(d) < 5)
        for (let n = 0; n < size / 40; n++)
          t.call(t.begin + d * day + 5 * hour + firm * minute + n * 3 * second, feed, {
            ...o.post,
            status: 201,
            objects: [object('Posting', `${firm}-feed-${d}-${n}`)],
          });
  }
  // Auditors: three firms at a time, from offices of their own, each a week; they are new in the system.
  for (let a = 0; a < 6; a++) {
    const first = a < 2 ? 0 : 2 + random.below(4);
    const auditor: Caller = {
      subject: `audit${a}`,
      issuer: 'https://login.books.example',
      kind: 'session',
      credential: '',
      address: `185.60.${a % 2}.${9 + a}`,
      agent: 'edge',
    };
    for (let d = first; d < Math.min(days, first + 5); d++) {
      if (t.weekday(d) > 4) continue;
      const me = { ...auditor, credential: `${auditor.subject}-${d}` };
      const next = t.clock(t.at(d, [9, 0.6]), 100 * second);
      t.signIn(next, me, o.login, 0.1);
      const firm = (a * 5 + Math.floor(d / 2)) % firms;
      for (let n = 0; n < 60 * random.between(0.5, 1.5); n++) {
        if (n % 8 === 0) t.call(next(), me, { ...o.postings, objects: receipts(firm, n * 3, 25), bytes: 9000 });
        t.call(next(), me, {
          ...o.receipt,
          objects: [object('Firm', String(firm)), object('Receipt', `${firm}-${n * 3 + random.below(25)}`)],
          bytes: random.logNormal(120_000, 1),
        });
      }
    }
  }
  const legacy = keyed('payroll-bridge', '192.0.2.109', 'bridge-2');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 30; n++)
      t.call(t.begin + d * day + 4 * hour + n * 5 * second, legacy, { ...o.old, objects: receipts(n % firms, 0, 20) });
  const dormant = keyed('old-feed', '192.0.2.110', 'bankfeed-4');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + n * hour, dormant, { ...o.receipt, objects: [object('Receipt', `0-${n}`)] });
  return t.world(
    {
      single: o.receipt,
      type: 'Receipt',
      list: o.postings,
      write: o.post,
      profile: o.staff,
      login: o.login,
      business: o.pay,
      admin: o.pack,
      deprecated: o.old,
    },
    callers,
    dormant,
  );
}

export const ledgerFamily: Family = { name: 'ledger', heldOut: false, make: ledger };
