import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, denied, hour, keyed, minute, second, Traffic, undocumented, type Family, type World } from './traffic.ts';

const o = {
  login: { operation: 'signIn', method: 'POST', template: '/sign-in' },
  sync: { operation: 'sync', method: 'GET', template: '/sync' },
  room: { operation: 'getRoom', method: 'GET', template: '/rooms/{roomId}' },
  history: { operation: 'listMessages', method: 'GET', template: '/rooms/{roomId}/messages' },
  send: { operation: 'sendMessage', method: 'POST', template: '/rooms/{roomId}/messages' },
  file: { operation: 'getFile', method: 'GET', template: '/files/{fileId}' },
  profile: { operation: 'getProfile', method: 'GET', template: '/users/{userId}' },
  purge: { operation: 'adminPurgeRoom', method: 'DELETE', template: '/admin/rooms/{roomId}' },
} as const satisfies Record<string, Call>;

/** Chat at work: clients sync every half minute while somebody is there, laptops wake after the weekend, a merger adds a whole company. */
function chat(seed: number, days: number): World {
  const t = new Traffic(seed * 127 + 89, Date.UTC(2026, 7, 12), days);
  const { random } = t;
  const callers: Caller[] = [];
  const merger = 5;
  for (let i = 0; i < 75; i++) {
    const isNew = i >= 45;
    const caller: Caller = {
      subject: `mate${i}`,
      issuer: 'https://id.chat.example',
      kind: 'jwt',
      credential: `mate${i}-l`,
      address: isNew ? '198.51.100.77' : random.chance(0.6) ? '203.0.113.70' : t.home(),
      agent: random.pick(['chat-desktop-7', 'chat-ios-7', 'chrome']),
    };
    if (!isNew) callers.push(caller);
    const rooms = Array.from({ length: 8 }, () => `r${random.below(40)}`);
    for (let d = isNew ? merger : 0; d < days; d++) {
      if ((d % 7 === 3 || d % 7 === 4) && random.chance(0.9)) continue;
      const start = t.begin + d * day + random.between(7.5, 9.5) * hour;
      const end = start + random.between(3, 8) * hour;
      // What was missed is fetched room by room.
      const catchUp = t.clock(start, 900);
      for (const room of isNew && d === merger ? Array.from({ length: 30 }, (_, n) => `r${n}`) : rooms) {
        t.call(
          catchUp(),
          caller,
          random.chance(0.01)
            ? { ...o.room, ...denied, objects: [object('Room', room, 'refused')] }
            : { ...o.room, objects: [object('Room', room)] },
        );
        t.call(catchUp(), caller, {
          ...o.history,
          objects: Array.from({ length: 50 }, (_, n) => object('Message', `${room}-${d}-${n}`)),
        });
      }
      for (let time = start; time < end; time += 4 * minute * random.between(0.8, 1.2)) {
        t.call(time, caller, { ...o.sync, records: random.below(6) });
        if (random.chance(0.12))
          t.call(time + 3 * second, caller, {
            ...o.send,
            status: 201,
            objects: [object('Message', `${i}-${Math.floor(time / 1000)}`)],
          });
        if (random.chance(0.05))
          t.call(
            time + 5 * second,
            caller,
            random.chance(0.08)
              ? { ...o.file, status: 404 }
              : {
                  ...o.file,
                  objects: [object('File', `${random.below(2000)}`)],
                  bytes: random.logNormal(200_000, 1.5),
                },
          );
        if (random.chance(0.05))
          t.call(time + 7 * second, caller, {
            ...o.profile,
            objects: [object('User', String(random.below(75)))],
            sensitive: { phone: 1 },
          });
        if (random.chance(0.002)) t.call(time + 9 * second, caller, undocumented('/reactions'));
      }
      if (random.chance(0.05)) t.signIn(t.clock(start - minute), caller, o.login, 0.3);
    }
  }
  const bot = keyed('deploy-bot', '192.0.2.71', 'bot');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < random.below(25); n++)
      t.call(t.at(d, [11, 3], [15, 3]), bot, { ...o.send, status: 201, objects: [object('Message', `b${d}-${n}`)] });
  const archive = keyed('archive', '192.0.2.72', 'archive');
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 40; n++)
      t.call(t.begin + d * day + hour + n * 3 * second, archive, {
        ...o.history,
        objects: Array.from({ length: 100 }, (_, k) => object('Message', `r${n}-${d}-${k}`)),
      });
  const admin = { ...(callers[2] as Caller), subject: 'chat-admin', credential: 'chat-admin' };
  for (let d = 0; d < days; d += 2) t.call(t.begin + d * day + 11 * hour, admin, { ...o.purge, status: 204 });
  const dormant = keyed('old-bot', '192.0.2.79', 'bot-1');
  for (let n = 0; n < 40; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, {
      ...o.send,
      status: 201,
      objects: [object('Message', `ob-${n}`)],
    });
  return t.world(
    {
      single: o.file,
      type: 'File',
      list: o.history,
      write: o.send,
      profile: o.profile,
      login: o.login,
      admin: o.purge,
    },
    callers,
    dormant,
  );
}

export const chatFamily: Family = { name: 'chat', heldOut: true, make: chat };
