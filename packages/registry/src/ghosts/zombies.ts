import { isSameDigest } from '../inventory/same-digest.ts';
import type { Ghost } from './ghost.ts';
import type { Known, KnownApi } from './known.ts';

/** Past its sunset or retired and still answering, or an old version that still runs (OWASP API9:2023). */
export function zombies({ apis, sightings, deployments, now }: Known): Ghost[] {
  const found: Ghost[] = [];
  const seenOf = Map.groupBy(sightings, ({ api }) => api);
  const runningOf = Map.groupBy(deployments, ({ api }) => api);
  for (const api of apis) {
    const operations = new Map(api.operations.map((one) => [`${one.method} ${one.path}`, one]));
    for (const one of seenOf.get(api.id) ?? []) {
      if (!one.documented || one.answered === 0) continue;
      const name = `${one.method} ${one.template}`;
      const operation = operations.get(name);
      const ended = endOf(api, operation, now) ?? (operation === undefined ? goneFrom(api, name, now) : undefined);
      if (ended === undefined || one.lastSeen < ended.at) continue;
      found.push({
        kind: 'zombie',
        severity: 'high',
        api: api.id,
        environment: one.environment,
        subject: name,
        evidence: [ended.why, `it answered on ${new Date(one.lastSeen).toISOString()}; ${one.answered} answers in all`],
        remedy: 'tell who still uses it, then switch it off; a guard answers 410 from the sunset on',
        firstSeen: new Date(one.firstSeen).toISOString(),
        lastSeen: new Date(one.lastSeen).toISOString(),
      });
    }
    for (const one of runningOf.get(api.id) ?? []) {
      const [newest] = api.digests;
      if (one.digest === null || newest === undefined) continue;
      const age = api.digests.findIndex((digest) => isSameDigest(digest, one.digest ?? ''));
      // A release takes its time: blue and green, canaries.
      if (age <= 0 || now - api.newestSince < release) continue;
      found.push({
        kind: 'zombie',
        severity: 'medium',
        api: api.id,
        environment: one.environment,
        subject: one.name,
        evidence: [
          `it runs contract ${one.digest.slice(0, 19)}, which ${age === 1 ? 'one newer version has' : `${age} newer versions have`} replaced`,
        ],
        remedy: 'deploy the newest version, or retire this deployment',
        firstSeen: new Date(one.firstSeen).toISOString(),
        lastSeen: new Date(one.lastSeen).toISOString(),
      });
    }
  }
  return found;
}

/** So long two versions may run beside each other, milliseconds. */
const release = 86_400_000;

/** What the newest contract version does not have any more. */
function goneFrom(api: KnownApi, name: string, now: number): { readonly at: number; readonly why: string } | undefined {
  const at = api.newestSince + release;
  if (api.digests.length < 2 || api.sideBySide.has(name) || at > now) return undefined;
  return { at, why: 'only an older contract version documents it' };
}

function endOf(
  api: KnownApi,
  operation: KnownApi['operations'][number] | undefined,
  now: number,
): { readonly at: number; readonly why: string } | undefined {
  if (api.state === 'retired') return { at: -Infinity, why: 'the API is retired' };
  if (operation?.state === 'retired') return { at: -Infinity, why: 'the operation is retired' };
  const sunset = [operation?.sunset, api.sunset].filter((one) => typeof one === 'string').sort()[0];
  const at = sunset === undefined ? Infinity : Date.parse(sunset);
  return at <= now ? { at, why: `its sunset was ${sunset}` } : undefined;
}
