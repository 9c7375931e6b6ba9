import { CastellanError } from '@castellan/contract';
import { nearest } from '../arguments.ts';
import { what, who } from '../policy/access.ts';
import { check } from '../policy/check.ts';
import { diff } from '../policy/diff.ts';
import { explain } from '../policy/explain.ts';
import { filter } from '../policy/filter.ts';
import { policyOptionsHelp } from '../policy/load.ts';
import { propose } from '../policy/propose.ts';
import { schema } from '../policy/schema.ts';
import { table } from '../policy/table.ts';
import { test } from '../policy/test.ts';
import type { Verb } from '../verb.ts';

const subcommands = { schema, check, test, diff, explain, filter, table, who, what, propose } as const;

export const verb: Verb = {
  name: 'policy',
  help: `castellan policy schema FILE [--group NAME…] [--json]
castellan policy check [options] [--fail-on low|medium|high]
castellan policy test DIR [options] [--evidence FILE]
castellan policy diff --contract FILE --old-policies GLOB… --policies GLOB… [--scenarios DIR] [--fail-on SEVERITY] [--json]
castellan policy explain [options] --principal UID --action UID --resource UID [question]
castellan policy filter [options] --principal UID --action UID --type TYPE [question] [--mapping FILE]
castellan policy table --contract FILE [options]
castellan policy who [options] --resource TYPE --id ID --action NAME [question]
castellan policy what [options] --principal UID [question]
castellan policy propose --contract FILE [--overlay FILE…] [--learn DIR] [--out DIR] [--json]

schema prints the Cedar schema of an API, made from its OpenAPI document. check type-checks policies against it and finds
those that can never apply, add nothing, or permit everybody. test runs scenario files; --evidence writes what they prove for
castellan inventory import. diff names each policy whose
text changed and says whether it permits more, less, both, the same, or that it could not be judged, and which scenarios are
decided otherwise. explain says in words why a
request is allowed or denied. filter prints the SQL condition of what a principal may see of a type. table shows what each operation acts
on, when that is decided and which policies speak, and which schemas describe each resource. who prints who of the entities may do something, and what
prints what somebody may do to them, each with the policy that says so. propose writes the
policies, the overlay and the scenarios that a security engineer would write first, each with its reason; with --learn, from
what an observe run recorded. What neither tells is asked, not written.

${policyOptionsHelp}
Question:
  --principal UID   User::"ada", or the id of a User
  --action UID      Action::"editSection", or the operationId
  --resource UID    Section::"s1"
  --now TIME        the clock, 2026-11-24T10:00:00Z; that of the machine where not said
  --context JSON    more of the context
  --entities FILE   YAML or JSON: a list of { uid, attrs, parents, tags }, or a scenario file
  --learn DIR       records of castellan gateway --mode observe --learn DIR: every call in them counts as honest
  --out DIR         where overlay.yaml, policies/proposed.cedar and scenarios/proposed.yaml are written
  --mapping FILE    YAML or JSON: { table, id, columns, parents } of the table

Exit status: 0 fine, 1 findings or failed scenarios, 2 bad usage or input.
`,
  run: async ([name, ...args], terminal) => {
    const names = Object.keys(subcommands);
    const subcommand = names.includes(name ?? '') ? subcommands[name as keyof typeof subcommands] : undefined;
    if (subcommand === undefined) {
      const near = name === undefined ? undefined : nearest(name, names);
      throw new CastellanError({
        code: 'usage',
        message: name === undefined ? 'what of policy?' : `there is no castellan policy ${name}`,
        mend: near === undefined ? `use ${names.join(', ')}` : `did you mean ${near}?`,
      });
    }
    return await subcommand(args, terminal);
  },
};
