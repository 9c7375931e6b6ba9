import type { Facts } from '@castellan/guard';
import { attacks } from './simulator/attacks.ts';
import { begin, day, Shop } from './simulator/shop.ts';
import { Memory } from '../../packages/detect/src/memory/memory.ts';
import { memoryLimits } from '../../packages/detect/src/memory/limits.ts';
import { callerMeasures } from '../../packages/detect/src/memory/measures.ts';
const [kind, strength, seedText, plainText] = process.argv.slice(2);
const seed = Number(seedText);
const shop = new Shop({ seed, days: 10, users: 40 + (seed * 53) % 200 });
const plain = plainText === 'plain';
const strip = (list: readonly Facts[]): Facts[] => list.map((f) => plain ? { ...f, objects: [], objectCount: 0, records: 0, attempt: undefined, sensitive: {} } : f);
const attack = attacks.find((a) => a.kind === kind)!;
for (const a of attacks) for (const s of ['strong','medium','slow'] as const) { const start = begin + day * (6 + shop.random.between(0.3, 2.5)); if (a === attack && s === strength) {
  const bad = a.run(shop, start, s);
  const ids = new Set(bad.map((f) => f.id));
  const memory = new Memory(memoryLimits, { declared: new Map(), warmUp: 86400, seed, canaries: new Set(), honey: new Set() });
  let n = 0;
  for (const f of strip([...shop.facts, ...bad].sort((x, y) => x.time - y.time))) {
    const m = memory.observe(f);
    const all = callerMeasures.list.map((x, i) => { const e = memory.callers.excess(m.caller, i, m.time); return e === undefined ? '' : `${x.name} ${x.halfLife} v${e.value.toFixed(1)} own${e.usual} peers${e.peers.toFixed(1)} r${e.ratio.toFixed(2)}/${e.limit.toFixed(2)}`; }).filter((x) => x !== '');
    if (ids.has(f.id) && (n++ % 30 === 29)) console.log(new Date(f.time).toISOString(), n, f.principal?.subject, m.known, m.missed, 'share', memory.missShare.share(m.operation.index, m.time), all.join(' | '));
  }
} else a.run(shop, start, s); }
