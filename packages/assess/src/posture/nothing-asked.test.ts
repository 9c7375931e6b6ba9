import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatReports } from '../findings/formats/index.ts';
import { checkedNothing } from '../findings/report.ts';
import { checkFile } from './check-file.ts';
import { contractRules } from './rules/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-nothing-'));
after(() => rmSync(folder, { recursive: true }));

async function check(document: object) {
  const file = join(folder, 'api.json');
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, ...document }));
  const options = { overlays: [], allowUrls: false, cwd: folder, rules: contractRules, ignores: [], now: 0 };
  return (await checkFile(file, options)).report;
}

const responses = { 204: { description: 'done' } };
const components = { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } };
/** Each way to ask for nothing. */
const nothings = [[], [{}], [{}, {}]];

test('to ask for nothing is the same weakness however it is written, and has the same points', async () => {
  const of = async (root: unknown, own: unknown) => {
    const report = await check({
      components,
      ...(root === undefined ? {} : { security: root }),
      paths: {
        '/things': {
          post: { operationId: 'make', ...(own === undefined ? {} : { security: own }), responses },
          patch: { operationId: 'change', ...(own === undefined ? {} : { security: own }), responses },
        },
      },
    });
    const about = report.findings.filter(({ rule }) => rule.startsWith('authentication-'));
    return {
      points: report.score.value,
      found: about.map(({ rule, severity, operations }) => ({ rule, severity, operations })),
    };
  };
  const missing = await of([], undefined);
  assert.deepEqual(missing.found, [
    { rule: 'authentication-missing', severity: 'critical', operations: ['make', 'change'] },
  ]);
  assert.deepEqual((await of([{ key: [] }], [])).found, [
    { rule: 'authentication-undone', severity: 'high', operations: ['make'] },
    { rule: 'authentication-undone', severity: 'high', operations: ['change'] },
  ]);
  for (const nothing of nothings) {
    assert.deepEqual(await of(nothing, undefined), missing, JSON.stringify(nothing));
    assert.deepEqual(await of([{ key: [] }], nothing), await of([{ key: [] }], []), JSON.stringify(nothing));
    // Where nothing was declared, nothing was taken back; and what asks for a credential is quiet.
    assert.deepEqual((await of(nothing, nothing)).found, [], JSON.stringify(nothing));
    assert.deepEqual((await of(nothing, [{ key: [] }])).found, [], JSON.stringify(nothing));
  }
  for (const some of [
    [{ key: [] }, {}],
    [{}, { key: [] }],
  ])
    assert.deepEqual(
      new Set((await of(some, undefined)).found.map(({ rule }) => rule)),
      new Set(['authentication-optional']),
    );
});

test('a document without operations was not checked: no points, in no format', async () => {
  const owner = { 'x-castellan': { owner: 'team' } };
  for (const document of [
    { paths: {} },
    { paths: { '/a': {} } },
    { paths: { '/a': { parameters: [] } } },
    { components: {} },
    { paths: {}, webhooks: {} },
    { paths: {}, webhooks: { a: {} } },
  ]) {
    const report = await check({ ...document, ...owner });
    assert.ok(checkedNothing(report), JSON.stringify(document));
    assert.match(report.notices.join(), /nothing was checked: the document has no operation/);
    const options = { rules: [], version: '1', folder, now: 0, colours: false, all: false };
    for (const format of ['text', 'html'] as const) {
      const text = formatReports(format, [report], options);
      assert.match(text, /Nothing was checked/);
      assert.doesNotMatch(text, /of 100/);
    }
  }
  for (const document of [
    { paths: { '/a': { get: { responses } } } },
    { paths: {}, webhooks: { a: { post: { responses } } } },
  ]) {
    const report = await check({ ...document, ...owner });
    assert.ok(!checkedNothing(report) && report.score.value > 0, JSON.stringify(document));
    assert.doesNotMatch(report.notices.join(), /nothing was checked/);
  }
});
