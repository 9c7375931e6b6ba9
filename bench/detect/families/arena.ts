import { object, type Call, type Caller } from '../simulator/fact.ts';
import { day, hour, invalid, keyed, minute, second, Traffic, type Family, type World } from './traffic.ts';

const o = {
  token: { operation: 'issueToken', method: 'POST', template: '/oauth/token' },
  rooms: { operation: 'listRooms', method: 'GET', template: '/rooms' },
  join: { operation: 'joinRoom', method: 'POST', template: '/rooms/{roomId}/seats' },
  state: { operation: 'getRoom', method: 'GET', template: '/rooms/{roomId}' },
  result: { operation: 'postResult', method: 'POST', template: '/rooms/{roomId}/results' },
  top: { operation: 'getLeaderboard', method: 'GET', template: '/leaderboard' },
  wallet: { operation: 'getWallet', method: 'GET', template: '/players/{playerId}/wallet' },
  kick: { operation: 'moderatorRemoveSeat', method: 'DELETE', template: '/moderation/rooms/{roomId}/seats/{seatId}' },
  old: { operation: 'getRoomV1', method: 'GET', template: '/v1/rooms/{roomId}' },
} as const satisfies Record<string, Call>;

/** Rooms that players enter and leave; when a server restarts, all of its rooms are asked for again at once, with what had run out. */
function arena(seed: number, days: number): World {
  const t = new Traffic(seed * 137 + 11, Date.UTC(2027, 2, 5), days);
  const { random } = t;
  const storms = Array.from({ length: 3 }, () => t.begin + random.between(2.5, days - 0.5) * day);
  const season = t.begin + random.pick([4, 5, 6]) * day + 18 * hour;
  const callers: Caller[] = [];
  for (let i = 0; i < 130; i++) {
    const player: Caller = {
      subject: `p${i}`,
      issuer: 'https://id.arena.example',
      kind: 'jwt',
      credential: '',
      address: t.home(70, 20),
      agent: random.pick(['arena-win-31', 'arena-mac-31', 'arena-ios-31', 'arena-android-30']),
    };
    callers.push(player);
    const keen = random.logNormal(0.6, 0.9);
    const session = (start: number, rounds: number): void => {
      const me = { ...player, credential: `${player.subject}-${Math.floor(start / hour)}` };
      const next = t.clock(start, 8 * second);
      if (random.chance(0.2)) t.signIn(next, me, o.token, 0.12);
      t.call(next(), me, {
        ...o.rooms,
        objects: Array.from({ length: 20 }, (_, n) => object('Room', `${Math.floor(start / hour)}-${n}`)),
      });
      for (let r = 0; r < rounds; r++) {
        const id = `${Math.floor(start / hour)}-${random.below(20)}`;
        if (random.chance(0.15)) t.call(next(), me, { ...o.join, status: 409 });
        t.call(next(), me, { ...o.join, status: 201, objects: [object('Seat', `${id}-${i}`)] });
        for (let n = 0; n < 8 + random.below(14); n++)
          t.call(next(), me, { ...o.state, objects: [object('Room', id)] });
        if (random.chance(0.5))
          t.call(next(), me, random.chance(0.05) ? { ...o.result, ...invalid } : { ...o.result, status: 201 });
        // The room was closed while somebody still looked at it.
        if (random.chance(0.12))
          for (let n = 0; n < 1 + random.below(4); n++)
            t.call(next(), me, { ...o.state, status: 404, objects: [object('Room', id, 'refused')] });
        if (random.chance(0.3))
          t.call(next(), me, { ...o.top, objects: Array.from({ length: 100 }, (_, n) => object('Rank', String(n))) });
      }
      if (random.chance(0.2))
        t.call(next(), me, { ...o.wallet, objects: [object('Wallet', String(i))], sensitive: { balance: 1 } });
    };
    for (let d = 0; d < days; d++)
      for (let n = 0; n < Math.min(3, Math.floor(random.exponential(keen * 1.5))); n++)
        session(t.at(d, [18, 6], [22, 4]), 1 + random.below(4));
    if (random.chance(0.6)) session(season + random.below(40) * minute, 6);
    // All who are there come again and again until the server answers; what they show has run out.
    for (const storm of storms) {
      if (!random.chance(0.45)) continue;
      const me = { ...player, credential: `${player.subject}-${Math.floor(storm / hour)}` };
      let time = storm + random.below(5) * second;
      for (let n = 0; n < 4 + random.below(12); n++) {
        time += 2 ** Math.min(n, 5) * second * random.between(0.5, 1);
        const what = random.below(3);
        t.call(
          time,
          me,
          what === 0
            ? { ...o.state, status: 503 }
            : what === 1
              ? {
                  ...o.join,
                  status: 401,
                  refused: ['authenticate', 'unauthenticated', 'token-expired'],
                  attempt: { secret: me.credential },
                }
              : { ...o.state, status: 404, objects: [object('Room', `gone-${n}-${i % 9}`, 'refused')] },
        );
      }
      session(time + 3 * second, 1);
    }
  }
  const mods = [0, 1, 2].map((n): Caller => ({
    ...keyed(`mod${n}`, `192.0.2.${80 + n}`, 'chrome'),
    issuer: 'https://id.staff.example',
    kind: 'jwt',
  }));
  for (let d = 0; d < days; d++)
    for (const mod of mods)
      for (let n = 0; n < (d === 5 ? 14 : random.below(4)); n++)
        t.call(t.at(d, [20, 5]), mod, { ...o.kick, status: 204 });
  const stream = keyed('overlay', '198.51.100.90', 'overlay');
  for (let time = t.begin; time < t.end; time += 4 * minute)
    t.call(time, stream, { ...o.top, objects: Array.from({ length: 100 }, (_, n) => object('Rank', String(n))) });
  const fan = keyed('fan-site', '198.51.100.91', 'fan-site');
  for (let time = t.begin; time < t.end; time += 3 * hour)
    t.call(time, fan, { ...o.old, objects: [object('Room', `f${random.below(30)}`)] });
  const dormant = keyed('old-overlay', '192.0.2.241', 'overlay');
  for (let n = 0; n < 40; n++) t.call(t.begin + n * hour, dormant, { ...o.top, objects: [object('Rank', String(n))] });
  return t.world(
    {
      single: o.state,
      type: 'Room',
      list: o.rooms,
      write: o.result,
      profile: o.wallet,
      login: o.token,
      admin: o.kick,
      deprecated: o.old,
    },
    callers,
    dormant,
  );
}

export const arenaFamily: Family = { name: 'arena', heldOut: false, make: arena };
