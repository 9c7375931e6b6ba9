import { readFileSync } from 'node:fs';

interface Rules {
  readonly attributes: Readonly<Record<string, string>>;
  readonly at_least_one?: readonly (readonly string[])[];
  readonly enums?: Readonly<Record<string, readonly number[]>>;
}
interface ClassRules extends Rules {
  readonly category_uid: number;
  readonly activity_id: readonly number[];
  readonly status_id?: readonly number[];
}
interface Ocsf {
  readonly base: Readonly<Record<string, string>>;
  readonly severity_id: readonly number[];
  readonly status_id: readonly number[];
  readonly classes: Readonly<Record<string, ClassRules>>;
  readonly objects: Readonly<Record<string, Rules>>;
}

const ocsf = JSON.parse(readFileSync(new URL('./ocsf-1.5.json', import.meta.url), 'utf8')) as Ocsf;
type Json = Readonly<Record<string, unknown>>;

const simple: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  // 32 and 64 bits; beyond what a double holds exactly nothing is written.
  integer: (value) => Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 31,
  long: (value) => Number.isSafeInteger(value),
  // Milliseconds: of a year that is one, so that seconds are found.
  timestamp: (value) => Number.isSafeInteger(value) && (value as number) > 9e11 && (value as number) < 4e12,
};

/** What of an event is not as OCSF 1.5 has it: paths and reasons. */
export function ocsfIssues(event: Json): readonly string[] {
  const issues: string[] = [];
  const rules = ocsf.classes[String(event['class_uid'])];
  if (rules === undefined) return [`class_uid ${String(event['class_uid'])} is none of the five`];
  check('', event, { ...rules, attributes: { ...ocsf.base, ...rules.attributes } }, issues);
  const [activity, status] = [event['activity_id'] as number, event['status_id']];
  if (event['category_uid'] !== rules.category_uid) issues.push('category_uid is not that of the class');
  if (!rules.activity_id.includes(activity)) issues.push(`activity_id ${activity} is none of the class`);
  if (activity === 99 && event['class_uid'] === 4002 && event['activity_name'] === undefined)
    issues.push('activity_name is missing beside activity_id 99');
  if (event['type_uid'] !== (event['class_uid'] as number) * 100 + activity)
    issues.push('type_uid is not class and activity');
  if (!ocsf.severity_id.includes(event['severity_id'] as number)) issues.push('severity_id is none');
  if (status !== undefined && !(rules.status_id ?? ocsf.status_id).includes(status as number))
    issues.push('status_id is none');
  return issues;
}

function check(path: string, value: Json, rules: Rules, issues: string[]): void {
  for (const [name, type] of Object.entries(rules.attributes))
    if (type.endsWith('!') && value[name] === undefined) issues.push(`${path}/${name} is missing`);
  for (const group of rules.at_least_one ?? [])
    if (!group.some((name) => value[name] !== undefined)) issues.push(`${path} has none of ${group.join(', ')}`);
  for (const [name, inner] of Object.entries(value)) {
    const type = rules.attributes[name]?.replace('!', '');
    if (type === undefined) issues.push(`${path}/${name} is no attribute`);
    else if (!type.endsWith('[]')) checkOne(`${path}/${name}`, inner, type, issues);
    else if (!Array.isArray(inner)) issues.push(`${path}/${name} is no list`);
    else inner.forEach((one, at) => checkOne(`${path}/${name}/${at}`, one, type.slice(0, -2), issues));
    const allowed = rules.enums?.[name];
    if (allowed !== undefined && !allowed.includes(inner as number))
      issues.push(`${path}/${name} is none of its values`);
  }
}

function checkOne(path: string, value: unknown, type: string, issues: string[]): void {
  const isOne = simple[type];
  if (isOne !== undefined) {
    if (!isOne(value)) issues.push(`${path} is no ${type}`);
    return;
  }
  const rules = ocsf.objects[type];
  if (rules === undefined) issues.push(`${path} has the unknown type ${type}`);
  else if (typeof value !== 'object' || value === null || Array.isArray(value)) issues.push(`${path} is no ${type}`);
  else check(path, value as Json, rules, issues);
}
