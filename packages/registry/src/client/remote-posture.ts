import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readEvidence, type EvidenceRecord } from '@castellan/assess/controls';
import { CastellanError } from '@castellan/contract';
import type { ListedApi } from '../inventory/list.ts';
import type { Consumer } from '../lifecycle/consumers.ts';
import type { LifecycleView } from '../lifecycle/look.ts';
import { proofAge } from '../posture/evidence.ts';
import type { ImportedEvidence } from '../posture/import-evidence.ts';
import type { PostureLine } from '../posture/overview.ts';
import type { PostureReport } from '../posture/report.ts';
import type { PlacedStep } from '../posture/steps.ts';
import { cursorOf, readCursor } from '../server/cursor.ts';
import type { PostureCommands } from './posture.ts';
import type { RegistryRequests } from './request.ts';

/** Entries of one page, and of one request that adds something. */
const most = 200;

/** Posture and life cycle as a registry answers them; who asks is who has the key. */
export function remotePosture(registry: RegistryRequests): PostureCommands {
  const of = (api: string): string => `apis/${encodeURIComponent(api)}`;
  const sendEvidence = async (source: string, records: readonly EvidenceRecord[]): Promise<ImportedEvidence> => {
    let all: ImportedEvidence = { source, proofs: 0, older: 0, claims: 0, unknown: [] };
    for (let at = 0; at === 0 || at < records.length; at += most) {
      const one = await registry.post<ImportedEvidence>('evidence', { source, records: records.slice(at, at + most) });
      all = {
        source,
        proofs: all.proofs + one.proofs,
        older: all.older + one.older,
        claims: all.claims + one.claims,
        unknown: [...new Set([...all.unknown, ...one.unknown])],
      };
    }
    return all;
  };
  return {
    async overview({ after, limit }) {
      const apis: PostureLine[] = [];
      let next: string | null = after === undefined || after === '' ? '' : cursorOf([after]);
      while (next !== null && apis.length < limit) {
        const page: { apis: readonly PostureLine[]; next: string | null } = await registry.get(
          `posture?${query({ limit: Math.min(most, limit - apis.length), after: next })}`,
        );
        apis.push(...page.apis);
        ({ next } = page);
      }
      const [last] = next === null ? [] : (readCursor(next, 1) ?? []);
      const unmet = Map.groupBy(
        apis.flatMap(({ unmet: names }) => names),
        (name) => name,
      );
      return {
        apis,
        next: typeof last === 'string' ? last : null,
        policies: [...unmet].map(([name, all]) => ({ name, apis: all.length })),
        violations: [],
        notices: [...unmet].map(([name]) => `policy ${name} is not met: castellan inventory posture API says where`),
      };
    },
    report: (api) => known(registry, api, registry.get<PostureReport>(`${of(api)}/posture`)),
    async steps({ api, environment, limit }) {
      if (api === undefined)
        return registry.get<{ steps: readonly PlacedStep[]; all: number }>(
          `posture/next?${query({ limit: Math.min(most, limit) })}`,
        );
      const report = await known(
        registry,
        api,
        registry.get<PostureReport>(`${of(api)}/posture?${query({ environment })}`),
      );
      return { steps: report.next.slice(0, limit), all: report.next.length };
    },
    async attest({ api, control, by, reason, environment = '*' }) {
      const at = new Date().toISOString();
      const record: EvidenceRecord = { api, control, level: 'proven', environment, at, source: by, detail: reason };
      const { unknown } = await sendEvidence('attest', [record]);
      if (unknown[0] !== undefined)
        throw new CastellanError({ code: 'unknown-api', message: unknown[0], mend: 'see castellan inventory list' });
      return { api, control, until: new Date(Date.parse(at) + proofAge).toISOString() };
    },
    importEvidence: async (file, cwd) =>
      sendEvidence(file, readEvidence(file, await readFile(resolve(cwd, file), 'utf8'))),
    look: (api, operation) =>
      known(registry, api, registry.get<LifecycleView>(`${of(api)}/lifecycle?${query({ operation })}`)),
    async change({ api, ...request }) {
      const view = await known(registry, api, registry.post<LifecycleView>(`${of(api)}/lifecycle`, request));
      const way = view.ways.find(({ to, allowed }) => to === request.to && !allowed);
      const allowed = view.standing.decided === request.to && way === undefined;
      return { allowed, problems: way?.problems ?? [], view };
    },
    approve: async ({ api, ...request }) =>
      void (await known(registry, api, registry.post<LifecycleView>(`${of(api)}/approvals`, request))),
    async consumers({ api, operation, all }) {
      const one = (id: string): Promise<{ consumers: readonly Consumer[] }> =>
        registry.get(
          `${of(id)}/consumers?${query({ operation, all: all === true ? 'true' : undefined, limit: most })}`,
        );
      if (api !== undefined) return (await known(registry, api, one(api))).consumers;
      const found: Consumer[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page: { apis: readonly ListedApi[]; next: string | null } = await registry.get(
          `apis?${query({ limit: most, after: next })}`,
        );
        for (const { id } of page.apis) found.push(...(await one(id)).consumers);
        ({ next } = page);
      }
      return found.sort((a, b) => b.hits - a.hits);
    },
    async name(who, as) {
      return (await registry.post<{ principal: string }>('contacts', { ...who, ...as })).principal;
    },
  };
}

/** What the registry does not know is said as a store here says it. */
async function known<T>(registry: RegistryRequests, api: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (!(error instanceof CastellanError) || error.code !== 'registry-not-found') throw error;
    throw new CastellanError({
      code: 'unknown-api',
      message: `${registry.url} has no API '${api}' that this key may see`,
      mend: 'see castellan inventory list',
      cause: error,
    });
  });
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(Object.fromEntries(said.map(([name, value]) => [name, String(value)]))).toString();
}
