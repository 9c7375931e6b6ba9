// The JSON Schema Test Suite, draft 4 and 2020-12: all required tests agree, and each optional one that does not is
// named in deviations.json with the reason.
// promise: json-schema
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Dialect } from '@castellan/contract';
import { judge, missing, suite } from './suite.ts';

interface Deviation {
  readonly draft: string;
  readonly name: string;
  readonly reason: string;
}

const deviations = JSON.parse(
  readFileSync(new URL('deviations.json', import.meta.url), 'utf8'),
) as readonly Deviation[];

const drafts: readonly (readonly [draft: string, dialect: Dialect])[] = [
  ['draft4', 'draft-04'],
  ['draft2020-12', '2020-12'],
];

if (missing !== undefined) test('JSON Schema Test Suite', { skip: missing }, () => {});
else for (const [draft, dialect] of drafts) hold(draft, dialect);

function hold(draft: string, dialect: Dialect): void {
  const listed = new Map(
    deviations.filter((deviation) => deviation.draft === draft).map((deviation) => [deviation.name, deviation.reason]),
  );
  const verdict = judge(dialect);
  const results = suite(draft).map(({ name, optional, ...one }) => ({
    name,
    optional,
    agrees: verdict({ name, optional, ...one }) === one.valid,
  }));

  test(`JSON Schema Test Suite, ${draft}: every required test agrees`, (context) => {
    const required = results.filter((result) => !result.optional);
    const disagree = required.filter((result) => !result.agrees).map((result) => result.name);
    context.diagnostic(
      `JSON Schema Test Suite, ${draft}: ${required.length - disagree.length} of ${required.length} required tests agree`,
    );
    assert.ok(required.length > 500, 'the suite is whole');
    assert.deepEqual(disagree, []);
  });

  test(`JSON Schema Test Suite, ${draft}: every optional test agrees, or is listed in deviations.json`, (context) => {
    const optional = results.filter((result) => result.optional);
    const disagree = optional.filter((result) => !result.agrees).map((result) => result.name);
    context.diagnostic(
      `JSON Schema Test Suite, ${draft}: ${optional.length - disagree.length} of ${optional.length} optional tests agree, ${disagree.length} listed in deviations.json`,
    );
    // Both ways: one that has begun to agree must leave the list.
    assert.deepEqual(disagree, [...listed.keys()]);
    for (const reason of listed.values()) assert.notEqual(reason, '');
  });
}
