import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { policySchema } from '@castellan/policy';
import { registryDocument } from '../document/index.ts';
import { askRegistryAnswers } from './known-answers.ts';

test('with what the build asked, a registry starts without the engine', { timeout: 60_000 }, async () => {
  const answers = await askRegistryAnswers();
  const module = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
  const program = `
    import { readFileSync } from 'node:fs';
    import { isEngineLoaded, knowAnswers } from '@castellan/policy';
    import { createRegistryGuard } from ${module('registry-guard.ts')};
    knowAnswers(JSON.parse(readFileSync(0, 'utf8')));
    const store = { db: {}, name: 'none', clock: Date.now, cleansItself: true, close: async () => undefined };
    const loaded = [];
    for (const options of [{}, { certificates: true }, { environment: 'staging', localKey: 'castellan_x' }]) {
      await (await createRegistryGuard(store, options)).end();
      loaded.push(isEngineLoaded());
    }
    console.log(loaded.join());`;
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@castellan/source', '--input-type=module-typescript', '-e', program],
    { input: JSON.stringify(answers), encoding: 'utf8', cwd: import.meta.dirname },
  );
  assert.equal(printed.trim(), 'false,false,false');
});

test('an identity provider asks nothing new of the engine', async () => {
  const texts = new Set<string>();
  for (const openIdConnectUrl of [
    undefined,
    'https://login.example.com/.well-known/openid-configuration',
    'http://127.0.0.1:1/x',
  ])
    for (const certificates of [true, false])
      texts.add(policySchema(await loadContract(registryDocument('/', { openIdConnectUrl, certificates }))).text);
  assert.equal(texts.size, 1);
});
