import { object, type Call, type Caller } from '../simulator/fact.ts';
import {
  day,
  denied,
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
  projects: { operation: 'listProjects', method: 'GET', template: '/projects' },
  build: { operation: 'getBuild', method: 'GET', template: '/builds/{buildId}' },
  builds: { operation: 'listBuilds', method: 'GET', template: '/projects/{projectId}/builds' },
  start: { operation: 'startBuild', method: 'POST', template: '/projects/{projectId}/builds' },
  secret: { operation: 'getSecrets', method: 'GET', template: '/projects/{projectId}/secrets' },
  artifact: { operation: 'getArtifact', method: 'GET', template: '/builds/{buildId}/artifacts/{name}' },
  drop: { operation: 'adminDeleteProject', method: 'DELETE', template: '/admin/projects/{projectId}' },
} as const satisfies Record<string, Call>;

/** Software is built: programs poll until a build is done, and the tests of a team send wrong requests on purpose at each commit. */
function builds(seed: number, days: number): World {
  const t = new Traffic(seed * 59 + 29, Date.UTC(2026, 1, 2), days);
  const { random } = t;
  const callers: Caller[] = [];
  for (let i = 0; i < 60; i++) {
    const caller: Caller = {
      subject: `engineer${i}`,
      issuer: 'https://id.builds.example',
      kind: 'jwt',
      credential: `eng${i}`,
      address: i % 2 === 0 ? '203.0.113.150' : t.home(),
      agent: random.pick(['builds-cli-3', 'chrome', 'firefox']),
    };
    callers.push(caller);
    for (let d = 0; d < days; d++) {
      if (t.weekday(d) > 4 && random.chance(0.8)) continue;
      const project = `p${i % 15}`;
      for (let n = 0; n < random.exponential(2.5); n++) {
        const id = `${i}-${d}-${n}`;
        const next = t.clock(t.at(d, [10, 2.5], [15, 3]), 6 * second);
        t.call(next(), caller, { ...o.projects, objects: [0, 1, 2].map((k) => object('Project', `p${(i + k) % 15}`)) });
        t.call(next(), caller, {
          ...o.builds,
          objects: Array.from({ length: 20 }, (_, k) => object('Build', `${project}-${d}-${k}`)),
        });
        t.call(next(), caller, { ...o.start, status: 201, objects: [object('Build', id)] });
        for (let poll = 0; poll < 4 + random.below(25); poll++)
          t.call(next(), caller, { ...o.build, objects: [object('Build', id)] });
        t.call(
          next(),
          caller,
          random.chance(0.06)
            ? { ...o.artifact, status: 404 }
            : { ...o.artifact, objects: [object('Artifact', id)], bytes: random.logNormal(300_000, 1.2) },
        );
        if (random.chance(0.05))
          t.call(next(), caller, { ...o.secret, objects: [object('Secret', project)], sensitive: { token: 3 } });
      }
    }
  }
  // Runners fetch the secrets of what they build; what builds is often another machine.
  for (let i = 0; i < 8; i++) {
    const runner = keyed(`runner${i}`, '', 'runner-5');
    for (let d = 0; d < days; d++)
      for (let n = 0; n < (t.weekday(d) > 4 ? 6 : 28); n++) {
        const start = t.at(d, [10, 3], [15, 4]);
        const me = {
          ...runner,
          address: `${random.pick([3, 18, 52])}.${random.below(60)}.${random.below(250)}.${random.below(250)}`,
        };
        const next = t.clock(start, 9 * second);
        t.call(next(), me, {
          ...o.secret,
          objects: [object('Secret', `p${(i * 2 + random.below(3)) % 15}`)],
          sensitive: { token: 3 },
        });
        for (let k = 0; k < 6; k++) t.call(next(), me, { ...o.build, objects: [object('Build', `r${i}-${d}-${n}`)] });
      }
  }
  // Tests against this API: what must be refused is tried as well, each time.
  for (let i = 0; i < 3; i++) {
    const suite = keyed(`suite${i}`, `198.51.100.${150 + i}`, 'jest');
    for (let d = 0; d < days; d++)
      for (let run = 0; run < (t.weekday(d) > 4 ? 1 : 3 + random.below(5)); run++) {
        const next = t.clock(t.at(d, [11, 2.5], [16, 3]), 400);
        for (let n = 0; n < 12 + i * 6; n++) {
          const roll = n % 6;
          t.call(
            next(),
            suite,
            roll === 0
              ? { ...o.start, ...invalid }
              : roll === 1
                ? { ...o.build, status: 404 }
                : roll === 2
                  ? { ...o.secret, ...denied, objects: [object('Secret', 'foreign', 'refused')] }
                  : roll === 3
                    ? undocumented(['/nowhere', '/projekts', '/v9/builds'][n % 3] as string)
                    : { ...o.build, objects: [object('Build', `s${i}-${n}`)] },
          );
        }
        t.call(
          next(),
          { ...suite, subject: undefined },
          {
            ...o.projects,
            status: 401,
            refused: ['authenticate', 'unauthenticated', 'invalid'],
            attempt: { secret: 'wrong-on-purpose' },
          },
        );
      }
  }
  const chief = { ...(callers[1] as Caller), subject: 'chief', credential: 'chief' };
  for (let d = 0; d < days; d++)
    if (t.weekday(d) < 5)
      t.call(t.begin + d * day + random.between(9, 17) * hour + minute, chief, {
        ...o.drop,
        status: 204,
        objects: [object('Project', `old${d}`)],
      });
  const dormant = keyed('old-runner', '192.0.2.130', 'runner-2');
  for (let n = 0; n < 50; n++)
    t.call(t.begin + random.between(0.1, 1.8) * day, dormant, { ...o.build, objects: [object('Build', `or${n}`)] });
  return t.world(
    { single: o.artifact, type: 'Artifact', list: o.builds, write: o.start, profile: o.secret, admin: o.drop },
    callers,
    dormant,
  );
}

export const buildsFamily: Family = { name: 'builds', heldOut: false, make: builds };
