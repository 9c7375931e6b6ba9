import { globSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { readScenarios, type ScenarioFile } from '@castellan/policy';
import { readYaml } from './load.ts';

/**
 * Reads the scenario files of a folder.
 * @throws CastellanError `no-scenarios`, `bad-scenario`
 */
export function scenarioFiles(folder: string, cwd: string): ScenarioFile[] {
  const found = globSync(join(folder, '**', '*.{yaml,yml,json}'), { cwd }).sort();
  if (found.length === 0) {
    throw new CastellanError({
      code: 'no-scenarios',
      message: 'there are no scenario files',
      place: { file: folder },
      mend: 'write one as docs/policies.md shows',
    });
  }
  return found.map((file) => readScenarios(readYaml(file, cwd), file));
}
