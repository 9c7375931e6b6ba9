import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CastellanError, compileSchema, loadContract, References } from '@castellan/contract';
import fc from 'fast-check';
import { readArchitecture } from '../../architecture/index.ts';
import { assess, type Assessment } from '../assess.ts';
import { buildApi } from '../system/api.ts';
import { buildSystem } from '../system/build.ts';
import { isOurs } from './identity.ts';
import { importModel } from './import.ts';
import { toOpenThreatModel } from './open-threat-model.ts';
import { openThreatModelSchema, threatDragonSchema } from './schemas.ts';
import { toThreatDragon } from './threat-dragon.ts';

const root = join(import.meta.dirname, '../../../../..');
const now = Date.parse('2026-11-25');

async function shop(overlays: readonly object[] = []): Promise<Assessment> {
  const architecture = await readArchitecture(['examples/shop'], root);
  const contract = await loadContract('examples/shop/openapi.yaml', { cwd: root, overlays });
  const [file] = architecture.castellan;
  const [api] = file?.apis ?? [];
  assert.ok(file && api);
  return assess(buildSystem([buildApi({ contract, architecture, deployment: { file, api } })], architecture), { now });
}

function issues(raw: Readonly<Record<string, unknown>>, value: unknown): unknown[] {
  const references = new References();
  references.add('urn:x', raw, '2020-12');
  return compileSchema(
    { references },
    { location: { document: 'urn:x', pointer: '' }, dialect: '2020-12', raw },
  ).explain(JSON.parse(JSON.stringify(value)));
}

interface Cell {
  id: string;
  shape: string;
  position?: { x: number; y: number };
  source?: { cell: string };
  target?: { cell: string };
  data: {
    name: string;
    description?: string;
    threats?: {
      id: string;
      title: string;
      status: string;
      severity: string;
      type: string;
      description: string;
      mitigation: string;
      modelType: string;
    }[];
  };
}
interface Dragon {
  summary: { owner: string };
  detail: {
    reviewer: string;
    contributors: { name: string }[];
    diagrams: { id: number; title: string; cells: Cell[] }[];
  };
}
const copy = <T>(value: unknown): T => JSON.parse(JSON.stringify(value)) as T;

test('Threat Dragon: what is written fits the format, and every flow joins two cells', async () => {
  const model = toThreatDragon(await shop());
  assert.deepEqual(issues(threatDragonSchema, model), []);
  const cells = copy<Dragon>(model).detail.diagrams[0]?.cells ?? [];
  const ids = new Set(cells.map(({ id }) => id));
  assert.equal(ids.size, cells.length);
  for (const { id } of cells) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const cell of cells.filter(({ shape }) => shape === 'flow'))
    assert.ok(ids.has(cell.source?.cell ?? '') && ids.has(cell.target?.cell ?? ''));
  assert.ok(
    cells.some(({ data }) => (data.threats ?? []).some(({ title }) => title === 'A store that anyone can reach')),
  );
});

test('Threat Dragon: a round trip keeps what people added by hand', async () => {
  const edited = copy<Dragon>(toThreatDragon(await shop()));
  const [diagram] = edited.detail.diagrams;
  const store = diagram?.cells.find(({ data }) => data.name === 'db');
  assert.ok(diagram && store?.data.threats);
  store.data.threats.push({
    id: 'b1946ac9-2492-4d23-8f6e-3c2a7b1d0e55',
    title: 'The backup tape in the van',
    status: 'Open',
    severity: 'High',
    type: 'Information disclosure',
    description: 'It is stolen.',
    mitigation: 'Encrypt it.',
    modelType: 'STRIDE',
  });
  store.data.description = 'Runs in the cellar';
  store.position = { x: 7, y: 9 };
  diagram.cells.push({
    id: '6f1ed002-ab5d-4f0a-9d3b-2a7c9e1f4b68',
    shape: 'actor',
    data: { name: 'The auditor', description: 'comes once a year' },
  });
  Object.assign(diagram.cells.at(-1) ?? {}, { zIndex: 1 });
  Object.assign(diagram.cells.at(-1)?.data ?? {}, { type: 'tm.Actor', hasOpenThreats: false });
  edited.detail.diagrams.push({ id: 1, title: 'Drawn by hand', cells: [] });
  Object.assign(edited.detail.diagrams.at(-1) ?? {}, { diagramType: 'STRIDE', thumbnail: '', version: '2.5.0' });
  edited.detail.contributors.push({ name: 'Grace' });
  edited.detail.reviewer = 'Ada';
  const imported = importModel('model.json', JSON.stringify(edited));
  assert.deepEqual(
    imported.added.map(({ kind, name }) => [kind, name]),
    [
      ['threat', 'The backup tape in the van (db)'],
      ['element', 'The auditor'],
    ],
  );
  // Meanwhile the API has changed: a limit is declared, an operation is gone.
  const later = await shop([
    {
      overlay: '1.0.0',
      info: { title: 'x', version: '1' },
      actions: [
        { target: "$.paths['/webhooks']", remove: true },
        { target: '$', update: { 'x-castellan': { rateLimit: { rate: '60/minute' } } } },
      ],
    },
  ]);
  const model = toThreatDragon(later, imported.model);
  assert.deepEqual(issues(threatDragonSchema, model), []);
  const again = copy<Dragon>(model);
  const kept = again.detail.diagrams[0]?.cells.find(({ data }) => data.name === 'db');
  assert.ok(kept);
  assert.ok(kept.data.threats?.some(({ title }) => title === 'The backup tape in the van'));
  assert.deepEqual([kept.data.description, kept.position], ['Runs in the cellar', { x: 7, y: 9 }]);
  assert.ok(again.detail.diagrams[0]?.cells.some(({ data }) => data.name === 'The auditor'));
  assert.deepEqual(
    [again.detail.diagrams[1]?.title, again.detail.contributors, again.detail.reviewer],
    ['Drawn by hand', [{ name: 'Grace' }], 'Ada'],
  );
  assert.equal(
    again.detail.diagrams[0]?.cells.some(({ data }) => data.name === 'Servers named by callers'),
    false,
    'what is no more is gone',
  );
  assert.deepEqual(copy(toThreatDragon(later, model)), again, 'a second round trip changes nothing');
});

