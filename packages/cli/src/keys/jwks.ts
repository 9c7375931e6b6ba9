import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openSigningKeys, publishedKeys } from '@castellan/guard/secrets';
import type { KeysCall } from './arguments.ts';

/** `castellan keys jwks`: the public keys of the gateway's `castellan-context` tokens. */
export async function jwks({ values, terminal, now }: KeysCall): Promise<void> {
  const file = resolve(terminal.cwd, values['signing-keys'] ?? '.castellan/signing-keys.json');
  // Made where they are not there, so that an upstream can be set up before the gateway runs.
  const keys = existsSync(file)
    ? publishedKeys(file)
    : await (await openSigningKeys({ file, clock: () => now })).jwks();
  terminal.out(`${JSON.stringify(keys, null, 2)}\n`);
}
