import {
  badOption,
  list,
  object,
  oneOf,
  reader,
  seconds,
  someOf,
  text,
  type Reader,
} from '@castellan/guard/configuration';

/** What the posture of APIs is held to: `posture` of castellan.yaml. */
export interface PostureEntry {
  readonly policies?: readonly PosturePolicy[] | undefined;
  readonly exceptions?: readonly PostureException[] | undefined;
}

/** `every published API of profile bank proves API1 within 30 days`. */
export interface PosturePolicy {
  readonly name: string;
  /** Which APIs; all where nothing is said. */
  readonly apis?: PostureSelection | undefined;
  /** Which environments; all that an API runs in where nothing is said. */
  readonly environments?: readonly string[] | undefined;
  /** Risks (`API1:2023`), chapters and requirements of ASVS (`V8`, `V8.2.2`), controls. */
  readonly asks: readonly string[];
  /** How far. Default `proven`. */
  readonly level?: 'declared' | 'enforced' | 'proven' | undefined;
  /** Seconds that a proof counts. Default 30 days. */
  readonly within?: number | undefined;
}

interface PostureSelection {
  readonly names?: readonly string[] | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly profiles?: readonly ('toy' | 'internal' | 'standard' | 'bank')[] | undefined;
  readonly states?: readonly ('draft' | 'published' | 'deprecated' | 'retired')[] | undefined;
}

/** Somebody answers for what a policy asks and is not there, until a day. */
export interface PostureException {
  readonly policy: string;
  readonly api: string;
  /** operationIds; all of the API where nothing is said. */
  readonly operations?: readonly string[] | undefined;
  readonly owner: string;
  readonly reason: string;
  /** The last day, `2027-03-31`. */
  readonly until: string;
}

const date: Reader<string> = reader({ type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }, (value, where) => {
  const found = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(found) && new Date(found).toISOString().startsWith(String(value))) return String(value);
  throw badOption(where, 'is no day', 'write the last day on which it holds, such as 2027-03-31');
});

/** What an exception is for is looked up by these: no white space around, nothing empty. */
const policy = object<PosturePolicy>(
  {
    name: text,
    apis: object<PostureSelection>({
      names: list(text),
      owners: list(text),
      profiles: list(oneOf(['toy', 'internal', 'standard', 'bank'])),
      states: list(oneOf(['draft', 'published', 'deprecated', 'retired'])),
    }),
    environments: list(text),
    asks: someOf(text),
    level: oneOf(['declared', 'enforced', 'proven']),
    within: seconds(60),
  },
  ['name', 'asks'],
);

const exception = object<PostureException>(
  { policy: text, api: text, operations: list(text), owner: text, reason: text, until: date },
  ['policy', 'api', 'owner', 'reason', 'until'],
);

const several = <T>(of: Reader<T>): Reader<readonly T[]> =>
  reader({ type: 'array', items: of.schema }, (value, where) => {
    if (Array.isArray(value)) return value.map((one, index) => of(one, `${where}[${index}]`));
    throw badOption(where, 'is no list', 'write one entry for each, with - before it');
  });

/**
 * Reads it.
 * @throws CastellanError `bad-option` where two policies have one name, or an exception is from a policy that there is not
 */
export const postureReader: Reader<PostureEntry> = (() => {
  const read = object<PostureEntry>({ policies: several(policy), exceptions: several(exception) });
  return reader(read.schema, (value, where) => {
    const entry = read(value, where);
    const names = (entry.policies ?? []).map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice >= 0)
      throw badOption(
        `${where}.policies[${twice}].name`,
        `is '${names[twice]}' a second time`,
        'give each its own name',
      );
    const from = (entry.exceptions ?? []).findIndex((one) => !names.includes(one.policy));
    if (from >= 0)
      throw badOption(
        `${where}.exceptions[${from}].policy`,
        `is '${entry.exceptions?.[from]?.policy}', and there is no such policy`,
        names.length === 0 ? 'write the policy first' : `write ${names.join(' or ')}`,
      );
    return entry;
  });
})();
