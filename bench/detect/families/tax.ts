import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'signIn', method: 'POST', template: '/sign-in' },
  forms: { operation: 'listForms', method: 'GET', template: '/forms' },
  form: { operation: 'getForm', method: 'GET', template: '/returns/{returnId}' },
  save: { operation: 'saveDraft', method: 'PUT', template: '/returns/{returnId}' },
  submit: { operation: 'payAndSubmit', method: 'POST', template: '/returns/{returnId}/submission' },
  letter: { operation: 'getLetter', method: 'GET', template: '/letters/{letterId}' },
  person: { operation: 'getTaxpayer', method: 'GET', template: '/taxpayers/{taxpayerId}' },
  audit: { operation: 'adminSelectAudits', method: 'POST', template: '/admin/audits' },
} as const satisfies Record<string, Call>;

/** Tax returns: most come once, all in the last three days before the deadline; advisers come with two hundred clients each. */
function tax(seed: number, days: number): World {
  const t = new Traffic(seed * 101 + 67, Date.UTC(2026, 6, 23), days);
  const { random } = t;
  const callers: Caller[] = [];
  const deadline = 8;
  for (let i = 0; i < 900; i++) {
    const caller: Caller = {
      subject: `payer${i}`,
      issuer: 'https://id.state.example',
      kind: 'jwt',
      credential: '',
      address: random.chance(0.15) ? `203.0.113.${240 + random.below(5)}` : t.home(40, 50),
      agent: random.pick(['chrome', 'firefox', 'safari', 'edge', 'tax-app-1']),
    };
    if (i < 120) callers.push(caller);
    const visits = 1 + random.below(3);
    for (let n = 0; n < visits; n++) {
      const d = Math.floor(random.chance(0.6) ? random.between(deadline - 3, deadline) : random.between(0, deadline));
      const next = t.clock(t.at(d, [11, 4], [20, 5]), 25 * second);
      const me = { ...caller, credential: `${i}-${d}-${n}` };
      t.signIn(next, me, o.login, 0.25);
      t.call(next(), me, { ...o.forms, objects: [object('Form', `f${i % 20}`)] });
      t.call(next(), me, { ...o.form, objects: [object('Return', `${i}`)], sensitive: { income: 1, taxId: 1 } });
      for (let k = 0; k < 3 + random.below(14); k++)
        t.call(
          next(),
          me,
          random.chance(0.15) ? { ...o.save, ...invalid } : { ...o.save, objects: [object('Return', `${i}`)] },
        );
      // Letters of all years, to look something up.
      if (random.chance(0.1))
        for (let k = 0; k < 18; k++)
          t.call(next(), me, {
            ...o.letter,
            objects: [object('Letter', `${i}-${k}`)],
            bytes: random.logNormal(150_000, 0.6),
          });
      if (random.chance(0.2))
        t.call(next(), me, { ...o.person, objects: [object('Taxpayer', String(i))], sensitive: { iban: 1, taxId: 1 } });
      if (n === visits - 1) {
        if (random.chance(0.2)) t.call(next(), me, { ...o.submit, ...invalid });
        t.call(next(), me, { ...o.submit, status: 201, objects: [object('Submission', String(i))] });
      }
    }
  }
  for (let i = 0; i < 9; i++) {
    const adviser = {
      ...keyed(`adviser${i}`, `198.51.100.${20 + i}`, i % 2 === 0 ? 'ledger-9' : 'taxsoft'),
      kind: 'certificate',
      issuer: 'advisers-ca',
    };
    for (let d = 0; d < days; d++) {
      const next = t.clock(t.begin + d * day + (8 + random.below(3)) * hour, 15 * second);
      const clients = Math.round(random.between(4, 14) * (d >= deadline - 2 && d <= deadline ? 5 : 1));
      for (let c = 0; c < clients; c++) {
        const id = `a${i}-${(d * 13 + c) % 200}`;
        t.call(
          next(),
          adviser,
          random.chance(0.02)
            ? { ...o.form, ...denied, objects: [object('Return', id, 'refused')] }
            : { ...o.form, objects: [object('Return', id)], sensitive: { income: 1, taxId: 1 } },
        );
        for (let k = 0; k < 2; k++)
          t.call(
            next(),
            adviser,
            random.chance(0.1) ? { ...o.save, ...invalid } : { ...o.save, objects: [object('Return', id)] },
          );
        if (random.chance(0.6))
          t.call(next(), adviser, { ...o.submit, status: 201, objects: [object('Submission', id)] });
      }
    }
  }
  const clerk: Caller = {
    subject: 'clerk',
    issuer: 'https://id.office.example',
    kind: 'jwt',
    credential: 'clerk',
    address: '192.0.2.40',
    agent: 'edge',
  };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 3; n++)
      t.call(t.begin + d * day + (9 + n * 2) * hour + random.below(30) * minute, clerk, {
        ...o.audit,
        status: 201,
        objects: [object('Audit', `${d}-${n}`)],
        sensitive: { income: 5 },
      });
  const dormant = keyed('old-software', '192.0.2.199', 'taxsoft-2019');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.form, objects: [object('Return', `os${n}`)] });
  return t.world(
    {
      single: o.form,
      type: 'Return',
      list: o.forms,
      write: o.save,
      profile: o.person,
      login: o.login,
      admin: o.audit,
      business: o.submit,
    },
    callers,
    dormant,
  );
}

export const taxFamily: Family = { name: 'tax', heldOut: false, make: tax };
