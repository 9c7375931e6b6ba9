import { object, type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
  hour,
  invalid,
  keyed,
  minute,
  second,
  Traffic,
  undocumented,
  type Family,
  type World,
} from './traffic.ts';

const o = {
  login: { operation: 'createSession', method: 'POST', template: '/session' },
  query: { operation: 'runQueries', method: 'POST', template: '/batch' },
  nodes: { operation: 'getNodes', method: 'GET', template: '/nodes' },
  node: { operation: 'getNode', method: 'GET', template: '/nodes/{nodeId}' },
  edit: { operation: 'patchNode', method: 'PATCH', template: '/nodes/{nodeId}' },
  profile: { operation: 'getMember', method: 'GET', template: '/members/{memberId}' },
  dump: { operation: 'exportWorkspace', method: 'GET', template: '/workspaces/{workspaceId}/export' },
} as const satisfies Record<string, Call>;

/** Everything goes through one endpoint, ten queries at a time: pages are made of what many own; a release asks for five times as much. */
function batch(seed: number, days: number): World {
  const t = new Traffic(seed * 149 + 17, Date.UTC(2027, 4, 10), days);
  const { random } = t;
  const release = t.begin + random.between(3, days - 2) * day;
  // Of one person the app has a stale list: it asks for what is gone, each time that it starts.
  const unlucky = 3 + random.below(60);
  const callers: Caller[] = [];
  for (let w = 0; w < 12; w++) {
    const size = Math.round(random.logNormal(9, 0.6)) + 3;
    for (let i = 0; i < size; i++) {
      const n = callers.length;
      const member: Caller = {
        subject: `w${w}-m${i}`,
        issuer: 'https://id.notes.example',
        kind: 'jwt',
        credential: '',
        address: random.chance(0.5) ? `203.0.113.${w + 30}` : t.home(),
        agent: random.pick(['notes-web', 'notes-desktop', 'notes-mobile']),
      };
      callers.push(member);
      for (let d = 0; d < days; d++) {
        if (!random.chance(t.weekday(d) > 4 ? 0.15 : 0.75)) continue;
        const me = { ...member, credential: `${member.subject}-${d}` };
        for (let s = 0; s < 1 + random.below(4); s++) {
          const start = t.at(d, [9, 4], [14, 5], [17, 4]);
          const next = t.clock(start, 9 * second);
          if (s === 0) t.signIn(next, me, o.login, 0.08);
          const wide = start > release ? 5 : 1;
          for (let q = 0; q < 2 + random.below(8); q++) {
            const many = Math.min(100, Math.round(random.logNormal(9, 0.7)) * wide);
            t.call(
              next(),
              me,
              random.chance(0.02)
                ? { ...o.query, ...invalid }
                : {
                    ...o.query,
                    objects: Array.from({ length: many }, () => object('Node', `${w}-${random.below(900)}`)),
                    bytes: 600 * many,
                    duration: random.logNormal(25 * Math.sqrt(many), 0.6),
                    sensitive: random.chance(0.3) ? { email: Math.min(9, many) } : {},
                  },
            );
            if (random.chance(0.3))
              t.call(next(), me, { ...o.node, objects: [object('Node', `${w}-${random.below(900)}`)] });
            if (random.chance(0.2))
              t.call(
                next(),
                me,
                random.chance(0.08)
                  ? { ...o.edit, status: 409 }
                  : { ...o.edit, objects: [object('Node', `${w}-${random.below(900)}`)] },
              );
          }
          if (n === unlucky && d > 3)
            for (let k = 0; k < 22; k++)
              t.call(next(), me, { ...o.node, status: 404, objects: [object('Node', `stale${k}`, 'refused')] });
          if (start > release && random.chance(0.1)) t.call(next(), me, undocumented('/presence'));
          if (random.chance(0.1))
            t.call(next(), me, {
              ...o.profile,
              objects: [object('Member', `w${w}-m${random.below(size)}`)],
              sensitive: { email: 1, phone: 1 },
            });
        }
      }
    }
  }
  const bots = Array.from({ length: 10 }, (_, i) =>
    keyed(`bot${i}`, `198.51.100.${60 + i}`, i % 2 === 0 ? 'zap' : 'sdk-py'),
  );
  for (const [i, bot] of bots.entries())
    for (let time = t.begin + i * minute; time < t.end; time += (12 + i * 5) * minute)
      t.call(time, bot, {
        ...o.nodes,
        objects: Array.from({ length: 30 }, () => object('Node', `${i}-${random.below(900)}`)),
      });
  // Each workspace makes a copy of itself on Sundays.
  for (const [i, bot] of bots.entries())
    for (let d = 0; d < days; d++)
      if (t.weekday(d) === 6)
        for (let n = 0; n < 30; n++)
          t.call(t.begin + d * day + 3 * hour + i * 10 * minute + n * 5 * second, bot, {
            ...o.dump,
            records: 40,
            sensitive: { email: 4 },
            bytes: 2_000_000,
          });
  const dormant = keyed('old-bot', '192.0.2.243', 'zap');
  for (let n = 0; n < 40; n++) t.call(t.begin + n * hour, dormant, { ...o.nodes, objects: [object('Node', `0-${n}`)] });
  return t.world(
    { single: o.node, type: 'Node', list: o.nodes, write: o.edit, profile: o.profile, login: o.login, admin: o.dump },
    callers,
    dormant,
  );
}

export const batchFamily: Family = { name: 'batch', heldOut: false, make: batch };
