import { createDetection } from '@castellan/detect';
import { Shop } from './simulator/shop.ts';
const shop = new Shop({ seed: 1, days: 10 });
const facts = shop.facts.sort((a, b) => a.time - b.time);
for (let i = 0; i < 5; i++) {
  const detection = createDetection({ seed: 1 });
  const t = process.cpuUsage().user;
  for (const f of facts) detection.sink(f);
  console.log((process.cpuUsage().user - t) / facts.length, 'us of cpu each', facts.length);
}
