// For each option of the audit log: a log whose content is another where the option says something else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createGuard, type AuditOptions } from '@castellan/guard';
import { document, folder, statuses, type Ask, type Probe } from './api.ts';

const get: Ask = { path: '/notes/n1' };
let logs = 0;
const nextFolder = (): string => join(folder, `log-${logs++}`);

/** Some requests, and what the log is like afterwards. */
async function logged(audit: Omit<AuditOptions, 'dir'>, of: (dir: string) => string): Promise<string> {
  const dir = nextFolder();
  await statuses({ audit: { dir, ...audit } }, get, get);
  return of(dir);
}

const heads = (dir: string): readonly string[] => readFileSync(join(dir, 'heads.jsonl'), 'utf8').trimEnd().split('\n');
const lines = (dir: string): string => String((JSON.parse(heads(dir).at(-1) ?? '') as { readonly n: number }).n);
const segments = (dir: string): string => String(readdirSync(dir).filter((file) => file.endsWith('.idx')).length);

/** Segments that are left when a log was begun three times. */
async function kept(retention: AuditOptions['retention']): Promise<string> {
  const dir = nextFolder();
  for (const [at, more] of [{}, {}, retention === undefined ? {} : { retention }].entries())
    await statuses({ audit: { dir, ...more }, clock: () => Date.UTC(2020, 0, 1 + at) }, get);
  return segments(dir);
}

/** What an address is sent. */
async function sent(anchored: (url: string) => AuditOptions['anchor']): Promise<string> {
  let text = '';
  const server = createServer((request, response) => {
    text += `${request.method} ${String(request.headers['castellan-signature']).slice(0, 7)} `;
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const anchor = anchored(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await logged(anchor === undefined ? {} : { anchor }, () => '');
  server.close();
  return text;
}

async function started(audit: AuditOptions): Promise<string> {
  try {
    await (await createGuard({ contract: document(), audit })).end();
    return 'started';
  } catch (error) {
    return String((error as { readonly code?: unknown }).code);
  }
}

export const auditProbes: Readonly<Record<string, Probe>> = {
  'audit.dir': async () => {
    const dir = nextFolder();
    await statuses({}, get);
    const without = String(existsSync(dir));
    await statuses({ audit: { dir } }, get);
    return [without, String(heads(dir).length > 0)];
  },
  'audit.durability': async () => [await logged({}, lines), await logged({ durability: 'fsync' }, lines)],
  'audit.timeout': async () => [
    await started({ dir: nextFolder(), timeout: 1 }),
    await started({ dir: nextFolder(), timeout: 0 }),
  ],
  'audit.segmentSize': async () => [
    await logged({}, segments),
    await logged({ segmentSize: 1, durability: 'fsync' }, segments),
  ],
  'audit.retention.age': async () => [await kept(undefined), await kept({ age: 1 })],
  'audit.retention.size': async () => [await kept(undefined), await kept({ size: 1 })],
  'audit.anchor.file': async () => {
    const file = join(folder, 'anchored.jsonl');
    return [
      await logged({}, () => String(existsSync(file))),
      await logged({ anchor: { file } }, () => String(existsSync(file))),
    ];
  },
  'audit.anchor.url': async () => [await sent(() => undefined), await sent((url) => ({ url }))],
  'audit.anchor.secret': async () => [
    await sent((url) => ({ url })),
    await sent((url) => ({ url, secret: 'a secret of thirty-two characters!' })),
  ],
  'audit.pseudonyms': async () => {
    const people = (dir: string): string => String(existsSync(join(dir, 'people.jsonl')));
    return [await logged({}, people), await logged({ pseudonyms: true }, people)];
  },
};
