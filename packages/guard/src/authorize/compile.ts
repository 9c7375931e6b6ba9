import { relative } from 'node:path';
import { CastellanError, type Contract } from '@castellan/contract';
import {
  apiType,
  compilePolicies,
  EntityRef,
  explainInWords,
  gainsByAbsence,
  policySchema,
  sensitiveProperties,
  type FastRequest,
  type PolicySet,
  type ScopeJson,
} from '@castellan/policy';
import { compileIdHash } from '../audit/id-hash.ts';
import type { GuardOptions } from '../options.ts';
import { makeAuthority, type Authority } from './authority.ts';
import { openDirectory, type Directory } from './directory.ts';
import { readPolicyFiles, type PolicyFile } from './policy-files.ts';
import { filterProblems } from './filter-problems.ts';
import { readLinksOption } from './template-links.ts';
import { clockOf } from './local-time.ts';
import { groupType } from './principal.ts';
import type { Loaders } from './resources.ts';
import { sharedTypes, Sharing } from './sharing.ts';
import { checkFilters } from './stores.ts';

/**
 * Reads, checks and compiles the policies of a contract.
 * @param previous what is in force: a policy file of it that is gone is an error
 * @returns undefined where the guard has no policies
 * @throws CastellanError `unknown-resource` and `unknown-attribute` for names in `filters`; `no-policies`, `policy-file`, `policy-file-vanished`, `entities-file`, `bad-entities`, and
 * whatever is wrong with a policy: its file, line, column and mend
 */
export async function compileAuthority(
  contract: Contract,
  options: Omit<GuardOptions, 'limits'> & {
    readonly limits?: { readonly levels?: number | undefined } | undefined;
    readonly snapshot?: object | undefined;
  },
  loaders: Loaders,
  previous: Authority | undefined,
): Promise<Authority | undefined> {
  if (options.policies === undefined) return undefined;
  // A commit or version that has a file no longer was made so; of files, one may be gone by mistake.
  const before = options.snapshot === undefined ? previous?.files : undefined;
  const files = await readPolicyFiles(options.policies, before);
  const directory = await openDirectory(options.entities);
  const groups = directory === undefined ? undefined : groupsIn(directory);
  const schema = policySchema(contract, { groups, hierarchies: directory !== undefined });
  const { json, leftOut } = schema;
  const links = await readLinksOption(options.links);
  const sharing = sharedTypes(contract, options.sharing, schema);
  const policies = files.map(asWritten);
  const set = compilePolicies({ policies, links, sharing, schema: json, leftOut, impossible: 'refuse' });
  const { schema: model } = set;
  if (model === undefined) throw new TypeError('policies were compiled without their schema');
  const { zone } = contract.castellan;
  checkFilters(options.filters, model, schema.entityTypes);
  return makeAuthority({
    contract,
    set,
    model,
    entityTypes: schema.entityTypes,
    api: new EntityRef(apiType, contract.title),
    directory,
    loaders,
    resolver: options.resolver,
    policyContext: options.policyContext,
    sharing: options.sharing === undefined ? undefined : sharingOf(options.sharing, set, schema.entityTypes),
    clock: zone === undefined ? undefined : clockOf(zone),
    levels: options.limits?.levels ?? 25,
    filters: options.filters,
    filterProblems,
    gaining: new Set(set.loaded.policies.filter(({ json }) => gainsByAbsence(json)).map(({ id }) => id)),
    explain: options.explain === true ? explainer(contract, set) : undefined,
    hashId: compileIdHash(options.audit?.key),
    files: files.map(({ file }) => file),
  });
}

function sharingOf(
  loads: NonNullable<GuardOptions['sharing']>,
  set: PolicySet,
  types: ReadonlyMap<string, string>,
): Sharing {
  const templates = new Set(set.loaded.policies.flatMap(({ shared }) => shared ?? []));
  for (const type of Object.keys(loads))
    if (!set.loaded.policies.some(({ shared, json }) => shared !== undefined && isFor(json.resource, types.get(type))))
      throw new CastellanError({
        code: 'no-template',
        message: `sharing: no template of the policies is for one ${type}`,
        mend: 'write @id("reader") permit (principal in ?principal, action == …, resource == ?resource);',
      });
  return new Sharing(new Map(Object.entries(loads)), [...templates], set, (type) => types.get(type) ?? type);
}

function isFor(resource: ScopeJson, type: string | undefined): boolean {
  return resource.op === 'is' && resource.entity_type === type;
}

/** Places are said as people would open them: relative to where they are. */
function asWritten({ file, text }: PolicyFile): PolicyFile {
  const near = relative(process.cwd(), file);
  return { file: near.startsWith('..') ? file : near, text };
}

/** Which policies were considered and what failed, as one line. Values that the contract calls sensitive stay out. */
function explainer(contract: Contract, set: PolicySet): (request: FastRequest) => string {
  const sensitive = sensitiveProperties(contract);
  return (request) => explainInWords(set.explain(request, { sensitive })).join('; ');
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
