import type { CheckedCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { planOf, withoutUser } from './text.ts';

/** What `castellan config check --json` prints: `schemas/config-output.json`. */
export function configOutput(checked: CheckedCastellanYaml): object {
  const { file, problems, apis } = checked;
  return {
    file,
    ok: problems.length === 0,
    problems: problems.map(({ code, what, place, mend }) => ({
      code,
      message: what,
      file: place?.file ?? file,
      line: place?.line ?? null,
      column: place?.column ?? null,
      fix: mend,
    })),
    apis: apis.map(({ api, run, claim }) => ({
      name: api.name,
      starts: run !== undefined,
      title: run?.contract.title ?? null,
      version: run?.contract.version ?? null,
      digest: run?.contract.digest ?? null,
      operations: run?.contract.operations.length ?? null,
      mode: run?.settings.mode ?? null,
      environment: api.environment ?? null,
      hosts: api.hosts ?? [],
      paths: claim === undefined ? [] : claim.prefixes.map((prefix) => `${prefix}/`),
      upstreams: (api.upstreams ?? []).map(({ url }) => withoutUser(String(url))),
      notices: (run?.notices ?? []).map(({ code, message }) => ({ code, message })),
    })),
    plan: planOf(checked).map((line) => line.trim()),
  };
}
