import { classifyName, isDecisive } from '@castellan/meaning';
import type { Severity } from '../findings/risk.ts';
import type { Change } from './change.ts';
import { compare, type Difference } from './compare.ts';
import type { Value } from './flatten.ts';

/** What is guessed where it may be short. */
/** Lists of what somebody belongs to or may do. */
const GROUPS = /^(?:groups?|scopes?)$/i;
const GUESSED = /(?:otp|code|token|key)$/i;

/** Codes of what a request takes more of, by keyword; the severity where it is not medium. */
const MORE: ReadonlyMap<string, readonly [code: string, severity?: Severity]> = new Map(
  Object.entries<readonly [code: string, severity?: Severity]>({
    pattern: ['pattern-dropped'],
    format: ['format-dropped'],
    others: ['unknown-properties-accepted'],
    combinations: ['alternatives-not-compared'],
    'not-judged': ['not-judged'],
    alternatives: ['alternative-added'],
    type: ['type-widened'],
    uniqueItems: ['condition-dropped', 'low'],
    multipleOf: ['condition-dropped', 'low'],
    maxLength: ['limit-raised'],
    maxItems: ['limit-raised'],
    maxProperties: ['limit-raised'],
    maximum: ['limit-raised'],
    minimum: ['limit-raised'],
  }),
);
const LENGTHS: ReadonlySet<string> = new Set(['minLength', 'minItems', 'minProperties']);

/** Whether a name says that the value decides what somebody may do. */
export function isPrivilege(name: string): boolean {
  return isDecisive(name) || GROUPS.test(name);
}

/** What a request takes more of (a limit raised, a condition dropped), and what it refuses now. */
export function* requestConstraints(
  name: string,
  path: string,
  old: Value,
  now: Value,
  place: Change['place'],
  isValue: (name: string) => boolean,
): Generator<Change> {
  for (const difference of compare(old.takes, now.takes)) {
    if (ofProperty(difference, isValue)) continue;
    const about = { message: `${name}: ${path}: ${difference.text}`, operation: name, place };
    if (difference.takes === 'less') yield { kind: 'breaking', code: 'request-narrowed', severity: 'medium', ...about };
    else if (isHarmless(difference, now))
      yield { kind: 'compatible', code: 'request-widened', severity: 'info', ...about };
    else {
      const [code, severity] = weakening(difference, now);
      yield { kind: 'security', code, severity, ...about };
    }
  }
}

/** What an answer may hold now that no client has met in it. */
export function* answerConstraints(
  name: string,
  path: string,
  old: Value,
  now: Value,
  place: Change['place'],
  isValue: (name: string) => boolean,
): Generator<Change> {
  for (const difference of compare(old.takes, now.takes)) {
    if (difference.takes === 'less' || ofProperty(difference, isValue)) continue;
    const { keyword, text } = difference;
    if (keyword === 'not-judged')
      yield {
        kind: 'security',
        code: 'not-judged',
        severity: 'low',
        message: `${name}: ${path}: ${text}`,
        operation: name,
        place,
      };
    else if (keyword === 'others')
      yield {
        kind: 'security',
        code: 'undeclared-answered',
        severity: 'low',
        message: `${name}: ${path}: properties that nothing describes may be answered now`,
        operation: name,
        place,
      };
    else
      yield {
        kind: 'breaking',
        code: keyword === 'type' ? 'type-changed' : 'answer-widened',
        severity: ['type', 'null', 'enum', 'alternatives', 'required'].includes(keyword) ? 'medium' : 'low',
        message: `${name}: ${path}: ${text.replace(/ taken now$/, ' answered now').replace(/^any value is taken/, 'any value is answered')}`,
        operation: name,
        place,
      };
  }
}

function ofProperty({ keyword, values = [] }: Difference, isValue: (name: string) => boolean): boolean {
  return keyword === 'required' && values.every(isValue);
}

/** A whole number is a number, `null` is no value, and a minimum that fell but stands guards nothing that is guessed. */
function isHarmless({ keyword, text }: Difference, now: Value): boolean {
  if (keyword === 'null' || keyword === 'required') return true;
  if (keyword === 'type') return text === 'it was integer and is number';
  return LENGTHS.has(keyword) && !text.endsWith('is not set') && !isGuessed(now);
}

function isGuessed({ name }: Value): boolean {
  return classifyName(name) === 'secret' || GUESSED.test(name.replaceAll(/[_-]/g, ''));
}

function weakening({ keyword, text, values }: Difference, now: Value): readonly [code: string, severity: Severity] {
  if (keyword === 'enum') {
    if (values === undefined || values.length === 0) return ['enum-dropped', isPrivilege(now.name) ? 'high' : 'medium'];
    return ['enum-widened', isPrivilege(now.name) ? 'high' : 'low'];
  }
  if (LENGTHS.has(keyword)) return ['limit-raised', isGuessed(now) ? 'high' : 'medium'];
  if (keyword === 'pattern' && text === 'the pattern changed') return ['pattern-changed', 'medium'];
  const [code, severity = 'medium'] = MORE.get(keyword) ?? ['condition-dropped'];
  return [code, severity];
}
