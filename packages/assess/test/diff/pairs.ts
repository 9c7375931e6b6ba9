import { compileSchema, loadContract, type Contract } from '@castellan/contract';
import { diffContracts, type Change } from '../../src/diff/index.ts';
import { Random } from './random.ts';
import { edited, schema, type Schema } from './schemas.ts';
import { valuesFor } from './values.ts';

/** What `diff` says of a pair of schemas, and what the validators do. */
export interface Judgement {
  readonly old: Schema;
  readonly now: Schema;
  readonly what: string;
  readonly changes: readonly Change[];
  /** A value that the new one takes and the old one refuses. */
  readonly gained: { readonly value: unknown } | undefined;
  /** A value that the old one takes and the new one refuses. */
  readonly lost: { readonly value: unknown } | undefined;
}

async function api(body: Schema): Promise<Contract> {
  return loadContract({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a': {
        post: {
          requestBody: { required: true, content: { 'application/json': { schema: body } } },
          responses: { 204: { description: 'done' } },
        },
      },
    },
  });
}

function checkOf(contract: Contract): (value: unknown) => boolean {
  const found = contract.operations[0]?.body?.content[0]?.schema;
  if (found === undefined) throw new Error('no schema');
  return compileSchema(contract, found, { direction: 'request' }).check;
}

/** A pair by its seed. */
export async function judge(seed: number): Promise<Judgement> {
  const random = new Random(seed);
  const old = schema(random, 3);
  let { what, schema: now } = edited(random, old);
  if (random.chance(0.25)) {
    const more = edited(random, now);
    what = `${what}, ${more.what}`;
    now = more.schema;
  }
  const [before, after] = [await api(old), await api(now)];
  const [was, is] = [checkOf(before), checkOf(after)];
  const changes = diffContracts(before, after);
  const found = (takes: (value: unknown) => boolean, hint: boolean): { readonly value: unknown } | undefined => {
    // Where a verdict says that there is one, it is looked for longer.
    for (const count of hint ? [1_500, 10_000, 40_000] : [1_500])
      for (const value of valuesFor(random, [old, now], count)) if (takes(value)) return { value };
    return undefined;
  };
  const judged = { old, now, what, changes };
  return {
    ...judged,
    gained: found((value) => is(value) && !was(value), saysMore(judged)),
    lost: found((value) => was(value) && !is(value), saysLess(judged)),
  };
}

/** Whether the changes say that more is taken than before. */
export function saysMore({ changes }: Pick<Judgement, 'changes'>): boolean {
  return changes.some(
    ({ kind, code }) =>
      (kind === 'security' && code !== 'not-judged') || code === 'request-widened' || code === 'no-longer-required',
  );
}

/** Whether they say that less is taken. */
export function saysLess({ changes }: Pick<Judgement, 'changes'>): boolean {
  return changes.some(({ kind }) => kind === 'breaking');
}

/** Whether something could not be judged. */
export function isUnjudged({ changes }: Pick<Judgement, 'changes'>): boolean {
  return changes.some(({ code }) => code === 'not-judged');
}
