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
  session: { operation: 'openSession', method: 'POST', template: '/sessions' },
  match: { operation: 'getMatch', method: 'GET', template: '/matches/{matchId}' },
  move: { operation: 'postMove', method: 'POST', template: '/matches/{matchId}/moves' },
  board: { operation: 'getLeaderboard', method: 'GET', template: '/leaderboards/{season}' },
  player: { operation: 'getPlayer', method: 'GET', template: '/players/{playerId}' },
  shop: { operation: 'listItems', method: 'GET', template: '/items' },
  redeem: { operation: 'redeemCode', method: 'POST', template: '/codes/redeem' },
  grant: { operation: 'adminGrantItem', method: 'POST', template: '/admin/players/{playerId}/items' },
  legacy: { operation: 'getPlayerV1', method: 'GET', template: '/v1/players/{playerId}' },
} as const satisfies Record<string, Call>;

/** A game: sessions that last for hours and poll every few seconds, a tournament, a site that reads the leaderboard, an update. */
function game(seed: number, days: number): World {
  const t = new Traffic(seed * 97 + 61, Date.UTC(2026, 11, 4), days);
  const { random } = t;
  const callers: Caller[] = [];
  const tournament = t.begin + random.pick([3, 5, 6]) * day + 20 * hour;
  const update = t.begin + random.between(3, 6) * day;
  for (let i = 0; i < 140; i++) {
    const caller: Caller = {
      subject: `player${i}`,
      issuer: 'https://id.game.example',
      kind: 'opaque-token',
      credential: `console${i}`,
      address: random.chance(0.5) ? `2001:db8:${(i * 7).toString(16)}:1::${(i + 1).toString(16)}` : t.home(30, 40),
      agent: random.pick(['game-switch-5', 'game-pc-5', 'game-mobile-5']),
    };
    callers.push(caller);
    const keen = random.logNormal(0.35, 0.9);
    const play = (start: number, matches: number): void => {
      const next = t.clock(start, 5 * second);
      const me = {
        ...caller,
        agent: start > update && random.chance(0.8) ? caller.agent.replace('5', '6') : caller.agent,
        address: caller.agent.includes('mobile') && random.chance(0.5) ? t.home(100, 4) : caller.address,
      };
      for (let m = 0; m < matches; m++) {
        const id = `m${Math.floor(start / 60_000)}-${i}-${m}`;
        for (let n = 0; n < 12 + random.below(25); n++)
          t.call(
            next(),
            me,
            n % 3 === 2
              ? random.chance(0.06)
                ? { ...o.move, ...invalid }
                : { ...o.move, status: 201, objects: [object('Move', `${id}-${n}`)] }
              : { ...o.match, objects: [object('Match', id)], bytes: random.logNormal(2500, 0.4) },
          );
        for (let k = 0; k < random.below(4); k++)
          t.call(next(), me, { ...o.player, objects: [object('Player', String(random.below(140)))] });
        if (random.chance(0.4))
          t.call(next(), me, {
            ...o.board,
            objects: Array.from({ length: 50 }, (_, k) => object('Player', String(k))),
          });
        if (random.chance(0.15))
          t.call(next(), me, { ...o.shop, objects: Array.from({ length: 30 }, (_, k) => object('Item', String(k))) });
        // Codes from a magazine: some are typed wrongly.
        if (random.chance(0.03))
          for (let k = 0; k < 1 + random.below(4); k++)
            t.call(next(), me, k === 0 ? { ...o.redeem, status: 200 } : { ...o.redeem, status: 404 });
        if (me.agent.includes('6') && random.chance(0.05)) t.call(next(), me, undocumented('/telemetry'));
      }
    };
    for (let d = 0; d < days; d++)
      for (let n = 0; n < Math.min(4, Math.floor(random.exponential(keen * 2))); n++) {
        const start = t.at(d, [17, 4], [21, 4]);
        if (random.chance(0.05)) t.signIn(t.clock(start - minute), caller, o.session, 0.2);
        play(start, 1 + random.below(4));
      }
    if (random.chance(0.5)) play(tournament + random.below(10) * minute, 5);
  }
  const site = keyed('statsite', '198.51.100.231', 'statsite');
  for (let time = t.begin; time < t.end; time += 15 * minute) {
    t.call(time, site, { ...o.board, objects: Array.from({ length: 100 }, (_, k) => object('Player', String(k))) });
    for (let k = 0; k < 6; k++)
      t.call(
        time + k * second,
        site,
        random.chance(0.02)
          ? { ...o.player, status: 404 }
          : { ...o.player, objects: [object('Player', String(random.below(140)))] },
      );
  }
  const wiki = keyed('wiki', '198.51.100.232', 'wiki-bot');
  for (let time = t.begin; time < t.end; time += 2 * hour * random.between(0.7, 1.3))
    t.call(time, wiki, { ...o.legacy, objects: [object('Player', String(random.below(140)))] });
  for (let d = 0; d < days; d++)
    for (let n = 0; n < 5; n++)
      t.call(
        t.begin + d * day + random.between(9, 18) * hour,
        { ...keyed(`care${n % 2}`, '192.0.2.33', 'chrome'), issuer: 'https://id.studio.example', kind: 'jwt' },
        { ...o.grant, status: 201 },
      );
  const dormant = keyed('old-site', '192.0.2.231');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.player, objects: [object('Player', String(n))] });
  return t.world(
    {
      single: o.player,
      type: 'Player',
      list: o.board,
      write: o.move,
      login: o.session,
      admin: o.grant,
      deprecated: o.legacy,
    },
    callers,
    dormant,
  );
}

export const gameFamily: Family = { name: 'game', heldOut: false, make: game };
