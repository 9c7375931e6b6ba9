import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, Traffic, type Family, type World } from './traffic.ts';

const o = {
  companies: { operation: 'listCompanies', method: 'GET', template: '/companies' },
  company: { operation: 'getCompany', method: 'GET', template: '/companies/{companyId}' },
  score: { operation: 'getScore', method: 'GET', template: '/companies/{companyId}/score' },
  watch: { operation: 'createWatch', method: 'POST', template: '/watches' },
  owners: { operation: 'getOwners', method: 'GET', template: '/companies/{companyId}/owners' },
  order: { operation: 'purchaseReport', method: 'POST', template: '/reports' },
  usage: { operation: 'adminUsage', method: 'GET', template: '/admin/usage' },
  oldScore: { operation: 'getScoreV1', method: 'GET', template: '/v1/score/{companyId}' },
} as const satisfies Record<string, Call>;

/** Credit scores for companies: twelve keys, from three requests a day to thousands; campaigns, month ends, a customer on trial. */
function partners(seed: number, days: number): World {
  const t = new Traffic(seed * 71 + 41, Date.UTC(2026, 9, 26), days);
  const { random } = t;
  const keys: Caller[] = Array.from({ length: 12 }, (_, i) =>
    keyed(`client${i}`, `198.51.100.${200 + i}`, i % 3 === 0 ? 'sdk-java' : `client-${i}`),
  );
  for (const [i, key] of keys.entries()) {
    const perDay = 3 * 1.95 ** i;
    const erratic = random.between(0.2, 1);
    for (let d = 0; d < days; d++) {
      const isNight = i % 2 === 1;
      const campaign = random.chance(0.12) ? random.between(2, 5) : 1;
      const monthEnd = d === 5 ? 2 : 1;
      const many = Math.round(
        Math.min(6000, perDay * random.logNormal(1, erratic) * campaign * monthEnd) *
          (t.weekday(d) > 4 && !isNight ? 0.15 : 1),
      );
      const next = isNight ? t.clock(t.begin + d * day + (i % 6) * hour, 3000) : undefined;
      for (let n = 0; n < many; n++) {
        const time = next?.() ?? t.at(d, [10, 3], [15, 4]);
        const me = i === 9 ? { ...key, address: `198.51.100.${200 + random.below(40)}` } : key;
        const id = String(random.below(200_000));
        const roll = random.next();
        if (roll < 0.1)
          t.call(time, me, {
            ...o.companies,
            objects: Array.from({ length: random.below(20) }, () => object('Company', String(random.below(200_000)))),
          });
        else if (roll < 0.5)
          t.call(
            time,
            me,
            random.chance(0.05) ? { ...o.company, status: 404 } : { ...o.company, objects: [object('Company', id)] },
          );
        else if (roll < 0.85)
          t.call(
            time,
            me,
            random.chance(0.05)
              ? { ...(i === 4 ? o.oldScore : o.score), status: 404 }
              : { ...(i === 4 ? o.oldScore : o.score), objects: [object('Company', id)] },
          );
        else if (roll < 0.93 && i > 3)
          t.call(time, me, { ...o.owners, objects: [object('Company', id)], sensitive: { birthday: 2 } });
        else if (roll < 0.97)
          t.call(
            time,
            me,
            random.chance(0.1)
              ? { ...o.watch, ...invalid }
              : { ...o.watch, status: 201, objects: [object('Watch', `${i}-${d}-${n}`)] },
          );
        else {
          t.call(time, me, { ...o.score, objects: [object('Company', id)] });
          t.call(time + 900, me, { ...o.order, status: 201, objects: [object('Report', `${i}-${d}-${n}`)] });
        }
      }
    }
  }
  // On trial from the sixth day: tries this and that, and much of it wrongly.
  const trial = keyed('trial', '203.0.113.210', 'postman');
  for (let d = 6; d < days; d++) {
    const next = t.clock(t.begin + d * day + 9 * hour, minute);
    for (let n = 0; n < 45; n++) {
      const roll = random.next();
      t.call(
        next(),
        trial,
        roll < 0.12
          ? { ...o.watch, ...invalid }
          : roll < 0.2
            ? { ...o.company, status: 404 }
            : { ...random.pick([o.company, o.score]), objects: [object('Company', String(random.below(200_000)))] },
      );
    }
  }
  const admin: Caller = {
    subject: 'sales',
    issuer: 'https://id.scores.example',
    kind: 'jwt',
    credential: 'sales',
    address: '192.0.2.8',
    agent: 'chrome',
  };
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 3; n++) t.call(t.begin + d * day + (9 + n * 3) * hour, admin, { ...o.usage, records: 12 });
  const dormant = keyed('former', '192.0.2.160');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.score, objects: [object('Company', String(n))] });
  return t.world(
    {
      single: o.company,
      type: 'Company',
      list: o.companies,
      write: o.watch,
      profile: o.owners,
      admin: o.usage,
      business: o.order,
      deprecated: o.oldScore,
    },
    keys.slice(0, 8),
    dormant,
  );
}

export const partnersFamily: Family = { name: 'partners', heldOut: false, make: partners };
