import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { defaultRetention } from '@castellan/registry';
import { configuredRegistry } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-retention-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'openapi.json'), '{"openapi":"3.1.0","info":{"title":"A","version":"1"},"paths":{}}');

async function retentionOf(retention: unknown) {
  const yaml = {
    apis: [{ name: 'a', contract: './openapi.json' }],
    store: { url: 'file:.castellan/registry', retention },
  };
  writeFileSync(join(folder, 'castellan.yaml'), JSON.stringify(yaml));
  return (await configuredRegistry(folder)).retention;
}

const keys = ['days', 'counts', 'consumers', 'journal'] as const;

test('how long what is kept is what castellan.yaml says, and the default where it says nothing', async () => {
  assert.deepEqual((await configuredRegistry(join(folder, 'nothing'))).retention, defaultRetention);
  assert.deepEqual(await retentionOf(undefined), defaultRetention);
  for (const key of keys)
    for (const [written, milliseconds] of [
      ['30 days', 30 * 86_400_000],
      ['1 day', 86_400_000],
      ['48h', 2 * 86_400_000],
      [86_400, 86_400_000],
    ] as const)
      assert.deepEqual(
        await retentionOf({ [key]: written }),
        { ...defaultRetention, [key]: milliseconds },
        `${key} ${written}`,
      );
});

test('what is written wrongly is told with its place, never read as something else', async () => {
  for (const key of keys)
    for (const written of ['1', '1 hour', 'forever', 0, -1, 3_600, true, null, {}, '11 years'])
      await assert.rejects(
        retentionOf({ [key]: written }),
        (error) => error instanceof CastellanError && error.message.includes(`retention.${key}`),
        `${key} ${String(written)}`,
      );
  for (const [word, meant] of [
    ['day', 'days'],
    ['consumer', 'consumers'],
    ['jurnal', 'journal'],
    ['count', 'counts'],
  ] as const)
    await assert.rejects(retentionOf({ [word]: '30 days' }), new RegExp(`did you mean ${meant}`), word);
});
