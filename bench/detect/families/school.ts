import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'signIn', method: 'POST', template: '/session' },
  timetable: { operation: 'getTimetable', method: 'GET', template: '/timetable' },
  courses: { operation: 'listCourses', method: 'GET', template: '/courses' },
  task: { operation: 'getTask', method: 'GET', template: '/tasks/{taskId}' },
  submit: { operation: 'submitTask', method: 'POST', template: '/tasks/{taskId}/submissions' },
  submission: { operation: 'getSubmission', method: 'GET', template: '/submissions/{submissionId}' },
  grade: { operation: 'setGrade', method: 'PUT', template: '/submissions/{submissionId}/grade' },
  pupil: { operation: 'getPupil', method: 'GET', template: '/pupils/{pupilId}' },
  reports: { operation: 'exportReports', method: 'GET', template: '/admin/reports/export' },
} as const satisfies Record<string, Call>;

/** A school: whole classes sign in at eight behind one address, teachers mark thirty works in a row, a week of holidays. */
function school(seed: number, days: number): World {
  const t = new Traffic(seed * 43 + 17, Date.UTC(2026, 8, 14), days);
  const { random } = t;
  const callers: Caller[] = [];
  const holiday = (d: number): boolean => d === 3 || d === 4 || t.weekday(d) > 4;
  const person = (subject: string, agent: string): Caller => ({
    subject,
    issuer: 'https://id.school.example',
    kind: 'jwt',
    credential: '',
    address: '203.0.113.99',
    agent,
  });
  for (let i = 0; i < 260; i++) {
    const pupil = person(`pupil${i}`, random.chance(0.7) ? 'chromebook' : random.pick(['safari', 'firefox']));
    callers.push(pupil);
    const atHome = t.home();
    const group = Math.floor(i / 26);
    const visit = (start: number, name: string, address: string, mistakes: number): void => {
      const next = t.clock(start, 20 * second);
      const me = { ...pupil, credential: `${pupil.subject}-${name}`, address };
      t.signIn(next, me, o.login, mistakes);
      t.call(next(), me, o.timetable);
      t.call(next(), me, { ...o.courses, objects: [0, 1, 2, 3].map((n) => object('Course', `${group}-${n}`)) });
      for (let n = 0; n < random.below(4); n++) {
        const id = `${group}-${random.below(12)}`;
        t.call(next(), me, { ...o.task, objects: [object('Task', id)] });
        if (random.chance(0.3))
          t.call(
            next(),
            me,
            random.chance(0.1)
              ? { ...o.submit, ...invalid }
              : { ...o.submit, status: 201, objects: [object('Submission', `${i}-${id}`)] },
          );
        if (random.chance(0.2)) t.call(next(), me, { ...o.submission, objects: [object('Submission', `${i}-${id}`)] });
      }
      // Somebody tries the link of a friend.
      if (random.chance(0.02))
        t.call(next(), me, {
          ...o.submission,
          ...denied,
          objects: [object('Submission', `${random.below(260)}-${group}-1`, 'refused')],
        });
      if (random.chance(0.03))
        t.call(next(), me, { ...o.pupil, objects: [object('Pupil', String(i))], sensitive: { birthday: 1 } });
    };
    for (let d = 0; d < days; d++) {
      if (holiday(d)) continue;
      // The lesson in the computer room: passwords have been forgotten.
      if ((d + group) % 2 === 0)
        visit(t.begin + d * day + 8 * hour + random.exponential(60 * second), `${d}-a`, '203.0.113.99', 0.22);
      if (random.chance(0.35)) visit(t.at(d, [18, 4]), `${d}-b`, atHome, 0.08);
    }
  }
  for (let i = 0; i < 14; i++) {
    const teacher = person(`teacher${i}`, random.pick(['firefox', 'edge']));
    const marking = 1 + (i % 5);
    for (let d = 0; d < days; d++) {
      if (holiday(d) && !(t.weekday(d) === 6 && i % 3 === 0)) continue;
      const next = t.clock(t.begin + d * day + (8 + random.below(3)) * hour, 25 * second);
      const me = { ...teacher, credential: `t${i}-${d}`, address: t.weekday(d) > 4 ? t.home(80, 1) : teacher.address };
      t.signIn(next, me, o.login, 0.05);
      t.call(next(), me, { ...o.courses, objects: [0, 1, 2].map((n) => object('Course', `${i % 10}-${n}`)) });
      for (let n = 0; n < random.below(3); n++)
        t.call(next(), me, {
          ...o.pupil,
          objects: [object('Pupil', String((i % 10) * 26 + random.below(26)))],
          sensitive: { birthday: 1, parents: 1 },
        });
      if (d % 5 === marking || t.weekday(d) === 6)
        for (let n = 0; n < 26; n++) {
          const id = `${(i % 10) * 26 + n}-${i % 10}-${d % 12}`;
          t.call(next(), me, { ...o.submission, objects: [object('Submission', id)] });
          t.call(next(), me, { ...o.grade, status: 204, objects: [object('Submission', id)] });
        }
    }
  }
  const head = person('head', 'edge');
  for (let d = 0; d < days; d++)
    if (!holiday(d))
      t.call(
        t.begin + d * day + 14 * hour + random.below(90) * minute,
        { ...head, credential: `head-${d}` },
        {
          ...o.reports,
          objects: Array.from({ length: 100 }, (_, n) => object('Pupil', String(n * 2))),
          sensitive: { birthday: 100 },
          bytes: 60_000,
        },
      );
  const sync = keyed('sync', '198.51.100.3');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 260; n++)
      t.call(t.begin + d * day + 2 * hour + n * 2 * second, sync, {
        ...o.pupil,
        objects: [object('Pupil', String(n))],
        sensitive: { birthday: 1, parents: 1 },
      });
  const dormant = keyed('old-sync', '198.51.100.9');
  for (let n = 0; n < 60; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.pupil,
      objects: [object('Pupil', String(n))],
      sensitive: { birthday: 1 },
    });
  return t.world(
    {
      single: o.submission,
      type: 'Submission',
      list: o.courses,
      write: o.submit,
      profile: o.pupil,
      login: o.login,
      admin: o.reports,
    },
    callers,
    dormant,
  );
}

export const schoolFamily: Family = { name: 'school', heldOut: false, make: school };
