// The models of examples/cookbook: every question, in the application and at the gateway, one object and lists.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { compilePolicies, policySchema, readScenarios, runScenarios } from '@castellan/policy';
import { cookbook, readModel, type Model } from './model.ts';
import { inPostgres, inSqlite, type Database } from './tables.ts';
import { atGateway, inApplication, type Way } from './ways.ts';

const names = readdirSync(cookbook, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const postgres = new PGlite();
after(() => postgres.close());

test('there are thirteen models', () => assert.equal(names.length, 13));

for (const name of names) {
  describe(name, () => {
    let model: Model;
    let databases: readonly Database[];
    let ways: Readonly<Record<string, Way>>;

    before(async () => {
      model = await readModel(name);
      databases = [await inPostgres(model, postgres), inSqlite(model)];
      ways = { application: await inApplication(model, databases), gateway: await atGateway(model) };
    });
    after(async () => {
      for (const way of Object.values(ways)) await way.close();
      for (const database of databases) await database.close();
    });

    test('the scenarios', () => {
      const schema = policySchema(model.contract, { hierarchies: model.entities !== undefined });
      const text = readFileSync(model.policies, 'utf8');
      const set = compilePolicies({
        policies: [{ file: 'policies.cedar', text }],
        schema: schema.json,
        leftOut: schema.leftOut,
        impossible: 'refuse',
      });
      const { results } = runScenarios(set, [readScenarios(model.scenarios, 'scenarios.yaml')]);
      assert.deepEqual(
        results
          .filter(({ passed }) => !passed)
          .map((result) => [result.name, result.explanation.decision, result.missing]),
        [],
      );
    });

    test('every question, in the application and at the gateway', async () => {
      const wrong: unknown[] = [];
      for (const [place, way] of Object.entries(ways)) {
        for (const [who, what, expected, given, properties] of model.questions) {
          const [method = '', path = ''] = what.split(' ');
          const { status, body } = await way.ask(who, method, path, given);
          const got =
            status < 300 ? 'yes' : status === 403 || status === 404 ? 'no' : `${status} ${JSON.stringify(body)}`;
          const ids = Array.isArray(body) ? (body as readonly { id: string }[]).map(({ id }) => id) : undefined;
          const answered = typeof expected === 'string' ? got : (ids ?? (status === 403 ? [] : got));
          if (JSON.stringify(answered) !== JSON.stringify(expected))
            wrong.push([place, who, what, given, answered, expected]);
          const present = Object.keys((body as object | undefined) ?? {});
          for (const property of properties?.with ?? [])
            if (!present.includes(property)) wrong.push([place, who, what, property]);
          for (const property of properties?.without ?? [])
            if (present.includes(property)) wrong.push([place, who, what, property]);
        }
      }
      assert.deepEqual(wrong, []);
    });

    test('a list holds what is given one by one, for every caller', async () => {
      const lists = model.contract.operations.filter(({ method, path }) => method === 'GET' && !path.includes('{'));
      for (const [place, way] of Object.entries(ways)) {
        for (const { path } of lists) {
          const type = Object.keys(model.rows).find((one) => `/${one.toLowerCase()}s` === path) ?? '';
          for (const who of Object.keys(model.callers)) {
            const { body } = await way.ask(who, 'GET', path);
            const listed = Array.isArray(body) ? (body as readonly { id: string }[]).map(({ id }) => id) : [];
            const single: string[] = [];
            for (const { id } of model.rows[type] ?? [])
              if ((await way.ask(who, 'GET', `${path}/${id}`)).status === 200) single.push(id);
            assert.deepEqual(listed, single, `${place} ${who} ${path}`);
          }
        }
      }
    });
  });
}
