import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { owaspRisks } from '../../findings/risk.ts';
import { controls } from '../controls.ts';
import { linddun, stride, type AnyThreat, type Example } from '../definition.ts';
import { subjectsOf } from '../subjects.ts';
import { modelOfExample } from './example-model.ts';
import { catalogue } from './index.ts';
import { cataloguePage } from './page.ts';

async function missing(threat: AnyThreat, example: Example): Promise<string[]> {
  const model = await modelOfExample(example);
  return [...subjectsOf(model)].flatMap((subject) =>
    (threat.applies(subject) ?? []).filter((need) => !need.declared).map((need) => `${need.control}: ${need.why}`),
  );
}

for (const threat of catalogue) {
  test(`${threat.id}: its bad examples are seen, its good ones are not`, async () => {
    for (const example of threat.bad)
      assert.notDeepEqual(await missing(threat, example), [], `nothing found: ${example.name}`);
    for (const example of threat.good) assert.deepEqual(await missing(threat, example), [], example.name);
  });
}

test('each threat is a file of its own, is in the list once, and says what its kind asks for', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => !/^(?:index|page|paths|example-model|.*\.test)\.ts$/.test(file),
  );
  assert.deepEqual(catalogue.map(({ id }) => `${id}.ts`).sort(), files.sort());
  for (const { id, stride: kinds, linddun: privacy, ways, attack } of catalogue) {
    assert.ok(existsSync(join(import.meta.dirname, `${id}.ts`)));
    assert.ok(kinds.length > 0 || privacy !== undefined, id);
    assert.match(attack, /\.$|\.\)$|\)\.$/, id);
    for (const { steps } of ways)
      assert.ok(
        steps.some(({ stoppedBy }) => stoppedBy !== undefined && stoppedBy in controls),
        id,
      );
  }
});

test('every OWASP risk, every STRIDE letter and every LINDDUN category has a threat', () => {
  assert.deepEqual(
    Object.keys(owaspRisks).filter((risk) => !catalogue.some(({ owasp }) => owasp === risk)),
    [],
  );
  assert.deepEqual(
    Object.keys(stride).filter((kind) => !catalogue.some((threat) => threat.stride.includes(kind as never))),
    [],
  );
  assert.deepEqual(
    Object.keys(linddun).filter((kind) => !catalogue.some((threat) => threat.linddun === kind)),
    [],
  );
});

test('docs/threat-catalogue.md is what the catalogue says', () => {
  const page = join(import.meta.dirname, '../../../../../docs/threat-catalogue.md');
  assert.equal(readFileSync(page, 'utf8'), cataloguePage(catalogue));
});

test('the documented schemas are those that are used', async () => {
  const { evidenceSchema } = await import('../evidence/schema.ts');
  const { reportSchema } = await import('../report/schema.ts');
  for (const [file, schema] of [
    ['evidence', evidenceSchema],
    ['threats-output', reportSchema],
  ] as const)
    assert.deepEqual(
      JSON.parse(readFileSync(join(import.meta.dirname, `../../../../../schemas/${file}.json`), 'utf8')),
      JSON.parse(JSON.stringify(schema)),
    );
});
