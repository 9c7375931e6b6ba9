import type { IdentityFact } from '../store/tables.ts';
import type { Ghost } from './ghost.ts';
import type { Known, KnownDeployment } from './known.ts';

/**
 * An environment that is not production reaches what production reaches, while its callers are vouched for by a mock, a
 * development issuer, or by less than production's: whoever can call it has production's data.
 */
export function ghostPaths({ deployments, production }: Known): Ghost[] {
  const real = deployments.filter(({ environment }) => production.has(environment));
  return deployments.flatMap((one): Ghost[] => {
    if (production.has(one.environment)) return [];
    const shared = real.flatMap((other) => {
      const both = one.resources.filter(
        ({ fingerprint, kind }) =>
          isData(kind) && other.resources.some((resource) => resource.fingerprint === fingerprint),
      );
      return both.length === 0 ? [] : [{ other, kinds: [...new Set(both.map(({ kind }) => kind))] }];
    });
    const [first] = shared;
    if (first === undefined) return [];
    const weaker = weakness(
      one,
      shared.map(({ other }) => other),
    );
    if (weaker === undefined) return [];
    return [
      {
        kind: 'ghost-path',
        severity: 'critical',
        api: one.api ?? '',
        environment: one.environment,
        subject: one.name,
        evidence: [
          ...shared.map(
            ({ other, kinds }) =>
              `it is connected to the same ${kinds.join(' and ')} as ${other.name} in ${other.environment}`,
          ),
          weaker,
        ],
        remedy: `give ${one.environment} a database of its own, or production's identity provider; until then, switch it off`,
        firstSeen: new Date(one.firstSeen).toISOString(),
        lastSeen: new Date(one.lastSeen).toISOString(),
      },
    ];
  });
}

/** Third parties, proxies, collectors and this registry are reached from everywhere. */
const everywhere: ReadonlySet<string> = new Set(['http', 'https', 'dns', 'tcp']);

function isData(kind: string): boolean {
  return !everywhere.has(kind);
}

/** Names under which development runs. */
const development =
  /(?:^|[.-])(?:localhost|local|test|dev|develop|development|mock|fake|stub|sandbox|staging|stage|qa)(?:$|[.:-])/i;
const loopback = /^(?:127\.|\[?::1\]?|0\.0\.0\.0)/;

/** How strong a proof of identity is; a lower one is weaker. */
const strength: ReadonlyMap<string, number> = new Map(
  ['none', 'custom', 'users', 'secret', 'keys', 'introspection', 'issuer', 'certificate'].map((kind, index) => [
    kind,
    index,
  ]),
);

/** Why its identities are worth less than those of production; undefined where they are not. */
function weakness(one: KnownDeployment, real: readonly KnownDeployment[]): string | undefined {
  const trusted = real.flatMap(({ identities }) => identities);
  const known = new Set(trusted.map(keyOf));
  const strange = one.identities.filter((identity) => !known.has(keyOf(identity)));
  if (one.identities.length === 0)
    return trusted.length === 0 ? undefined : 'it authenticates nobody, and production does';
  const mock = strange.find(({ host }) => host !== '' && (development.test(host) || loopback.test(host)));
  if (mock !== undefined)
    return `its identity provider ${mock.host} (${mock.scheme}) is a mock or a development issuer`;
  const least = Math.min(...one.identities.map(({ kind }) => strength.get(kind) ?? 1));
  const most = Math.min(...trusted.map(({ kind }) => strength.get(kind) ?? 1));
  if (trusted.length > 0 && least < most)
    return `callers prove who they are by less than in production (${kindsOf(one.identities)})`;
  const other = strange.find(({ kind }) => kind === 'issuer' || kind === 'introspection');
  return other === undefined
    ? undefined
    : `production does not trust its identity provider ${other.host} (${other.scheme})`;
}

function keyOf({ fingerprint, kind, host }: IdentityFact): string {
  return fingerprint === '' ? `${kind} ${host}` : fingerprint;
}

function kindsOf(identities: readonly IdentityFact[]): string {
  return [...new Set(identities.map(({ kind }) => kind))].join(', ');
}
