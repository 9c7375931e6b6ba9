import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { checkContract } from './engine.ts';
import { loadExample } from './example.ts';
import { contractRules } from './rules/index.ts';

const options = { now: Date.parse('2026-11-25'), profile: 'bank' } as const;

/** The document with a slash at the end of every path, as frameworks write them that end each route so. */
function slashed(text: string): string {
  const document = parse(text) as { paths?: Record<string, object> };
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    path.endsWith('/') ? path : `${path}/`,
    item,
  ]);
  return stringify({ ...document, paths: Object.fromEntries(paths) as object }, { aliasDuplicateObjects: false });
}

for (const rule of contractRules)
  test(`${rule.id}: a slash at the end of each path changes nothing`, async () => {
    for (const example of [...rule.bad, ...rule.good]) {
      const whole = typeof example === 'string' ? { document: example } : example;
      if (!/^paths:/m.test(whole.document)) continue;
      const told = async (document: string): Promise<readonly string[]> =>
        checkContract(await loadExample({ ...whole, document }), { ...options, rules: [rule] })
          .map(({ severity, message }) => `${severity} ${message.replaceAll(/(\S)\/(?=[\s,)]|$)/g, '$1')}`)
          .toSorted();
      assert.deepEqual(await told(slashed(whole.document)), await told(whole.document), whole.document);
    }
  });
