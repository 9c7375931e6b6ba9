// Values that others made for real documents, judged by Castellan and by AJV. Every disagreement has its reason, and the
// section that says who is right.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { compileSchema, loadContract, type Issue } from '@castellan/contract';
import { refereeOf } from './referee.ts';
import { valuesOf } from './values.ts';

const root = join(import.meta.dirname, '../..');
const contracts = join(root, '../shared/contracts');
const github = join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json');
const documents = existsSync(contracts)
  ? [
      join(contracts, 'asana.yaml'),
      join(contracts, 'box.json'),
      // Of a kind: all of them where there is time.
      ...readdirSync(join(contracts, 'adyen'))
        .filter((_, n) => process.env['CASTELLAN_WHOLE'] === '1' || n % 4 === 1)
        .map((name) => join(contracts, 'adyen', name)),
    ]
  : [];
if (documents.length === 0) test('real documents of others', (t) => t.skip('../shared/contracts is not here'));

type Json = Readonly<Record<string, unknown>>;

/** Where Castellan refuses what AJV takes, and is right. */
const reasons: readonly (readonly [applies: (issue: Issue) => boolean, source: string])[] = [
  [
    ({ keyword }) => keyword === 'readOnly' || keyword === 'writeOnly',
    'OpenAPI 3.0.4, Schema Object: a readOnly property SHOULD NOT be sent in a request; AJV takes it for an annotation',
  ],
  [
    ({ keyword, message }) => keyword === 'format' && message.includes('byte'),
    'RFC 4648 section 4: the generator writes text that is no base64; AJV has no format byte',
  ],
];

/** One document at a pointer, by the plain parsed file. */
function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, token) => (node as Json | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
}

/** Of documents with hundreds of operations: each so many-th, each one where there is time. */
const step = (operations: number): number => (process.env['CASTELLAN_WHOLE'] === '1' || operations < 100 ? 1 : 4);

for (const file of [...documents, github]) {
  test(`${basename(file)}: what others make of its schemas is judged as AJV judges it`, async (t) => {
    const text = readFileSync(file, 'utf8');
    const raw = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as Json;
    const contract = await loadContract(file);
    const referee = refereeOf(raw, String(raw['openapi']).startsWith('3.0') ? '3.0' : '3.1');
    const wrong: string[] = [];
    let [values, explained, seed] = [0, 0, 0];
    for (const [index, operation] of contract.operations.entries()) {
      if (index % step(contract.operations.length) !== 0) continue;
      const contents = [
        ...(operation.body?.content ?? []).map((media) => ({ direction: 'request' as const, media })),
        ...operation.responses.flatMap(({ content }) =>
          content.map((media) => ({ direction: 'response' as const, media })),
        ),
      ];
      for (const { direction, media } of contents) {
        const { schema } = media;
        if (schema === undefined || !media.type.endsWith('json')) continue;
        const judge = referee.judge(schema.location.pointer);
        assert.ok(judge, `${operation.operationId}: AJV cannot compile the schema`);
        const ours = compileSchema(contract, schema, { direction });
        const node = { ...(at(raw, media.location.pointer) as object), schema: at(raw, schema.location.pointer) };
        for (const { by, value } of await valuesOf(raw, node, direction, ++seed)) {
          const json: unknown = JSON.parse(JSON.stringify(value));
          values++;
          const taken = ours.check(json);
          if (taken === judge(json)) continue;
          const [issue] = ours.explain(json, 1);
          if (issue !== undefined && reasons.some(([applies]) => applies(issue))) explained++;
          // `nullable` beside a reference says nothing by the letter of 3.0; documents mean it (decision 006).
          else if (taken && JSON.stringify(json).includes('null')) explained++;
          else
            wrong.push(
              `${direction} ${operation.operationId}, made by ${by}: ${issue?.pointer ?? ''} ${issue?.keyword ?? 'taken'} ${issue?.message ?? ''}`,
            );
        }
      }
    }
    t.diagnostic(`${values} values, ${explained} disagreements with a reason, ${wrong.length} without`);
    assert.deepEqual(wrong, []);
  });
}
