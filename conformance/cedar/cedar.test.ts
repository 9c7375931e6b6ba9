// Cedar's hand-written integration tests: decision, determining policies and erring policies of every request.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePolicies, type AuthorizationRequest, type EntityJson } from '@castellan/policy';

const suite = join(import.meta.dirname, '..', '..', '..', 'shared', 'conformance', 'cedar');

interface Case {
  readonly policies: string;
  readonly entities: string;
  readonly schema: string;
  readonly requests: readonly (AuthorizationRequest & {
    readonly description: string;
    readonly decision: 'allow' | 'deny';
    readonly reason: readonly string[];
    readonly errors: readonly string[];
  })[];
}

const read = (path: string) => readFileSync(join(suite, path), 'utf8');

if (!existsSync(suite)) test('Cedar integration tests', { skip: '../shared/conformance/cedar is not here' }, () => {});
else {
  for (const folder of readdirSync(join(suite, 'tests'))) {
    for (const name of readdirSync(join(suite, 'tests', folder)).filter((file) => file.endsWith('.json'))) {
      const file = `tests/${folder}/${name}`;
      test(file, () => {
        const { policies, entities, schema, requests } = JSON.parse(read(file)) as Case;
        const set = compilePolicies({ policies: read(policies), schema: read(schema) });
        for (const { description, decision, reason, errors, ...request } of requests) {
          const answer = set.decide({ ...request, entities: JSON.parse(read(entities)) as EntityJson[] });
          assert.deepEqual(
            {
              decision: answer.decision,
              reasons: [...answer.reasons].sort(),
              errors: answer.errors.map(({ policyId }) => policyId).sort(),
            },
            { decision, reasons: [...reason].sort(), errors: [...errors].sort() },
            description,
          );
        }
      });
    }
  }
}
