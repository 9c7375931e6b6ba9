// The state of one process in a folder, over a restart.
// promise: damaged-state-refused
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { FileState } from '../src/state/file/file-state.ts';
import { send } from './client.ts';
import { guarded, token } from './guarded.ts';

describe('a state in a folder', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'castellan-state-'))));
  after(() => rmSync(folder, { recursive: true }));

  test('is there again after a restart: limits, steps, used proofs', async () => {
    const place = join(folder, 'one');
    const rate = { count: 3, seconds: 3600 };
    const first = new FileState(place, () => 1_000_000);
    await first.open();
    for (let call = 0; call < 3; call++) assert.equal(first.counter('calls', rate).take('ada'), undefined);
    first.counter('never asked again', rate).take('bob', 3);
    first.steps.add('checkout');
    assert.equal(first.replay('token').use('jti', 2_000_000, 1_000_000), 'fresh');
    await first.close();
    for (const now of [1_001_000, 1_002_000]) {
      const next = new FileState(place, () => now);
      await next.open();
      assert.equal((await next.counter('calls', rate).take('ada'))?.allowed, false);
      assert.equal(next.counter('calls', rate).take(`someone ${now}`), undefined);
      assert.equal(await next.steps.has('checkout'), true);
      assert.equal(next.replay('token').use('jti', 2_000_000, now), 'used');
      await next.close();
    }
    const last = new FileState(place, () => 1_003_000);
    await last.open();
    assert.equal((await last.counter('never asked again', rate).take('bob', 1))?.allowed, false);
    await last.close();
  });
  test('is for one process, and a line that is none is told with its place', async () => {
    const place = join(folder, 'two');
    await new FileState(place, Date.now).close();
    writeFileSync(join(place, 'state.lock'), String(process.ppid));
    assert.throws(() => new FileState(place, Date.now).open(), { code: 'state-in-use' });
    writeFileSync(join(place, 'state.lock'), '999999999');
    const header = '["castellan-state",2,1,2]\n';
    for (const [text, line] of [
      ...['{', '[]', '["counter",1,2,"c"]', '["other",1,2,3]', '["counter",1,2,3,4,5]', '["once",1.5,2,3]', ''].map(
        (one) => [`${header}["once",1,2,3]\n${one}\n`, 3] as const,
      ),
      ['["castellan-state",1,1,2]\n', 1],
      ['["once",1,2,3]\n', 1],
      ['{', 1],
    ] as const) {
      writeFileSync(join(place, 'state.jsonl'), text);
      assert.throws(
        () => new FileState(place, Date.now),
        (error) => error instanceof CastellanError && error.code === 'bad-state' && error.place?.line === line,
        text,
      );
    }
  });
  test('a guard remembers in it who was refused', async () => {
    const options = { state: { file: join(folder, 'guard') }, limits: { perPrincipal: '2/hour' } };
    for (const expected of [
      [200, 200, 429],
      [429, 429, 429],
    ]) {
      const server = await guarded(options);
      const seen: number[] = [];
      for (let call = 0; call < 3; call++) seen.push((await send(server.url, '/v1/me', { token })).status);
      assert.deepEqual(seen, expected);
      await server.close();
    }
  });
  test('names one place', async () => {
    for (const state of [{}, { file: folder, url: 'redis://localhost' }, { url: 'http://localhost' }])
      await assert.rejects(guarded({ state }), { code: 'bad-option' });
    await assert.rejects(guarded({ state: { fiel: folder } as object }), /file/);
  });
});
