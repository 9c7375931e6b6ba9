import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  issues: { operation: 'listIssues', method: 'GET', template: '/projects/{projectId}/issues' },
  issue: { operation: 'getIssue', method: 'GET', template: '/issues/{issueId}' },
  comment: { operation: 'createComment', method: 'POST', template: '/issues/{issueId}/comments' },
  search: { operation: 'searchIssues', method: 'GET', template: '/search' },
  board: { operation: 'getBoard', method: 'GET', template: '/boards/{boardId}' },
  me: { operation: 'getMe', method: 'GET', template: '/me' },
  members: { operation: 'adminListMembers', method: 'GET', template: '/admin/members' },
  oldIssues: { operation: 'listIssuesV2', method: 'GET', template: '/v2/issues' },
} as const satisfies Record<string, Call>;

/** Work tracked by teams; three deployments that change sizes, times and once what is refused; a new administrator. */
function tracker(seed: number, days: number): World {
  const t = new Traffic(seed * 47 + 19, Date.UTC(2026, 0, 12), days);
  const { random } = t;
  const callers: Caller[] = [];
  const larger = t.begin + random.between(2.2, 4) * day;
  const slower = t.begin + random.between(4.1, 6) * day;
  const stricter = t.begin + random.between(6.1, days - 1) * day;
  const call = (time: number, caller: Caller, one: Call): void => {
    let now: Call = { bytes: 400 + 300 * (one.objects?.length ?? 1), ...one };
    if (time > larger && now.operation === 'listIssues') now = { ...now, bytes: (now.bytes ?? 0) * 6 };
    if (time > slower && time < slower + 9 * hour && now.operation === 'searchIssues')
      now = { ...now, duration: random.logNormal(900, 0.6) };
    if (time > stricter && time < stricter + 3 * hour && now.operation === 'createComment')
      now = { ...now, ...invalid, objects: [] };
    t.call(time, caller, now);
  };
  for (let i = 0; i < 150; i++) {
    const office = i % 3;
    const caller: Caller = {
      subject: `dev${i}`,
      issuer: 'https://id.tracker.example',
      kind: 'jwt',
      credential: `dev${i}-s`,
      address: office < 2 ? `203.0.113.${50 + office}` : t.home(),
      agent: random.pick(['chrome', 'firefox', 'tracker-desktop-2']),
    };
    callers.push(caller);
    const busy = random.logNormal(1, 0.7);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) > 4 && random.chance(0.85)) continue;
      for (let visit = 0; visit < 3; visit++) {
        if (random.chance(0.25)) continue;
        const next = t.clock(t.at(d, [9.5, 2], [14, 3]), 15_000);
        const project = random.below(12);
        let shown: string[] = [];
        for (let n = 0; n < Math.min(60, 3 + random.exponential(6 * busy)); n++) {
          const roll = random.next();
          if (roll < 0.25 || shown.length === 0) {
            shown = Array.from({ length: 25 }, () => `${project}-${random.below(400)}`);
            call(next(), caller, { ...o.issues, objects: shown.map((id) => object('Issue', id)) });
          } else if (roll < 0.65) {
            const linked = random.chance(0.15) ? `${random.below(12)}-${random.below(400)}` : random.pick(shown);
            call(
              next(),
              caller,
              random.chance(0.01) ? { ...o.issue, status: 404 } : { ...o.issue, objects: [object('Issue', linked)] },
            );
          } else if (roll < 0.78)
            call(next(), caller, { ...o.comment, status: 201, objects: [object('Comment', `${i}-${d}-${n}`)] });
          else if (roll < 0.86)
            call(next(), caller, {
              ...o.search,
              objects: Array.from({ length: random.below(30) }, () =>
                object('Issue', `${project}-${random.below(400)}`),
              ),
              duration: random.logNormal(90, 0.8),
            });
          else if (roll < 0.95)
            call(next(), caller, { ...o.board, objects: [object('Board', String(project))], bytes: 50_000 });
          else call(next(), caller, { ...o.me, sensitive: { email: 1 } });
        }
      }
    }
  }
  // Programs of teams: one polls, one came new on the fourth day and reads all that there is once.
  for (let i = 0; i < 5; i++) {
    const bot = keyed(`integration${i}`, `198.51.100.${80 + i}`);
    for (
      let time = t.begin + (i === 4 ? 4 * day : 0) + i * minute;
      time < t.end;
      time += 10 * minute * random.between(0.9, 1.1)
    ) {
      call(time, bot, {
        ...(i === 0 ? o.oldIssues : o.issues),
        objects: Array.from({ length: 50 }, (_, n) => object('Issue', `${i}-${(n * 7) % 400}`)),
      });
      if (random.chance(0.05)) call(time + 900, bot, undocumented('/projects/archived'));
    }
  }
  const initial = t.clock(t.begin + 4 * day + 10 * hour, 1500);
  const newest = keyed('integration4', '198.51.100.84');
  for (let page = 0; page < 96; page++)
    call(initial(), newest, {
      ...o.issues,
      objects: Array.from({ length: 50 }, (_, n) => object('Issue', `${page % 12}-${(page * 50 + n) % 400}`)),
    });
  for (let i = 0; i < 3; i++) {
    const admin = { ...(callers[i * 3] as Caller) };
    for (let d = i === 2 ? 6 : 0; d < days; d++)
      for (let n = 0; n < 4; n++)
        call(t.begin + d * day + random.between(9, 16) * hour, admin, {
          ...o.members,
          objects: Array.from({ length: 25 }, (_, k) => object('Member', String(n * 25 + k))),
          sensitive: { email: 25 },
        });
  }
  const dormant = keyed('old-bot', '192.0.2.90');
  for (let n = 0; n < 50; n++)
    call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.issues,
      objects: Array.from({ length: 20 }, (_, k) => object('Issue', `1-${k}`)),
    });
  return t.world(
    {
      single: o.issue,
      type: 'Issue',
      list: o.issues,
      write: o.comment,
      profile: o.me,
      admin: o.members,
      deprecated: o.oldIssues,
    },
    callers,
    dormant,
  );
}

export const trackerFamily: Family = { name: 'tracker', heldOut: false, make: tracker };
