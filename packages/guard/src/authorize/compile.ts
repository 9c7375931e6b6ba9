import type { Contract } from '@castellan/contract';
import { apiType, compilePolicies, EntityRef, policySchema } from '@castellan/policy';
import type { GuardOptions } from '../options.ts';
import { makeAuthority, type Authority } from './authority.ts';
import { openDirectory } from './directory.ts';
import { readPolicyFiles } from './policy-files.ts';
import type { Loaders } from './resources.ts';

/**
 * Reads, checks and compiles the policies of a contract.
 * @param previous what is in force: a policy file of it that is gone is an error
 * @returns undefined where the guard has no policies
 * @throws CastellanError `no-policies`, `policy-file`, `policy-file-vanished`, `entities-file`, `bad-entities`, and
 * whatever is wrong with a policy: its file, line, column and mend
 */
export async function compileAuthority(
  contract: Contract,
  options: GuardOptions,
  loaders: Loaders,
  previous: Authority | undefined,
): Promise<Authority | undefined> {
  if (options.policies === undefined) return undefined;
  const files = await readPolicyFiles(options.policies, previous?.files);
  const schema = policySchema(contract);
  const set = compilePolicies({ policies: files, schema: schema.json });
  const { schema: model } = set;
  if (model === undefined) throw new TypeError('policies were compiled without their schema');
  return makeAuthority({
    contract,
    set,
    model,
    entityTypes: schema.entityTypes,
    api: new EntityRef(apiType, contract.title),
    directory: await openDirectory(options.entities),
    loaders,
    resolver: options.resolver,
    files: files.map(({ file }) => file),
  });
}
