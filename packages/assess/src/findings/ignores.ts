import { CastellanError, nearest, type IgnoredFinding, type Place } from '@castellan/contract';
import type { Finding } from './finding.ts';

/** An accepted finding, and where it was accepted. */
export interface Ignore extends IgnoredFinding {
  readonly place: Place;
}

/** Findings after ignores, and what is to be said about the ignores. */
export interface Ignored {
  readonly findings: readonly Finding[];
  readonly ignored: readonly { readonly finding: Finding; readonly ignore: Ignore }[];
  /** One line each: ignores that have ended, or that match nothing. */
  readonly notices: readonly string[];
}

const KEYS = ['rule', 'operation', 'at', 'reason', 'until'] as const;
const LARGEST = 1 << 20;

/**
 * Reads `castellan.ignore.yaml`: `ignore: [{ rule, operation?, at?, reason, until }]`.
 * @throws CastellanError `invalid-ignore`
 */
export async function readIgnores(text: string, file: string): Promise<Ignore[]> {
  const fail = (message: string, mend: string, place: Place = { file }): CastellanError =>
    new CastellanError({ code: 'invalid-ignore', message, mend, place });
  if (text.length > LARGEST) throw fail('the file is larger than 1 MB', 'keep only what is needed');
  // Loaded here, so that a check without such a file does without it.
  const { isMap, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, maxAliasCount: 0 } as object);
  const [problem] = document.errors;
  if (problem !== undefined) throw fail(problem.message.split('\n')[0] ?? 'it is not YAML', 'correct the syntax here');
  const list: unknown = isMap(document.contents) ? document.contents.get('ignore') : undefined;
  const items = (
    list as { readonly items?: readonly { readonly range?: readonly number[]; toJSON(): unknown }[] } | undefined
  )?.items;
  if (items === undefined)
    throw fail('it holds no list called ignore', 'write ignore: [{ rule: …, reason: …, until: 2027-01-31 }]');
  return items.map((item) => {
    const { line, col } = lines.linePos(item.range?.[0] ?? 0);
    const place = { file, line, column: col };
    const value = item.toJSON();
    if (typeof value !== 'object' || value === null)
      throw fail('an ignore is not an object', 'write { rule: …, reason: …, until: … }', place);
    const raw = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(raw))
      if (!(KEYS as readonly string[]).includes(key))
        throw fail(
          `an ignore has no key '${key}'`,
          nearest(key, [...KEYS]) === undefined
            ? `write one of ${KEYS.join(', ')}`
            : `did you mean ${nearest(key, [...KEYS])}?`,
          place,
        );
    const { rule, operation, at, reason, until } = raw;
    if (typeof rule !== 'string') throw fail('an ignore names no rule', 'add rule', place);
    if (typeof reason !== 'string' || reason.trim() === '')
      throw fail(`the ignore of ${rule} has no reason`, 'add reason: why it is accepted', place);
    if (typeof until !== 'string' || Number.isNaN(Date.parse(until)) || !/^\d{4}-\d{2}-\d{2}$/.test(until))
      throw fail(`the ignore of ${rule} has no end`, 'add until: a date such as 2027-01-31', place);
    return {
      rule,
      reason,
      until,
      place,
      ...(typeof operation === 'string' ? { operation } : {}),
      ...(typeof at === 'string' ? { at } : {}),
    };
  });
}

/**
 * Takes accepted findings out.
 * @param rules ids of all rules, to tell an ignore of a rule that does not exist
 * @param now milliseconds since 1970; an ignore holds through the whole of its last day (UTC)
 * @throws CastellanError `unknown-rule`
 */
export function applyIgnores(
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  rules: readonly string[],
  now: number,
): Ignored {
  const notices: string[] = [];
  const used = new Set<Ignore>();
  for (const { rule, place } of ignores)
    if (!rules.includes(rule)) {
      const near = nearest(rule, rules);
      throw new CastellanError({
        code: 'unknown-rule',
        message: `there is no rule '${rule}' to ignore`,
        place,
        mend: near === undefined ? 'see docs/rules' : `did you mean ${near}?`,
      });
    }
  const active = ignores.filter((ignore) => Date.parse(ignore.until) + 86_400_000 > now);
  for (const ignore of ignores)
    if (!active.includes(ignore))
      notices.push(
        `${where(ignore)}: the ignore of ${ignore.rule} ended on ${ignore.until}; fix what it hid, or decide anew`,
      );
  const kept: Finding[] = [];
  const ignored: { finding: Finding; ignore: Ignore }[] = [];
  for (const finding of findings) {
    const ignore = active.find((one) => matches(one, finding));
    if (ignore === undefined) kept.push(finding);
    else {
      used.add(ignore);
      ignored.push({ finding, ignore });
    }
  }
  for (const ignore of active)
    if (!used.has(ignore)) notices.push(`${where(ignore)}: the ignore of ${ignore.rule} matches nothing; remove it`);
  return { findings: kept, ignored, notices };
}

function matches(ignore: Ignore, finding: Finding): boolean {
  if (ignore.rule !== finding.rule) return false;
  if (ignore.operation !== undefined && !finding.operations.includes(ignore.operation)) return false;
  if (ignore.at === undefined) return true;
  const pointer = finding.location?.pointer;
  const at = ignore.at.replace(/^#/, '');
  return pointer !== undefined && (pointer === at || pointer.startsWith(`${at}/`));
}

function where({ place }: Ignore): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}
