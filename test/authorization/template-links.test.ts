// Templates of the policies filled: in the guard, at the gateway, in castellan.yaml, by the command, and read again when the file changes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { run } from '../../packages/cli/src/run.ts';
import { sides } from './both-sides.ts';
import { ordersContract } from './orders-contract.ts';
import { keys, ordersBehindGuard } from './orders.ts';
import { send } from './send.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-links-'));
after(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const template = '@id("reader") permit (principal == ?principal, action == Action::"getOrder", resource == ?resource);';
const policies = write('policies.cedar', template);
const link = (who: string, order: string): object => ({
  template: 'reader',
  principal: `User::"${who}"`,
  resource: `Order::"${order}"`,
});

for (const side of sides)
  describe(`links, ${side}`, { timeout: 60_000 }, () => {
    test('who is linked may, nobody else, and the file is read again', async () => {
      const links = write(`${side.replaceAll(' ', '-')}.json`, JSON.stringify([link('ada', 'b1')]));
      const api = await ordersBehindGuard(side, { contract: ordersContract, policies, links });
      try {
        const status = async (key: string, path: string): Promise<number> =>
          (await send(api.url, path, { headers: { 'x-key': key } })).status;
        assert.deepEqual(
          [
            await status(keys.ada, '/orders/b1'),
            await status(keys.bob, '/orders/b1'),
            await status(keys.ada, '/orders/a1'),
          ],
          [200, 403, 403],
        );
        write(`${side.replaceAll(' ', '-')}.json`, JSON.stringify([link('bob', 'b1')]));
        await api.guard.reload();
        assert.deepEqual([await status(keys.ada, '/orders/b1'), await status(keys.bob, '/orders/b1')], [403, 200]);
        write(
          `${side.replaceAll(' ', '-')}.json`,
          JSON.stringify([{ template: 'raeder', principal: 'User::"ada"', resource: 'Order::"a1"' }]),
        );
        await assert.rejects(api.guard.reload(), /no template 'raeder'.*did you mean 'reader'/);
        assert.equal(await status(keys.bob, '/orders/b1'), 200, 'the last good links stay in force');
      } finally {
        await api.close();
      }
    });
  });

test('what is wrong with a link is said with what was meant', async () => {
  const start = async (links: unknown): Promise<unknown> =>
    createGuard({
      contract: ordersContract,
      policies,
      links: links as never,
      authentication: { key: { keys: [] } as never },
    });
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[{ ...link('ada', 'a1'), templat: 'x' }], /link 1 has an unknown key 'templat'.*did you mean 'template'/],
    [[{ template: 'reader', principal: 'ada', resource: 'Order::"a1"' }], /principal of link 1 is no entity/],
    [[{ template: 'reader', principal: 'User::"ada"' }], /slot \?resource is not filled/],
    [[link('ada', 'a1'), link('ada', 'a1')], /is taken already/],
    [[{ principal: 'User::"ada"' }], /names no template/],
    [[], /template that nothing links/],
    [{ template: 'reader' }, /list/],
    [join(folder, 'none.json'), /cannot be read/],
    [write('text.json', 'reader'), /not JSON/],
  ];
  for (const [links, pattern] of wrong) await assert.rejects(start(links), pattern, JSON.stringify(links));
});

test('the command takes links, in YAML too', async () => {
  const contract = write('openapi.json', JSON.stringify(ordersContract));
  const links = write('links.yaml', '- { template: reader, principal: \'User::"ada"\', resource: \'Order::"a1"\' }\n');
  const entities = write(
    'entities.json',
    JSON.stringify(
      ['ada', 'bob'].map((id) => ({ uid: { type: 'User', id } })).concat([{ uid: { type: 'Order', id: 'a1' } }]),
    ),
  );
  const castellan = async (...args: string[]): Promise<{ status: number; text: string }> => {
    let text = '';
    const status = await run(args, {
      out: (one) => void (text += one),
      err: (one) => void (text += one),
      interactive: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
    return { status, text };
  };
  const about = ['--contract', contract, '--policies', policies] as const;
  const unlinked = await castellan('policy', 'check', ...about);
  assert.match(unlinked.text, /template that nothing links/);
  assert.equal(unlinked.status, 1);
  assert.equal((await castellan('policy', 'check', ...about, '--links', links)).status, 0);
  const who = await castellan(
    'policy',
    'who',
    ...about,
    '--links',
    links,
    '--resource',
    'Order',
    '--id',
    'a1',
    '--action',
    'getOrder',
    '--entities',
    entities,
  );
  assert.match(who.text, /User::"ada"\s+reader/);
  assert.doesNotMatch(who.text, /bob/);
  const table = await castellan('policy', 'table', ...about, '--links', links);
  assert.match(table.text, /reader/);
});