test('a status set by hand elsewhere is told, and does not count', async () => {
  const edited = copy<Dragon>(toThreatDragon(await shop()));
  const threat = edited.detail.diagrams[0]?.cells
    .flatMap(({ data }) => data.threats ?? [])
    .find(({ status }) => status === 'Open');
  assert.ok(threat);
  threat.status = 'Mitigated';
  const imported = importModel('model.json', JSON.stringify(edited));
  assert.deepEqual(
    imported.added.map(({ kind }) => kind),
    ['status'],
  );
  const again = copy<Dragon>(toThreatDragon(await shop(), imported.model));
  assert.equal(
    again.detail.diagrams[0]?.cells.flatMap(({ data }) => data.threats ?? []).find(({ id }) => id === threat.id)
      ?.status,
    'Open',
  );
});

interface Otm {
  components: {
    id: string;
    name: string;
    parent: object;
    type: string;
    threats: { threat: string }[];
    tags: string[];
  }[];
  dataflows: { id: string; source: string; destination: string }[];
  threats: { id: string; name: string; risk: object }[];
  mitigations: { id: string }[];
  trustZones: { id: string }[];
}

test('Open Threat Model: fits the format, refers only to what it holds, and keeps what people added', async () => {
  const model = toOpenThreatModel(await shop());
  assert.deepEqual(issues(openThreatModelSchema, model), []);
  const otm = copy<Otm>(model);
  const components = new Set(otm.components.map(({ id }) => id));
  const threats = new Set(otm.threats.map(({ id }) => id));
  assert.equal(threats.size, otm.threats.length);
  for (const { source, destination } of otm.dataflows) assert.ok(components.has(source) && components.has(destination));
  for (const component of otm.components) for (const { threat } of component.threats) assert.ok(threats.has(threat));
  otm.components.push({
    id: 'hsm',
    name: 'The HSM',
    type: 'hsm',
    parent: { trustZone: otm.trustZones[0]?.id },
    threats: [],
    tags: [],
  });
  otm.threats.push({ id: 't-1', name: 'Stolen from the rack', risk: { likelihood: 10, impact: 90 } });
  const [first] = otm.components;
  assert.ok(first);
  first.tags.push('pci');
  const imported = importModel('model.otm.json', JSON.stringify(otm));
  assert.deepEqual(
    [imported.format, imported.added.map(({ name }) => name)],
    ['otm', ['The HSM', 'Stolen from the rack']],
  );
  const again = toOpenThreatModel(await shop(), imported.model);
  assert.deepEqual(issues(openThreatModelSchema, again), []);
  assert.ok(copy<Otm>(again).components.some(({ id }) => id === 'hsm'));
  assert.ok(copy<Otm>(again).components[0]?.tags.includes('pci'));
  assert.ok(copy<Otm>(again).threats.some(({ id }) => id === 't-1'));
});

test('what is no model is bad input, whatever it is', () => {
  for (const [text, message] of [
    ['{', /is not JSON/],
    ['[]', /no threat model/],
    ['{"otmVersion":"0.2.0"}', /project/],
    ['{"summary":{},"detail":{}}', /version|title/],
  ] as const)
    assert.throws(
      () => importModel('a.json', text),
      (error) => error instanceof CastellanError && message.test(error.message),
    );
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        importModel('a.json', text);
      } catch (error) {
        assert.ok(error instanceof CastellanError);
      }
    }),
    { seed: 6, numRuns: 300 },
  );
  assert.equal(isOurs('6f1ed002-ab5d-4f0a-9d3b-2a7c9e1f4b68'), false);
});
