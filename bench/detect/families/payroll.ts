import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  token: { operation: 'createSession', method: 'POST', template: '/sessions' },
  people: { operation: 'listEmployees', method: 'GET', template: '/companies/{companyId}/employees' },
  employee: { operation: 'getEmployee', method: 'GET', template: '/employees/{employeeId}' },
  salary: { operation: 'getSalary', method: 'GET', template: '/employees/{employeeId}/salary' },
  slip: { operation: 'getPayslip', method: 'GET', template: '/payslips/{payslipId}' },
  times: { operation: 'submitTimes', method: 'POST', template: '/timesheets' },
  run: { operation: 'payRun', method: 'POST', template: '/companies/{companyId}/payruns' },
  ledger: { operation: 'exportLedger', method: 'GET', template: '/companies/{companyId}/ledger/export' },
} as const satisfies Record<string, Call>;

/** Salaries of thirty companies: offices quiet for weeks read everybody before pay day; on it all employees fetch their slip. */
function payroll(seed: number, days: number): World {
  const t = new Traffic(seed * 109 + 79, Date.UTC(2026, 5, 22), days);
  const { random } = t;
  const callers: Caller[] = [];
  const payday = 7;
  for (let company = 0; company < 30; company++) {
    const size = Math.round(random.logNormal(18, 0.8)) + 4;
    const address = `203.0.113.${company + 100}`;
    for (let i = 0; i < size; i++) {
      const person: Caller = {
        subject: `c${company}-e${i}`,
        issuer: 'https://id.payroll.example',
        kind: 'jwt',
        credential: '',
        address: random.chance(0.6) ? address : t.home(),
        agent: random.pick(['chrome', 'edge', 'safari', 'payroll-app-3']),
      };
      if (i === 1) callers.push(person);
      for (let d = 0; d < days; d++) {
        if (!random.chance(d === payday ? 0.75 : t.weekday(d) > 4 ? 0.03 : 0.2)) continue;
        const me = { ...person, credential: `${person.subject}-${d}` };
        const next = t.clock(t.at(d, [9, 2], [16, 3]), 10 * second);
        t.signIn(next, me, o.token, 0.15);
        if (random.chance(0.5))
          t.call(
            next(),
            me,
            random.chance(0.1)
              ? { ...o.times, ...invalid }
              : { ...o.times, status: 201, objects: [object('Timesheet', `${person.subject}-${d}`)] },
          );
        t.call(next(), me, {
          ...o.employee,
          objects: [object('Employee', person.subject ?? '')],
          sensitive: { iban: 1 },
        });
        if (d >= payday || random.chance(0.2))
          for (let n = 0; n < 1 + random.below(3); n++)
            t.call(next(), me, {
              ...o.slip,
              objects: [object('Payslip', `${person.subject}-${n}`)],
              sensitive: { salary: 1 },
            });
      }
    }
    const office: Caller = {
      subject: `office${company}`,
      issuer: 'https://id.payroll.example',
      kind: 'jwt',
      credential: '',
      address,
      agent: 'edge',
    };
    callers.push(office);
    for (let d = 0; d < days; d++) {
      const before = d >= payday - 2 && d < payday;
      if (!before && !random.chance(0.35)) continue;
      const me = { ...office, credential: `${office.subject}-${d}` };
      const next = t.clock(t.at(d, [10, 3]), 20 * second);
      t.signIn(next, me, o.token, 0.05);
      t.call(next(), me, {
        ...o.people,
        objects: Array.from({ length: Math.min(100, size) }, (_, n) => object('Employee', `c${company}-e${n}`)),
      });
      const many = before ? size : random.below(4);
      for (let n = 0; n < many; n++)
        t.call(
          next(),
          me,
          random.chance(0.01)
            ? { ...o.salary, ...denied }
            : { ...o.salary, objects: [object('Salary', `c${company}-e${n}`)], sensitive: { salary: 1, iban: 1 } },
        );
      if (d === payday - 1) t.call(next(), me, { ...o.run, status: 201 });
    }
    const books = keyed(`books${company}`, `198.51.100.${company + 1}`, 'ledger-connector');
    for (let d = company % 3; d < days; d += 3)
      t.call(t.begin + d * day + 2 * hour + company * minute, books, {
        ...o.ledger,
        records: size * 4,
        sensitive: { salary: size },
      });
  }
  const dormant = keyed('old-books', '192.0.2.222', 'ledger-connector');
  for (let n = 0; n < 20; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.ledger, records: 40, sensitive: { salary: 10 } });
  return t.world(
    {
      single: o.slip,
      type: 'Payslip',
      list: o.people,
      write: o.times,
      profile: o.salary,
      login: o.token,
      admin: o.ledger,
    },
    callers,
    dormant,
  );
}

export const payrollFamily: Family = { name: 'payroll', heldOut: true, make: payroll };
