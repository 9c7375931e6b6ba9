// castellan scan against an API with each flaw that somebody may have forgotten, and without any.
// promise: scan-proves
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { loadContract } from '@castellan/contract';
import { attacks, reportOf, scan, textOf, type Identity, type ScanOptions, type ScanReport } from '@castellan/scan';
import { document, flaws, startLedger, tokenFor, type Flaw } from './ledger.ts';

const contract = await loadContract(structuredClone(document));
const identities: readonly Identity[] = ['ada', 'bob'].map((name) => ({
  name,
  credentials: new Map([['*', tokenFor(name)]]),
  mayNot: new Set(['listPeople']),
}));

async function scanned(t: TestContext, flawed: readonly Flaw[], more: Partial<ScanOptions> = {}): Promise<ScanReport> {
  const ledger = await startLedger(new Set(flawed));
  t.after(() => ledger.close());
  const target = `${ledger.url}/v1`;
  const done = await scan(contract, {
    base: target,
    identities,
    maxRequests: 4000,
    rate: 1e6,
    timeout: 10_000,
    changes: true,
    deletes: true,
    ...more,
  });
  return reportOf(contract, done, { target, at: 0 });
}

const brokenIn = ({ results }: ScanReport): readonly string[] =>
  results
    .filter(({ level }) => level === 'broken')
    .map(({ control, operation }) => `${control} ${operation ?? '*'}`)
    .sort();
const provenIn = ({ results }: ScanReport): readonly string[] =>
  results
    .filter(({ level }) => level === 'proven')
    .map(({ control, operation }) => `${control} ${operation ?? '*'}`)
    .sort();

const called = ['getNote', 'getTask', 'listNotes', 'listProjects', 'listTasks', 'putNote'];
const open = called.map((operation) => `authentication ${operation}`);

/** What has to be found for each flaw, and nothing else. */
const found: Readonly<Record<Flaw, readonly string[]>> = {
  'no-authentication': open,
  'alg-none': open,
  'signature-ignored': open,
  'objects-of-others': ['object-authorization getNote'],
  'nested-objects-of-others': ['object-authorization getTask'],
  'changes-of-others': ['object-authorization putNote'],
  'deletes-of-others': ['object-authorization deleteNote'],
  'administration-open': ['function-authorization listPeople'],
  'parameters-unchecked': ['input-validation listNotes'],
  'bodies-unchecked': ['input-validation putNote'],
  'more-than-documented': ['output-validation getNote', 'output-validation listNotes', 'output-validation putNote'],
  'status-undocumented': ['output-validation getNote', 'output-validation putNote'],
  'stack-trace': ['safe-errors getNote', 'safe-errors getTask', 'safe-errors listTasks', 'safe-errors putNote'],
  'database-error': ['safe-errors listNotes'],
  'page-unbounded': ['input-validation listNotes', 'page-limit listNotes'],
  'environment-file': ['no-debug *'],
  'no-rate-limit': ['rate-limit listNotes'],
};

test('an API without a flaw: nothing is broken, and what was tried is proven', async (t) => {
  const report = await scanned(t, [], { burst: 1000 });
  assert.deepEqual(brokenIn(report), [], textOf(report));
  for (const proven of [
    ...open,
    'object-authorization getNote',
    'object-authorization getTask',
    'object-authorization putNote',
    'function-authorization listPeople',
    'input-validation listNotes',
    'output-validation getNote',
    'page-limit listNotes',
    'safe-errors getNote',
    'rate-limit listNotes',
  ])
    assert.ok(provenIn(report).includes(proven), `${proven} is not proven: ${textOf(report)}`);
});

for (const flaw of flaws)
  test(`found where it is, and nowhere else: ${flaw}`, async (t) => {
    const report = await scanned(t, [flaw], flaw === 'no-rate-limit' ? { burst: 1000 } : {});
    assert.deepEqual(brokenIn(report), found[flaw], textOf(report));
    for (const { level, curl } of report.results) if (level === 'broken') assert.match(curl ?? '', /^curl -i /);
    for (const { name } of identities)
      for (const part of tokenFor(name).split('.').slice(1))
        assert.ok(!JSON.stringify(report).includes(part.slice(0, 16)), 'part of a credential is shown');
  });

test('each attack finds a flaw of its own', () => {
  const controls = new Set(
    Object.values(found)
      .flat()
      .map((one) => one.split(' ')[0]),
  );
  for (const { name, control } of attacks) assert.ok(controls.has(control), name);
});
