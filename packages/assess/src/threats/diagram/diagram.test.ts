import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { nothingKnown, readArchitecture, type Architecture } from '../../architecture/index.ts';
import { assess } from '../assess.ts';
import { buildApi } from '../system/api.ts';
import { buildSystem } from '../system/build.ts';
import type { SystemModel } from '../system/model.ts';
import { layOut, type Box } from './layout.ts';
import { svgOf } from './svg.ts';

const root = join(import.meta.dirname, '../../../../..');

async function systemOf(file: string, architecture: Architecture = nothingKnown): Promise<SystemModel> {
  const contract = await loadContract(file, { cwd: root });
  const [castellan] = architecture.castellan;
  const [api] = castellan?.apis ?? [];
  const deployment = castellan === undefined || api === undefined ? undefined : { file: castellan, api };
  return buildSystem([buildApi({ contract, architecture, deployment })], architecture);
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test('nothing lies over anything: boxes, cells, boundaries, labels; flows pass no box', async (t) => {
  const systems = [
    await systemOf('examples/shop/openapi.yaml', await readArchitecture(['examples/shop'], root)),
    await systemOf(
      'examples/shop/openapi.yaml',
      await readArchitecture(['examples/shop', 'examples/shop-cluster'], root),
    ),
    await systemOf('examples/documents/openapi.yaml'),
  ];
  const box = join(root, '../shared/contracts/box.json');
  if (existsSync(box)) systems.push(await systemOf(box));
  else t.diagnostic('../shared/contracts is not here: the Box document was not tried');
  for (const system of systems) {
    const { elements, flows, boundaries, width, height } = layOut(system);
    for (const [index, one] of elements.entries()) {
      assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height);
      for (const other of elements.slice(index + 1))
        assert.equal(overlap(one, other), false, `${one.element.name} and ${other.element.name}`);
      for (const [at, cell] of one.cells.entries()) {
        assert.ok(
          cell.x >= one.x && cell.x + cell.width <= one.x + one.width && cell.y + cell.height <= one.y + one.height,
        );
        for (const other of one.cells.slice(at + 1)) assert.equal(overlap(cell, other), false);
      }
    }
    for (const [index, one] of boundaries.entries())
      for (const other of boundaries.slice(index + 1))
        assert.equal(overlap(one, other), false, `${one.name} and ${other.name}`);
    const labels = flows.map(({ label }): Box => ({
      x: label.anchor === 'end' ? label.x - label.room : label.x,
      y: label.y - 10,
      width: label.room,
      height: 12,
    }));
    for (const [index, one] of labels.entries()) {
      for (const other of labels.slice(index + 1)) assert.equal(overlap(one, other), false, 'two labels');
      for (const { element, ...place } of elements)
        assert.equal(overlap(one, place), false, `a label on ${element.name}`);
    }
    for (const { points, flow } of flows)
      for (const [index, [x, y]] of points.entries()) {
        const next = points[index + 1];
        if (next === undefined) continue;
        const line = {
          x: Math.min(x, next[0]) + 0.5,
          y: Math.min(y, next[1]) + 0.5,
          width: Math.abs(next[0] - x) - 1,
          height: Math.abs(next[1] - y) - 1,
        };
        for (const { element, ...place } of elements)
          if (element.id !== flow.from && element.id !== flow.to)
            assert.equal(
              overlap({ ...line, width: Math.max(line.width, 0.1), height: Math.max(line.height, 0.1) }, place),
              false,
              `${flow.label} runs through ${element.name}`,
            );
      }
  }
});

test('text of others stays text', async () => {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: '</text><script>alert(1)</script>', version: '1' },
    paths: { '/a': { get: { tags: ['"><img src=x>'], responses: {} } } },
  });
  const svg = svgOf(
    assess(buildSystem([buildApi({ contract, architecture: nothingKnown })], nothingKnown), { now: 0 }),
  );
  assert.equal(/<script|<img/.test(svg), false);
  assert.match(svg, /&lt;\/text&gt;/);
});

test('two elements that are called alike are two: an API and its Ingress', async () => {
  const system = await systemOf('examples/shop/openapi.yaml', await readArchitecture(['examples/shop-cluster'], root));
  const ingress = system.elements.find(({ technology }) => technology === 'ingress');
  assert.equal(ingress?.boundary, 'edge');
  assert.ok(system.flows.some(({ from, to }) => from === ingress?.id && to === 'process:shop'));
});
