import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'beginSession', method: 'POST', template: '/sessions' },
  slots: { operation: 'listAppointments', method: 'GET', template: '/offices/{officeId}/appointments' },
  book: { operation: 'bookAppointment', method: 'POST', template: '/offices/{officeId}/appointments' },
  file: { operation: 'getCase', method: 'GET', template: '/cases/{caseId}' },
  files: { operation: 'listCases', method: 'GET', template: '/cases' },
  person: { operation: 'getResident', method: 'GET', template: '/residents/{residentId}' },
  apply: { operation: 'submitApplication', method: 'POST', template: '/applications' },
  register: { operation: 'exportRegister', method: 'GET', template: '/registers/{registerId}/export' },
} as const satisfies Record<string, Call>;

/** Offices that work from eight to four, not on a holiday, and twice as much on the day after; passes before the summer. */
function townhall(seed: number, days: number): World {
  const t = new Traffic(seed * 163 + 29, Date.UTC(2027, 4, 3), days);
  const { random } = t;
  const holiday = random.pick([3, 4]);
  const after = t.weekday(holiday + 1) > 4 ? 7 : holiday + 1;
  const callers: Caller[] = [];
  for (let a = 0; a < 55; a++) {
    const office = a % 8;
    const clerk: Caller = {
      subject: `clerk${a}`,
      issuer: 'https://sso.town.example',
      kind: 'jwt',
      credential: '',
      address: `203.0.113.${60 + office}`,
      agent: 'town-desktop',
    };
    callers.push(clerk);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) > 4 || d === holiday || random.chance(0.12)) continue;
      const me = { ...clerk, credential: `${clerk.subject}-${d}` };
      const next = t.clock(t.begin + d * day + 8 * hour + random.below(30) * minute, (a % 6 === 2 ? 90 : 240) * second);
      t.signIn(next, me, o.login, 0.1);
      const many = Math.round(random.logNormal(18, 0.4) * (d === after ? 2.2 : 1));
      for (let n = 0; n < many; n++) {
        if (n % 6 === 0)
          t.call(next(), me, {
            ...o.files,
            objects: Array.from({ length: 20 }, (_, k) => object('Case', `${office}-${d * 60 + n * 3 + k}`)),
          });
        const id = `${office}-${d * 60 + random.below(90)}`;
        t.call(
          next(),
          me,
          random.chance(0.03)
            ? { ...o.file, ...denied, objects: [object('Case', `x${id}`, 'refused')] }
            : { ...o.file, objects: [object('Case', id)] },
        );
        if (random.chance(0.6))
          t.call(next(), me, {
            ...o.person,
            objects: [object('Resident', String(random.below(6000)))],
            sensitive: { birth: 1, address: 1 },
          });
      }
      // Elections: one office prints its register for a day.
      if (office === 5 && a % 3 === 1 && d >= 7)
        for (let n = 0; n < 12; n++) t.call(next(), me, { ...o.register, records: 200, sensitive: { address: 200 } });
    }
  }
  for (let i = 0; i < 1500; i++) {
    const person: Caller = {
      subject: `r${i}`,
      issuer: 'https://id.state.example',
      kind: 'jwt',
      credential: '',
      address: t.home(90, 20),
      agent: random.pick(['chrome', 'safari', 'firefox', 'edge', 'samsung']),
    };
    for (let d = 0; d < days; d++) {
      if (!random.chance(d === after ? 0.12 : t.weekday(d) > 4 ? 0.03 : 0.05)) continue;
      const me = { ...person, credential: `${person.subject}-${d}` };
      const next = t.clock(t.at(d, [10, 5], [20, 5]), 14 * second);
      t.signIn(next, me, o.login, 0.2);
      // Who finds no appointment looks again and again.
      for (let n = 0; n < 1 + random.below(random.chance(0.1) ? 40 : 6); n++)
        t.call(next(), me, {
          ...o.slots,
          objects: Array.from({ length: random.below(8) }, (_, k) => object('Slot', `${d}-${k}-${random.below(40)}`)),
        });
      if (random.chance(0.4))
        t.call(
          next(),
          me,
          random.chance(0.3)
            ? { ...o.book, status: 409 }
            : { ...o.book, status: 201, objects: [object('Appointment', `${i}-${d}`)] },
        );
      for (let n = 0; n < random.below(4); n++)
        t.call(
          next(),
          me,
          random.chance(0.35)
            ? { ...o.apply, ...invalid }
            : { ...o.apply, status: 201, objects: [object('Case', `a${i}-${d}`)] },
        );
      if (random.chance(0.2)) t.call(next(), me, { ...o.file, objects: [object('Case', `a${i}-${d}`)] });
      if (random.chance(0.1))
        t.call(next(), me, {
          ...o.person,
          objects: [object('Resident', `me${i}`)],
          sensitive: { birth: 1, address: 1 },
        });
    }
  }
  const archive = keyed('archive', '10.3.3.3', 'archive-job');
  for (let d = 0; d < days; d++)
    if (t.weekday(d) === 4)
      for (let n = 0; n < 400; n++)
        t.call(t.begin + d * day + 19 * hour + n * 3 * second, archive, {
          ...o.file,
          objects: [object('Case', `${n % 8}-${n}`)],
        });
  const dormant = keyed('old-archive', '192.0.2.246', 'archive-job');
  for (let n = 0; n < 40; n++) t.call(t.begin + n * hour, dormant, { ...o.file, objects: [object('Case', `0-${n}`)] });
  return t.world(
    {
      single: o.file,
      type: 'Case',
      list: o.files,
      write: o.apply,
      profile: o.person,
      login: o.login,
      business: o.book,
      admin: o.register,
    },
    callers,
    dormant,
  );
}

export const townhallFamily: Family = { name: 'townhall', heldOut: false, make: townhall };
