import { isRaw } from '../posture/constraint.ts';
import { isOf, matchesPattern, type Condition, type Constraints } from './constraints.ts';

/**
 * Whether a condition says anything beside other constraints: an excluded value that they refuse anyway, and a property that
 * they require anyway, do not. True where that cannot be told.
 * @param text the condition's, as `Constraints` names it
 */
export function binds(keyword: string, text: string, condition: Condition | undefined, beside: Constraints): boolean {
  const required = beside.conditions.get('required');
  switch (keyword) {
    case 'not':
      return excludes(condition?.parts[0]?.raw ?? {}, beside);
    case 'dependentRequired': {
      for (const name of required?.keys() ?? []) if (text.endsWith(` ${JSON.stringify(name)}`)) return false;
      return true;
    }
    case 'if':
      // Without parts `then` and `else` are true or false: who is asked for is refused or taken.
      return condition?.parts.length === 0 || !(condition?.parts ?? []).every(({ raw }) => asksOnlyFor(raw, required));
    default:
      return true;
  }
}

/** Whether a value that is listed as excluded would be taken otherwise. */
function excludes(raw: Readonly<Record<string, unknown>>, beside: Constraints): boolean {
  const listed = Array.isArray(raw['enum']) ? raw['enum'] : 'const' in raw ? [raw['const']] : undefined;
  if (listed === undefined || !Object.keys(raw).every((key) => ['enum', 'const', 'type'].includes(key))) return true;
  return listed.some((value: unknown) => mayTake(beside, value));
}

function mayTake({ types, listed, bounds, conditions }: Constraints, value: unknown): boolean {
  const text = JSON.stringify(value);
  if (types !== undefined && !isOf(types, text)) return false;
  if (listed !== undefined) return listed.has(text);
  if (typeof value !== 'string') return true;
  const length = [...value].length;
  return (
    length >= (bounds.get('minLength') ?? 0) &&
    length <= (bounds.get('maxLength') ?? Number.POSITIVE_INFINITY) &&
    [...(conditions.get('pattern')?.keys() ?? [])].every((pattern) => matchesPattern(pattern, value)) &&
    // A short word is of no format.
    (conditions.get('format') === undefined || length > 6)
  );
}

/** Whether a schema asks for properties that are required anyway, and for nothing else. */
function asksOnlyFor(raw: unknown, required: ReadonlyMap<string, unknown> | undefined): boolean {
  if (!isRaw(raw)) return false;
  const { required: names, ...others } = raw;
  return (
    Object.keys(others).every((key) => key === 'description' || key === 'title') &&
    Array.isArray(names) &&
    names.every((name) => required?.has(String(name)) === true)
  );
}
