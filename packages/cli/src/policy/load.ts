import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { CastellanError, loadContract, type Contract } from '@castellan/contract';
import {
  openPolicies,
  policySchema,
  readLinks,
  sensitiveProperties,
  type OpenPolicies,
  type PolicySet,
  type SensitiveProperties,
} from '@castellan/policy';
import type { Terminal } from '../verb.ts';

/** Options that every subcommand with policies takes. */
export const policyOptions = {
  contract: { type: 'string' },
  overlay: { type: 'string', multiple: true },
  policies: { type: 'string', multiple: true },
  links: { type: 'string' },
  group: { type: 'string', multiple: true },
  hierarchies: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Their help. */
export const policyOptionsHelp = `  --contract FILE   the OpenAPI document that the policies are for; the schema is made from it
  --overlay FILE    apply an OpenAPI Overlay first; may be given several times
  --policies GLOB   the policies; policies/*.cedar beside the contract where not said; may be given several times
  --links FILE      templates filled, as the option links of the guard: - { template, principal, resource }
  --group NAME      a group that exists, given for each: then policies may name no other
  --hierarchies     something tells what objects are in, as the option entities of the guard does: policies may say
                    'resource in Folder::"f1"'
  --json            print JSON
`;

interface PolicyValues {
  readonly contract?: string | undefined;
  readonly overlay?: string[] | undefined;
  readonly policies?: string[] | undefined;
  readonly links?: string | undefined;
  readonly group?: string[] | undefined;
  readonly hierarchies?: boolean | undefined;
}

/** What the policy verbs work with. */
export interface LoadedPolicySet {
  readonly set: PolicySet;
  readonly files: readonly string[];
  readonly contract: Contract | undefined;
  readonly sensitive: SensitiveProperties;
}

/** Loads the contract, if one is given, and the policies against its schema. */
export async function loadPolicySet(
  values: PolicyValues,
  terminal: Terminal,
  impossible: 'refuse' | 'allow' = 'refuse',
): Promise<LoadedPolicySet> {
  const contract =
    values.contract === undefined
      ? undefined
      : await loadContract(values.contract, { cwd: terminal.cwd, overlays: values.overlay ?? [] });
  const beside = values.contract === undefined ? '.' : dirname(values.contract);
  const paths = values.policies ?? [join(beside, 'policies', '*.cedar')];
  const { current, files } = open(contract, { ...values, policies: paths }, terminal, impossible);
  const sensitive = contract === undefined ? new Set<string>() : sensitiveProperties(contract);
  return { set: current, files: files.map((file) => relative(terminal.cwd, file)), contract, sensitive };
}

type Named = Omit<PolicyValues, 'policies'> & { readonly policies: readonly string[] };

function open(
  contract: Contract | undefined,
  values: Named,
  terminal: Terminal,
  impossible: 'refuse' | 'allow',
): OpenPolicies {
  const schema =
    contract === undefined
      ? undefined
      : policySchema(contract, { groups: values.group, hierarchies: values.hierarchies });
  return openPolicies(values.policies, {
    cwd: terminal.cwd,
    schema: schema?.json,
    leftOut: schema?.leftOut,
    ...(values.links === undefined
      ? {}
      : { links: readLinks(readYaml(values.links, terminal.cwd), { file: values.links }) }),
    impossible,
    watch: false,
  });
}

/** Policies against the schema of a contract that is loaded; one that can never apply is shown and not refused. */
export function policiesFor(contract: Contract, values: Named, terminal: Terminal): PolicySet {
  return open(contract, values, terminal, 'allow').current;
}

/** Reads a YAML or JSON file. */
export function readYaml(file: string, cwd: string): unknown {
  try {
    return parse(readFileSync(resolve(cwd, file), 'utf8'), { maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new CastellanError({
      code: 'unreadable',
      message: `the file cannot be read: ${message.slice(0, 200)}`,
      place: { file },
      mend: 'correct it or the path',
      cause,
    });
  }
}
