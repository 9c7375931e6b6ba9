import type { Question } from './model.ts';
import { groupOf, isPrivileged } from './groups.ts';
import {
  functionRule,
  isNamed,
  namedOwnership,
  ownershipOf,
  parameterRule,
  ruleOf,
  type Ownership,
  type Rule,
} from './rules.ts';
import { groupsOf, isKnown, type Row, type Run } from './run.ts';
import type { OperationFacts } from './surface.ts';
import { keptTenantRules, tenanciesOf, tenantRules, type TenantRule } from './tenants.ts';

/** What is decided about who may call what. */
export interface Access {
  readonly rules: readonly Rule[];
  readonly owned: readonly Ownership[];
  readonly tenants: readonly TenantRule[];
  /** The group of those who call what is named for administrators. */
  readonly administrators: string | undefined;
  readonly questions: readonly Question[];
}

/** Finds a rule for each operation that the run tells one for, and takes back those that would break a call of the run. */
export function accessOf(run: Run): Access {
  const { surface } = run;
  const owned = [...surface.types.values()].flatMap(
    (type) => ownershipOf(run, type) ?? namedOwnership(run, type) ?? [],
  );
  const administrators = groupOf(
    run,
    run.rows.filter(({ facts }) => isPrivileged(facts.operation)),
  );
  const questions: Question[] = [];
  const rules: Rule[] = [];
  const ask = (operation: OperationFacts, title: string, reason: string): void => {
    questions.push({ title, reason, operations: [operation.operation.operationId] });
  };
  for (const operation of surface.operations.values()) {
    const { operationId, method, path } = operation.operation;
    const ofOwners = owned.filter(({ type }) => operation.types.includes(type.type));
    const found = ofOwners.flatMap((one) => ruleOf(run, operation, one) ?? []);
    rules.push(...found);
    if (found.length > 0) continue;
    const named = parameterRule(run, operation);
    if (named !== undefined) {
      rules.push(named);
      continue;
    }
    const rule = functionRule(run, operation, administrators);
    if (rule === 'ask')
      ask(
        operation,
        `Who may call ${method} ${path}?`,
        run.of(operationId).length === 0
          ? 'its name says that it is for few, and nobody called it in the run'
          : 'the run does not tell: too few calls, or nothing that its callers have in common',
      );
    else if (rule !== undefined) rules.push(rule);
    else if (ofOwners.length > 0 && !operation.safe && !operation.creates)
      ask(
        operation,
        `Who may call ${method} ${path}?`,
        `in the run callers did it to a ${ofOwners[0]?.type.type} of somebody else, or it was not seen whose it was`,
      );
  }
  return {
    rules: settled(run, rules, owned, ask),
    owned,
    tenants: keptTenantRules(run, tenantRules(run, tenanciesOf(run))),
    administrators,
    questions,
  };
}

/** Rules that no exchange of the run breaks, and with them what has to stay open beside them. */
function settled(
  run: Run,
  found: readonly Rule[],
  owned: readonly Ownership[],
  ask: (operation: OperationFacts, title: string, reason: string) => void,
): readonly Rule[] {
  let rules = found;
  for (;;) {
    const broken = rules.find(
      (rule) => rule.rows.some((row) => !keeps(run, rule, row)) || breaksNested(run, rule, rules),
    );
    if (broken === undefined) break;
    rules = rules.filter((rule) => rule !== broken);
    const { method, path } = broken.operation.operation;
    ask(
      broken.operation,
      `Who may call ${method} ${path}?`,
      'a rule that fits most calls of the run would refuse some of them',
    );
  }
  return [...rules, ...openBeside(run, rules, owned)];
}

/** Whether a call of the run would pass its own rule. */
function keeps(run: Run, rule: Rule, row: Row): boolean {
  if (rule.open) return true;
  if (!isKnown(row.exchange)) return false;
  if (rule.group !== undefined && groupsOf(row.exchange).includes(rule.group)) return true;
  if (rule.parameter !== undefined) return isNamed(row.exchange, rule.parameter);
  if (rule.owner === undefined || rule.type === undefined) return false;
  const { operation } = rule;
  if (operation.id === undefined && !operation.safe) {
    const relation = run.relationOfNew(row, rule.owner);
    return relation === undefined || relation === 'own';
  }
  const relation = run.relation(row, rule.type.type, rule.owner);
  // A list is filtered; an empty one holds nobody's.
  return relation === 'own' || rule.removes;
}

/** Whether reading a type is restricted while other operations answer objects of others in theirs, which reading decides. */
function breaksNested(run: Run, rule: Rule, rules: readonly Rule[]): boolean {
  const { type } = rule;
  if (type === undefined || type.read?.operationId !== rule.operation.operation.operationId || rule.open) return false;
  return run.rows.some((row) => {
    if (!row.facts.nested.includes(type.type)) return false;
    // What another rule decides for everybody who gets there is decided for what stands inside by reading it all the same.
    if (rule.group !== undefined && groupsOf(row.exchange).includes(rule.group)) return false;
    return rules.length > 0 && !nestedIsOwn(run, row, rule);
  });
}

/** Whether the objects inside an answer are the caller's, by the property of the rule. */
function nestedIsOwn(run: Run, row: Row, { owner, type }: Rule): boolean {
  return owner !== undefined && type !== undefined && run.relationInside(row, type.type, owner) === 'own';
}

/** Operations that answer what reading would refuse, and that no rule speaks of: they stay as they are. */
function openBeside(run: Run, rules: readonly Rule[], owned: readonly Ownership[]): Rule[] {
  const opened: Rule[] = [];
  for (const operation of run.surface.operations.values()) {
    if (rules.some((rule) => rule.operation === operation)) continue;
    const restricted = owned.find(
      ({ type }) =>
        operation.types.includes(type.type) &&
        operation.answers.includes(type.type) &&
        rules.some((rule) => rule.operation.operation.operationId === type.read?.operationId),
    );
    if (restricted === undefined) continue;
    const rows = run.of(operation.operation.operationId);
    const why = `it answers a ${restricted.type.type}, and the run does not tell whose: it stays as it is`;
    opened.push({
      operation,
      type: undefined,
      owner: undefined,
      group: undefined,
      open: true,
      removes: false,
      basis: 'run',
      rows,
      why,
    });
  }
  return opened;
}
