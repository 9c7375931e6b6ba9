import type { Contract } from '@castellan/contract';
import type { Finding } from '@castellan/assess/posture';
import type { LoadedPolicy } from '@castellan/policy';

/** Rules about who may call what: a policy that says so answers them. */
const ABOUT_FUNCTIONS: ReadonlySet<string> = new Set([
  'admin-unprivileged',
  'scope-covers-everything',
  'scope-not-separating',
  'write-with-read-scope',
]);
/** Rules about whose object it is: a policy that looks at the object answers them. */
const ABOUT_OBJECTS: ReadonlySet<string> = new Set(['object-policy-missing', 'bulk-ids-unbounded']);

/** Takes operations out of findings that policies answer, and findings that have none left. */
export type Decided = (contract: Contract, findings: readonly Finding[]) => readonly Finding[];

/**
 * What Cedar policies decide is no finding: an operation whose every permit asks something of the caller needs no scope of
 * its own, and one whose every permit looks at the object needs no other rule for it.
 * @throws PoliciesError for policies that do not fit the document
 */
export async function readDecided(paths: readonly string[], cwd: string): Promise<Decided | undefined> {
  if (paths.length === 0) return undefined;
  // Loaded only by who asks for it: it brings the official engine with it.
  const { openPolicies, policySchema } = await import('@castellan/policy');
  return (contract, findings) => {
    const schema = policySchema(contract, {});
    const { current } = openPolicies(paths, {
      cwd,
      schema: schema.json,
      leftOut: schema.leftOut,
      impossible: 'allow',
      watch: false,
    });
    const { policies } = current.loaded;
    const answers = (operation: string, looksAt: 'principal' | 'resource'): boolean => {
      const permits = policies.filter(({ json }) => json.effect === 'permit' && covers(json.action, operation));
      // What no policy permits is refused.
      return permits.every((policy) => asksOf(policy, looksAt));
    };
    return findings.flatMap((finding) => {
      const looksAt = ABOUT_FUNCTIONS.has(finding.rule)
        ? 'principal'
        : ABOUT_OBJECTS.has(finding.rule)
          ? 'resource'
          : undefined;
      if (looksAt === undefined) return [finding];
      const operations = finding.operations.filter((operation) => !answers(operation, looksAt));
      if (operations.length === finding.operations.length) return [finding];
      if (operations.length === 0) return [];
      const decided = new Set(finding.operations.filter((operation) => !operations.includes(operation)));
      return [
        {
          ...finding,
          operations,
          ...(finding.members === undefined
            ? {}
            : { members: finding.members.filter((member) => !decided.has(member)) }),
          message: `${finding.message}; policies decide ${decided.size} of them`,
        },
      ];
    });
  };
}

function covers(scope: LoadedPolicy['json']['action'], operation: string): boolean {
  switch (scope.op) {
    case 'All':
      return true;
    case '==':
      return scope.entity === undefined || scope.entity.id === operation;
    case 'in': {
      const entities = [...(scope.entities ?? []), ...(scope.entity === undefined ? [] : [scope.entity])];
      // A group of actions may hold it.
      return (
        entities.length === 0 ||
        entities.some(({ id }) => id === operation) ||
        entities.some(({ id }) => /^(?:all|read|write)/i.test(id))
      );
    }
    case 'is':
      return true;
  }
}

/** Whether a policy makes something depend on the caller, or on the object and the caller together. */
function asksOf({ json }: LoadedPolicy, what: 'principal' | 'resource'): boolean {
  const text = JSON.stringify(json.conditions);
  const says = (variable: string): boolean => text.includes(`"Var":"${variable}"`);
  const callerInScope =
    json.principal.op === '==' ||
    json.principal.op === 'in' ||
    (json.principal.op === 'is' && json.principal.in !== undefined);
  if (what === 'principal') return callerInScope || says('principal') || says('context');
  return says('resource') || json.resource.op === '==' || json.resource.op === 'in';
}
