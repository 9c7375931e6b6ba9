import type { Contract } from '@castellan/contract';
import { apiType, compilePolicies, EntityRef, policySchema } from '@castellan/policy';
import type { GuardOptions } from '../options.ts';
import { makeAuthority, type Authority } from './authority.ts';
import { openDirectory, type Directory } from './directory.ts';
import { readPolicyFiles } from './policy-files.ts';
import { groupType } from './principal.ts';
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
  const directory = await openDirectory(options.entities);
  const groups = directory === undefined ? undefined : groupsIn(directory);
  const schema = policySchema(contract, groups === undefined ? {} : { groups });
  const set = compilePolicies({ policies: files, schema: schema.json });
  const { schema: model } = set;
  if (model === undefined) throw new TypeError('policies were compiled without their schema');
  return makeAuthority({
    contract,
    set,
    model,
    entityTypes: schema.entityTypes,
    api: new EntityRef(apiType, contract.title),
    directory,
    loaders,
    resolver: options.resolver,
    files: files.map(({ file }) => file),
  });
}

/**
 * Every group of a directory that is a list, so that a policy for another one is an error and not a policy for nobody.
 * Undefined where groups are in groups, which a list of names cannot say.
 */
function groupsIn({ known }: Directory): readonly string[] | undefined {
  if (known === undefined) return undefined;
  const groups = new Set<string>();
  for (const { uid, parents = [] } of known.values()) {
    if (uid.type === groupType) {
      if (parents.length > 0) return undefined;
      groups.add(uid.id);
    }
    for (const parent of parents) if (parent.type === groupType) groups.add(parent.id);
  }
  return groups.size === 0 ? undefined : [...groups];
}
