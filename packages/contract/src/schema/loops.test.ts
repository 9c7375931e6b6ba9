import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../load/load-contract.ts';
import { compileResourceAccess } from '../resources/access.ts';
import { compileUndocumented } from '../undocumented/index.ts';
import { compileSchema } from './index.ts';
import { settleLoops } from './loops.ts';

/** The slow way: a walk for each node. */
function comesBack(graph: readonly (readonly number[])[], node: number): boolean {
  const seen = new Set<number>(graph[node]);
  for (const next of seen) for (const further of graph[next] ?? []) seen.add(further);
  return seen.has(node);
}

test('nodes that come back to themselves are found, whoever asks first, and each edge is looked at once', () => {
  const graphs = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 4 }), { minLength: size, maxLength: size }),
    );
  fc.assert(
    fc.property(graphs, fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 12 }), (graph, asked) => {
      const loops = new Map<number, boolean>();
      let looked = 0;
      for (const root of asked)
        if (root < graph.length && !loops.has(root))
          settleLoops<number>(root, {
            next: (node) => {
              looked++;
              return graph[node] ?? [];
            },
            known: (node) => loops.has(node),
            settle(nodes, own) {
              for (const node of nodes) loops.set(node, own);
            },
          });
      for (const [node, own] of loops) assert.equal(own, comesBack(graph, node), `${node} of ${JSON.stringify(graph)}`);
      assert.equal(looked, loops.size);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

type Form = (name: string, others: readonly object[]) => object;
const forms: Readonly<Record<string, Form>> = {
  'schemas that are any of each other': (_, others) => ({ anyOf: others }),
  'schemas that are one of each other': (_, others) => ({ oneOf: others }),
  'objects whose property is any of them': (name, others) => ({
    type: 'object',
    properties: { [name]: { type: 'string' }, inner: { anyOf: others } },
  }),
  'objects whose items are all of each other': (name, others) => ({
    type: 'object',
    properties: { [name]: { type: 'string' }, inner: { type: 'array', items: { allOf: others } } },
  }),
};

for (const [name, form] of Object.entries(forms))
  test(`${name}: the work of compiling grows as the document does`, async () => {
    const work = async (count: number): Promise<{ readonly taken: number; readonly written: number }> => {
      const names = Array.from({ length: count }, (_, index) => `S${index}`);
      const refs = (own: string): object[] =>
        names.filter((other) => other !== own).map((other) => ({ $ref: `#/components/schemas/${other}` }));
      const schemas = Object.fromEntries(names.map((own) => [own, form(own, refs(own))]));
      const contract = await loadContract({
        openapi: '3.1.0',
        info: { title: 'T', version: '1' },
        paths: {},
        components: { schemas },
      });
      const schema = contract.schemas.get('S0');
      assert.ok(schema);
      const value = { inner: [{ inner: {} }] };
      compileSchema(contract, schema, { direction: 'request' }).check(value);
      compileUndocumented(contract, schema, 'request').in(value);
      compileResourceAccess(contract, schema, 'request');
      // An object for each schema and each reference.
      return {
        taken: contract.references.work.done.schemas,
        written: count * (count + 4),
      };
    };
    for (const count of [6, 12, 24]) {
      const { taken, written } = await work(count);
      assert.ok(taken > 0 && taken <= written, `${count} schemas: ${taken} of ${written}`);
    }
  });
