import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: '', method: 'POST', template: '/auth/token' },
  accounts: { operation: 'listAccounts', method: 'GET', template: '/accounts' },
  transactions: { operation: 'listTransactions', method: 'GET', template: '/accounts/{accountId}/transactions' },
  transaction: { operation: 'getTransaction', method: 'GET', template: '/transactions/{transactionId}' },
  payee: { operation: 'createPayee', method: 'POST', template: '/payees' },
  transfer: { operation: 'createTransfer', method: 'POST', template: '/transfers' },
  profile: { operation: 'getCustomer', method: 'GET', template: '/customers/{customerId}' },
  statement: { operation: 'getStatement', method: 'GET', template: '/accounts/{accountId}/statements/{month}' },
  review: { operation: 'adminReviewTransfers', method: 'GET', template: '/admin/transfers' },
} as const satisfies Record<string, Call>;

/** A bank: few calls of each, tokens of five minutes, payday, accountants with the accounts of forty firms. */
function bank(seed: number, days: number): World {
  const t = new Traffic(seed * 31 + 7, Date.UTC(2026, 3, 20), days);
  const { random } = t;
  const callers: Caller[] = [];
  const payday = 5;
  for (let i = 0; i < 220; i++) {
    const caller: Caller = {
      subject: `customer${i}`,
      issuer: 'https://id.bank.example',
      kind: 'jwt',
      credential: '',
      address: random.chance(0.1) ? '192.0.2.44' : t.home(),
      agent: random.pick(['bank-ios-12', 'bank-android-12', 'bank-android-11', 'firefox', 'chrome']),
    };
    callers.push(caller);
    const often = random.logNormal(0.5, 0.8);
    const transactions: string[] = Array.from({ length: 40 }, (_, n) => `${i}-tx${n}`);
    for (let d = 0; d < days; d++) {
      const visits = Math.min(5, Math.floor(random.exponential(d === payday ? often * 3 : often)));
      for (let n = 0; n < visits; n++) {
        const next = t.clock(t.at(d, [8, 3], [12.5, 2], [20, 5]));
        const now = {
          ...caller,
          credential: `${caller.subject}-${d}-${n}`,
          address: caller.agent.startsWith('bank') && random.chance(0.4) ? t.home(100, 4) : caller.address,
        };
        t.signIn(next, now, o.login, 0.07);
        const account = [`${i}-giro`, `${i}-savings`].map((id) => object('Account', id));
        t.call(next(), now, { ...o.accounts, objects: account });
        const shown = transactions.slice(-25);
        for (let k = 0; k <= random.below(3); k++)
          t.call(next(), now, { ...o.transactions, objects: shown.map((id) => object('Transaction', id)) });
        if (random.chance(0.3))
          t.call(next(), now, { ...o.transaction, objects: [object('Transaction', random.pick(shown))] });
        if (random.chance(0.08))
          t.call(next(), now, {
            ...o.profile,
            objects: [object('Customer', `${i}`)],
            sensitive: { iban: 2, phone: 1 },
          });
        if (random.chance(0.15)) {
          if (random.chance(0.3))
            t.call(next(), now, { ...o.payee, status: 201, objects: [object('Payee', `${i}-p${d}`)] });
          const wrong = random.chance(0.1);
          if (wrong) t.call(next(), now, { ...o.transfer, ...invalid });
          t.call(next(), now, { ...o.transfer, status: 201, objects: [object('Transfer', `${i}-t${d}-${n}`)] });
          transactions.push(`${i}-tx-${d}-${n}`);
        }
        // Statements of the last year, for the tax office.
        if (random.chance(0.02))
          for (let month = 0; month < 12; month++)
            t.call(next(), now, { ...o.statement, objects: [object('Statement', `${i}-${month}`)], bytes: 90_000 });
      }
    }
  }
  // Accountants come by once or twice a week and read everything of their firms.
  for (let i = 0; i < 4; i++) {
    const caller = keyed(`accountant${i}`, `198.51.100.${40 + i}`, 'books-7');
    for (let d = i; d < days; d += 3) {
      const next = t.clock(t.at(d, [6, 1]), 2000);
      for (let firm = 0; firm < 40; firm++)
        for (let page = 0; page < 1 + random.below(4); page++)
          t.call(next(), caller, {
            ...o.transactions,
            objects: Array.from({ length: 50 }, (_, n) => object('Transaction', `f${i}-${firm}-${d}-${page}-${n}`)),
          });
    }
  }
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 8; n++) {
      const clerk = {
        ...(callers[0] as Caller),
        subject: `clerk${n % 3}`,
        credential: `clerk${n % 3}-${d}`,
        address: '192.0.2.44',
        agent: 'edge',
      };
      t.call(t.begin + d * day + (8 + n) * hour + random.below(20) * minute, clerk, {
        ...o.review,
        objects: Array.from({ length: 20 }, (_, k) => object('Transfer', `r${d}-${n}-${k}`)),
        sensitive: { iban: 20 },
      });
    }
  const dormant = keyed('old-books', '192.0.2.200', 'books-5');
  for (let n = 0; n < 30; n++)
    t.call(t.begin + random.between(0.2, 1.8) * day, dormant, {
      ...o.transactions,
      objects: Array.from({ length: 20 }, (_, k) => object('Transaction', `ob${n}-${k}`)),
    });
  return t.world(
    {
      single: o.transaction,
      type: 'Transaction',
      list: o.transactions,
      write: o.payee,
      profile: o.profile,
      login: o.login,
      admin: o.review,
      business: o.transfer,
    },
    callers,
    dormant,
  );
}

export const bankFamily: Family = { name: 'bank', heldOut: false, make: bank };
