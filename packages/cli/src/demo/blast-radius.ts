import type { Terminal } from '../verb.ts';
import { send, type RawAnswer } from './send.ts';
import type { DemoStage } from './stage.ts';

/** Documents of the person whose key was stolen, addresses that the thief calls from, calls at once, and what the budget lets go. */
const scene = { documents: 400, addresses: 20, atOnce: 8, budget: 100 } as const;

/**
 * What a stolen key takes away, by pages and by ids, from many addresses: of the API as it is, behind the guard, and behind the guard
 * with a budget. Each caller is allowed all of these documents: no policy can tell the thief.
 */
export async function blastRadius(stage: DemoStage, terminal: Terminal): Promise<void> {
  const ids = stage.manyDocuments('eve', scene.documents);
  const token = stage.bare.tokens.eve;
  const budget = { objects: { Document: `${scene.budget}/day` } };
  const limited = await stage.guardedWith({
    overlay: '1.0.0',
    info: { title: 'A budget for each credential', version: '1' },
    actions: [{ target: '$', update: { 'x-castellan': { budget } } }],
  });
  try {
    terminal.out(`
Eve's key is stolen; she has ${scene.documents} documents. The thief asks for every page and every id, from ${scene.addresses} addresses:

`);
    for (const [name, base] of [
      ['bare', stage.bare.base],
      ['guarded', stage.guarded.base],
      [`guarded, with x-castellan.budget: { objects: { Document: ${scene.budget}/day } }`, limited.base],
    ] as const) {
      const taken = await scrape(base, token, ids);
      terminal.out(`  ${String(taken.size).padStart(5)} documents taken  ${name}\n`);
    }
  } finally {
    await limited.close();
  }
}

/** Takes whatever it gets. @returns ids of the documents that it holds then */
async function scrape(base: string, token: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  const keep = ({ status, json }: RawAnswer): void => {
    if (status !== 200) return;
    const { items = [json] } = json as { items?: readonly unknown[] };
    for (const item of items) if (hasId(item) && ids.includes(item.id)) taken.add(item.id);
  };
  const paths = [
    ...['limit=100', 'limit=100&status=draft', 'limit=100&status=published', 'limit=20'].map(
      (query) => `/documents?${query}`,
    ),
    ...ids.map((id) => `/documents/${id}`),
  ];
  const worker = async (first: number): Promise<void> => {
    for (let at = first; at < paths.length; at += scene.atOnce) {
      const from = `127.0.0.${2 + (at % scene.addresses)}`;
      keep(await send(base, { path: paths[at] ?? '/', token, from }));
    }
  };
  await Promise.all(Array.from({ length: scene.atOnce }, (_, first) => worker(first)));
  return taken;
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && typeof (value as { id?: unknown }).id === 'string';
}
