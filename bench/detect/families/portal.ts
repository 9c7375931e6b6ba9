import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'startSession', method: 'POST', template: '/session' },
  invoices: { operation: 'listInvoices', method: 'GET', template: '/invoices' },
  invoice: { operation: 'getInvoice', method: 'GET', template: '/invoices/{invoiceId}' },
  letter: { operation: 'downloadLetter', method: 'GET', template: '/letters/{letterId}' },
  record: { operation: 'getPatientRecord', method: 'GET', template: '/patients/{patientId}/record' },
  claim: { operation: 'submitClaim', method: 'POST', template: '/claims' },
  claims: { operation: 'exportClaims', method: 'GET', template: '/insurers/{insurerId}/claims' },
} as const satisfies Record<string, Call>;

/** Patients who come once a month, when the mail says that an invoice is there; practices; insurers that fetch a month at once. */
function portal(seed: number, days: number): World {
  const t = new Traffic(seed * 131 + 7, Date.UTC(2027, 0, 27), days);
  const { random } = t;
  const mailing = 4 + random.below(3);
  const callers: Caller[] = [];
  for (let i = 0; i < 900; i++) {
    const patient: Caller = {
      subject: `patient${i}`,
      issuer: 'https://id.portal.example',
      kind: 'jwt',
      credential: '',
      address: t.home(60, 30),
      agent: random.pick(['safari', 'chrome', 'firefox', 'portal-ios-2', 'portal-android-2']),
    };
    if (i < 30) callers.push(patient);
    for (let d = 0; d < days; d++) {
      const chance = i < 30 ? 0.7 : d === mailing ? 0.5 : d > mailing ? 0.5 / (1 + 2 * (d - mailing)) : 0.03;
      if (!random.chance(chance)) continue;
      const me = { ...patient, credential: `${patient.subject}-${d}` };
      const next = t.clock(d === mailing ? t.at(d, [9, 4], [19, 4]) : t.at(d, [12, 8], [20, 3]), 12 * second);
      // Who comes once a month has forgotten the password.
      t.signIn(next, me, o.login, 0.35);
      t.call(next(), me, {
        ...o.invoices,
        objects: Array.from({ length: 1 + (i % 14) }, (_, n) => object('Invoice', `${i}-${n}`)),
      });
      for (let n = 0; n < 1 + random.below(i % 9 === 0 ? 15 : 3); n++)
        t.call(next(), me, {
          ...o.invoice,
          objects: [object('Invoice', `${i}-${n % (1 + (i % 14))}`)],
          bytes: random.logNormal(180_000, 0.8),
          duration: random.logNormal(300, 0.6),
        });
      if (random.chance(0.3))
        t.call(next(), me, { ...o.letter, objects: [object('Letter', `${i}-${random.below(9)}`)], bytes: 90_000 });
      if (random.chance(0.25))
        t.call(next(), me, {
          ...o.record,
          objects: [object('Record', String(i))],
          sensitive: { diagnosis: 3, birth: 1 },
        });
      // Somebody's child, whose consent ended.
      if (random.chance(0.02))
        t.call(next(), me, { ...o.record, ...denied, objects: [object('Record', `k${i}`, 'refused')] });
    }
  }
  for (let p = 0; p < 14; p++) {
    const practice: Caller = {
      subject: `practice${p}`,
      issuer: 'https://id.practices.example',
      kind: 'jwt',
      credential: '',
      address: `203.0.113.${20 + p}`,
      agent: 'praxis-suite',
    };
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) === 3 || t.weekday(d) === 4) continue;
      const many = Math.round(random.logNormal(22, 0.5) * (d === mailing - 1 ? 3 : 1));
      const me = { ...practice, credential: `${practice.subject}-${d}` };
      for (let n = 0; n < many; n++) {
        const next = t.clock(t.at(d, [10, 4], [15, 4]), 20 * second);
        const who = (p * 60 + random.below(75)) % 900;
        t.call(next(), me, {
          ...o.record,
          objects: [object('Record', String(who))],
          sensitive: { diagnosis: 3, birth: 1 },
        });
        t.call(next(), me, { ...o.claim, status: 201, objects: [object('Claim', `${p}-${d}-${n}`)] });
      }
    }
  }
  for (let p = 0; p < 4; p++) {
    const insurer = keyed(`insurer${p}`, `198.51.100.${p + 10}`, 'claims-batch');
    for (let d = 0; d < days; d++) {
      const pages = d === mailing ? 60 + p * 40 : 3;
      for (let n = 0; n < pages; n++)
        t.call(t.begin + d * day + (2 + p) * hour + n * 3 * second, insurer, {
          ...o.claims,
          objects: Array.from({ length: 25 }, (_, k) => object('Claim', `m${d === mailing ? n : 200 + d}-${p}-${k}`)),
          sensitive: { diagnosis: 25 },
        });
    }
  }
  const dormant = keyed('old-insurer', '192.0.2.240', 'claims-batch');
  for (let n = 0; n < 30; n++)
    t.call(t.begin + n * 80 * minute, dormant, {
      ...o.claims,
      objects: [object('Claim', `old-${n}`)],
      sensitive: { diagnosis: 1 },
    });
  return t.world(
    {
      single: o.invoice,
      type: 'Invoice',
      list: o.invoices,
      write: o.claim,
      profile: o.record,
      login: o.login,
      admin: o.claims,
    },
    callers,
    dormant,
  );
}

export const portalFamily: Family = { name: 'portal', heldOut: false, make: portal };
