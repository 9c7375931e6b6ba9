import { dirname, resolve } from 'node:path';
import type { Contract, Profile } from '@castellan/contract';
import { architectureRules, checkArchitecture, type Finding } from '@castellan/assess/posture';

/** Findings over a document that do not come from the document's own rules. */
export type Others = (contract: Contract) => Promise<readonly Finding[]>;

/**
 * What deployment files show, as findings that go with the first document that is checked: they are about what all share.
 * @throws CastellanError for files that cannot be read
 */
export async function deploymentFindings(
  paths: readonly string[],
  cwd: string,
  profile: Profile | undefined,
): Promise<{ readonly others: Others; readonly environmentOf: (file: string) => string | undefined } | undefined> {
  if (paths.length === 0) return undefined;
  // Loaded only by who asks for it: it brings the parser for YAML with it.
  const { readArchitecture } = await import('@castellan/assess/architecture');
  const architecture = await readArchitecture(paths, cwd);
  let told = false;
  const environments = new Map(
    architecture.castellan.flatMap(({ apis }) =>
      apis.flatMap(({ contract, environment, place }) =>
        environment === undefined ? [] : [[resolve(cwd, dirname(place.file), contract), environment] as const],
      ),
    ),
  );
  return {
    others: async (contract) => {
      if (told) return [];
      told = true;
      return checkArchitecture(architecture, {
        profile: profile ?? contract.castellan.profile,
        rules: architectureRules,
      });
    },
    environmentOf: (file) => environments.get(resolve(cwd, file)),
  };
}

/** Several sources of findings as one. */
export function together(...sources: readonly (Others | undefined)[]): Others {
  return async (contract) => {
    const found: Finding[] = [];
    for (const source of sources) if (source !== undefined) found.push(...(await source(contract)));
    return found;
  };
}
