import { loadContract } from '@castellan/contract';
import type { Facts } from '@castellan/guard';
import { attacks, strengths } from './simulator/attacks.ts';
import { measure } from './simulator/measure.ts';
import { begin, day, operations, Shop } from './simulator/shop.ts';

const paths: Record<string, Record<string, unknown>> = {};
for (const { operation, method, template } of Object.values(operations))
  (paths[template] ??= {})[method.toLowerCase()] = {
    operationId: operation,
    deprecated: operation === 'oldListProducts',
    ...(operation === 'internalKeys' ? { 'x-castellan': { canary: true } } : {}),
    ...(template.includes('{')
      ? {
          parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
            name,
            in: 'path',
            required: true,
            schema: { type: 'string' },
          })),
        }
      : {}),
    responses: { 200: { description: 'ok' } },
  };
export const contract = await loadContract({ openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths });
const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 2);
let normal = 0;
let wrong = 0;
let noticed = 0;
let all = 0;
const delays: number[] = [];
for (let seed = first; seed < first + count; seed++) {
  const shop = new Shop({ seed, days: 10, users: 40 + ((seed * 53) % 200) });
  const plain = seed % 3 === 2;
  const strip = (list: readonly Facts[]): Facts[] =>
    list.map((f) => (plain ? { ...f, objects: [], objectCount: 0, records: 0, attempt: undefined, sensitive: {} } : f));
  const started = performance.now();
  const alone = measure(strip(shop.facts), [], contract, seed);
  console.log(
    `seed ${seed}: ${alone.normal} normal, ${alone.incidents.length} incidents, ${(((performance.now() - started) * 1000) / alone.normal).toFixed(1)} us each`,
    alone.failures.slice(0, 1),
  );
  for (const i of alone.incidents)
    console.log(
      '   WRONG',
      new Date(i.start).toISOString(),
      i.detectors.join(),
      i.title,
      i.detections[0]?.why,
      i.detectionCount,
    );
  normal += alone.normal;
  wrong += alone.incidents.length;
  if (process.env.FP === undefined)
    for (const attack of attacks)
      for (const strength of strengths) {
        const start = begin + day * (6 + shop.random.between(0.3, 2.5));
        const result = measure(strip(shop.facts), strip(attack.run(shop, start, strength)), contract, seed);
        all += 1;
        if (result.delay !== undefined) noticed += 1;
        delays.push(result.delay ?? 1e9);
        if (result.delay === undefined || result.delay > 50 || process.env.ALL)
          console.log(
            `${attack.kind} ${strength}: ${result.delay ?? 'MISSED'} of ${result.attack}; ${[...result.delays].map(([d, n]) => `${d} ${n}`).join(', ')}`,
          );
      }
}
delays.sort((a, b) => a - b);
console.log(
  `${normal} normal, ${wrong} wrong = ${((wrong / normal) * 1e5).toFixed(2)} per 100000; ${noticed} of ${all} noticed (${((noticed / all) * 100).toFixed(1)} %), median delay ${delays[Math.floor(delays.length / 2)]}`,
);
